import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { Bps, Fen, largestFen } from '#packages/money';
import { Digest, Id, onceWellFormed, Reason } from '#packages/words';
import { curableCodes } from '../rights/checks.ts';
import { severities } from '../rights/finding.ts';
import { authorities } from '../rights/ground.ts';
import { rightKey } from '../rights/right-number.ts';
import { Day } from './day.ts';
import { maxRights } from './loan-schemas.ts';
import { PledgedAsset, RightKind, RightNumber } from './right-schemas.ts';

const fact = (text: string) =>
  z
    .boolean()
    .optional()
    .meta({ description: `${text}；不填为未知` });

/** What registers, courts and contracts say of a right. What is left out is unknown, and passes nowhere. */
const registerFacts = {
  pledgorIsOwner: fact('出质人为登记的权利人'),
  granted: fact('已授权或核准注册（填了 grantedOn 即为已授权）'),
  inForce: fact('权利存续，未终止、放弃、被宣告无效或撤销'),
  suspended: fact('因权属纠纷中止或被财产保全'),
  contractComplete: fact('质押合同要件齐备'),
  coOwners: z.int().min(0).max(1_000).optional().meta({ description: '出质人以外的共有人数；不填为未知' }),
  coOwnersConsent: fact('全体共有人书面同意，或另有约定'),
  pledged: fact('登记簿上已被质押且仍在质押期间'),
  sameDayInvention: fact('实用新型：同一申请人同日另申请了发明'),
  invalidationPending: fact('已启动无效宣告或撤销程序'),
  similarMarksIncluded: fact('商标：相同或类似商品上的相同、近似商标已一并质押'),
  debtorConfirmed: fact('许可收益：被许可人已确认应付许可费'),
  assigned: fact('许可收益：已转让或保理'),
  register: z.enum(['zhongdeng', 'other']).optional().meta({ description: '许可收益：质押登记所在的登记系统' }),
  otherObstacle: fact('存在其他不予登记的情形'),
};

const CheckedAsset = z.strictObject({
  ...PledgedAsset.shape,
  ...registerFacts,
  family: Id.optional().meta({ description: '同族编号：同族的权利视为同时失效' }),
});

const BundleAcknowledgement = z.strictObject({
  kind: RightKind,
  number: RightNumber,
  ground: z
    .enum(curableCodes, { error: `只有 ${curableCodes.join('、')} 可由双方声明消除` })
    .meta({ description: '双方当事人被告知并仍愿质押的情形' }),
  acknowledgedOn: LegalDate,
  /** Of the paper that both parties signed. */
  digest: Digest,
});

const BundleLoan = z.strictObject({
  principalFen: Fen,
  ipPartBps: Bps.optional(),
  disbursedOn: Day.optional(),
  maturesOn: Day,
  /** Whose loan: only with it a claim to licence income can be found among those pledged. */
  uscc: Uscc.optional(),
  /** The loan itself where it is filed already, or the one that it renews: what that holds is no obstacle. */
  loanId: Id.optional(),
});

/** 质押组合体检. */
export const BundleCheck = z
  .strictObject({
    loan: BundleLoan,
    assets: z
      .array(CheckedAsset)
      .min(1, { error: '质押至少应有一项权利' })
      .max(maxRights, { error: `质押权利不得超过 ${maxRights} 项` }),
    acknowledgements: z
      .array(BundleAcknowledgement)
      .max(4 * maxRights)
      .optional(),
    /** Why the loan is above the caps all the same. */
    override: z.strictObject({ reason: Reason }).optional(),
  })
  .superRefine((check, context) => {
    for (const { path, message } of problemsOf(check)) context.addIssue({ code: 'custom', path, message });
  }, onceWellFormed)
  .meta({
    example: {
      loan: { principalFen: 200_000_000, disbursedOn: '2026-11-01', maturesOn: '2027-11-01' },
      assets: [
        {
          kind: 'invention',
          number: '201710601862.3',
          valueFen: 500_000_000,
          valuedOn: '2026-10-15',
          filedOn: '2017-07-21',
          grantedOn: '2019-08-02',
          feePaidUntil: '2027-07-20',
          pledgorIsOwner: true,
          inForce: true,
          coOwners: 0,
        },
      ],
    },
  });
export type BundleCheck = z.output<typeof BundleCheck>;

type Said = {
  loan: { disbursedOn?: string | undefined; maturesOn: string };
  assets: readonly z.output<typeof CheckedAsset>[];
  acknowledgements?: readonly z.output<typeof BundleAcknowledgement>[] | undefined;
};

function problemsOf({ loan, assets, acknowledgements = [] }: Said): { path: (string | number)[]; message: string }[] {
  const found: { path: (string | number)[]; message: string }[] = [];
  if (loan.disbursedOn !== undefined && loan.maturesOn <= loan.disbursedOn) {
    found.push({ path: ['loan', 'maturesOn'], message: `到期日 ${loan.maturesOn} 应晚于放款日 ${loan.disbursedOn}` });
  }
  for (const [place, { granted, grantedOn, coOwners, coOwnersConsent }] of assets.entries()) {
    if (granted === false && grantedOn !== undefined) {
      found.push({ path: ['assets', place, 'granted'], message: '填了授权公告日，不应同时填未授权' });
    }
    if (coOwners === 0 && coOwnersConsent === false) {
      found.push({ path: ['assets', place, 'coOwnersConsent'], message: '没有共有人时不填共有人意见' });
    }
  }
  if (assets.reduce((sum, { valueFen }) => sum + valueFen, 0n) > largestFen) {
    found.push({ path: ['assets'], message: `价值合计应不超过 ${largestFen} 分` });
  }
  const keys = new Set(assets.map((asset) => rightKey(asset, '')));
  for (const [place, named] of acknowledgements.entries()) {
    if (keys.has(rightKey(named, ''))) continue;
    found.push({ path: ['acknowledgements', place, 'number'], message: `${named.number} 不在所列权利之中` });
  }
  return found;
}

const Place = z.int().nonnegative().meta({ description: '权利在 assets 中的位置，自 0 起' });
const Answer = z.enum(['pass', 'fail', 'unknown']);

/** Above the whole for loans beyond their value; up to a hundred times of it. */
const RatioBps = z.codec(
  z.int().min(0).max(1_000_000).meta({ description: '质押率（基点，向上取整）；无价值或逾百倍时为 null' }),
  z.bigint().min(0n).max(1_000_000n),
  { decode: (bps) => BigInt(bps), encode: Number },
);

const weight = {
  valueFen: Fen,
  ratioBps: RatioBps.nullable(),
  /** The caps of the kinds weighed by value, rounded down; `maxLoanFen` is what decides. */
  capBps: Bps.nullable(),
  maxLoanFen: Fen,
  withinCap: z.boolean(),
  covered: z.boolean(),
};

const Fee = z.strictObject({
  patentYear: z.int().positive(),
  dueOn: LegalDate,
  lateUntil: LegalDate,
  paid: z.union([z.boolean(), z.literal('unknown')]),
});

const CheckedRight = z.strictObject({
  kind: RightKind,
  /** In its normal form, where it is one. */
  number: z.string(),
  authority: z.enum(authorities),
  life: z.strictObject({
    /** The last day in force: certain where both are the same; left out where not known, or renewable for ever. */
    earliest: LegalDate.optional(),
    latest: LegalDate.optional(),
    basis: z.string(),
    asksFor: z.string().optional(),
    renewal: z.strictObject({ from: LegalDate, until: LegalDate }).optional(),
  }),
  checks: z.array(
    z.strictObject({
      number: z.int().positive(),
      code: z.string(),
      answer: Answer,
      acknowledgedOn: LegalDate.optional(),
    }),
  ),
  /** Annual fees from today to maturity. */
  fees: z.array(Fee),
});

const BundleFinding = z.strictObject({
  severity: z.enum(severities),
  code: z.string(),
  asset: Place.optional(),
  ground: z.strictObject({ authority: z.enum(authorities), number: z.int().positive() }).optional(),
  message: z.string(),
  cure: z.string().optional(),
});

export const BundleDiagnosis = z.strictObject({
  outcome: z.enum(['stop', 'warn', 'clear']),
  checkedOn: LegalDate,
  /** The gravest first. */
  findings: z.array(BundleFinding),
  /** As they were asked about. */
  rights: z.array(CheckedRight),
  pledge: z.strictObject({ loanFen: Fen, ...weight }),
  /** What is left when a right or a family falls, the worst first. */
  falls: z.array(
    z.strictObject({
      of: z.union([z.strictObject({ asset: Place }), z.strictObject({ family: Id })]),
      lostFen: Fen,
      left: z.strictObject(weight),
      breaks: z.array(z.enum(['ratio-cap', 'value-below-loan'])),
    }),
  ),
});
export type BundleDiagnosis = z.output<typeof BundleDiagnosis>;
