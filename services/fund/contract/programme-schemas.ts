import * as z from 'zod';
import { Bps, Fen } from '#packages/money';
import { bankId, type Found, problemsOfFund, problemsOfSharing } from './programme-problems.ts';
import { Id, onceWellFormed } from '#packages/words';

/** More of either than any programme that is known has; so a programme fits into the event that tells it. */
const maxParties = 10;
const maxTierSteps = 10;
/** More banks than any programme that is known has. */
const maxBankQuotas = 50;
/** Interest is covered for part of a year; the day count's year has so many days. */
const maxInterestDays = 360;

/** Whole numbers that are neither money nor a ratio. */
const whole = (least: number, most: number, what: string) =>
  z
    .int({ error: `${what}应为整数` })
    .min(least, { error: `${what}不能小于 ${least}` })
    .max(most, { error: `${what}不能大于 ${most}` });

const TierShare = z.strictObject({ shareBps: Bps });
const Tiers = z.strictObject({
  by: z.enum(['outstanding', 'revenue']),
  steps: z
    .array(z.strictObject({ upToFen: Fen, ...TierShare.shape }))
    .min(1, { error: '分档至少应有一档' })
    .max(maxTierSteps, { error: `分档不得超过 ${maxTierSteps} 档` }),
  above: TierShare,
});

/** A fund that city and county hold together. */
const Split = z.strictObject({ countyBps: Bps, countyShortfall: z.enum(['city-covers', 'bank-bears']) });

const Party = z.strictObject({
  id: Id.meta({ description: `参与方编号；${bankId} 不列入，承担其余`, example: 'fund' }),
  kind: z.enum(['public', 'private']),
  shareBps: Bps,
  capFen: Fen.optional(),
  /** Where there are tiers they say the share; `shareBps` is then what the programme is called by. */
  tiers: Tiers.optional(),
  split: Split.optional(),
});

/** How a loss is shared and recoveries return. A cap that is left out is none. */
const sharingFields = {
  parties: z
    .array(Party)
    .min(1, { error: '至少应有一个参与方' })
    .max(maxParties, { error: `参与方不得超过 ${maxParties} 个` }),
  eligiblePerEnterpriseFen: Fen.optional(),
  minIpPartBps: Bps.optional(),
  allLevelsCeilingBps: Bps.optional(),
  enterpriseCumulativeCapFen: Fen.optional(),
  bankYearCap: z.strictObject({ ofPreviousBalanceBps: Bps, maxFen: Fen }).optional(),
  interestCover: z
    .strictObject({ days: whole(0, maxInterestDays, '利息覆盖天数'), dayCount: z.literal('actual/360') })
    .optional(),
  prePosition: z.strictObject({ advanceBps: Bps }).optional(),
  recoveryOrder: z.enum(['principal-first', 'interest-first']),
};

/** A threshold that warns, and the one at which nothing new is covered. */
const Line = z.strictObject({ warn: Bps, stop: Bps });
const Lines = z.strictObject({ bankNplBps: Line, fundNetPaidBps: Line });

/** What a fund's programme says when it is silent: the one place of these numbers (their basis: domain research 9.1). */
export const programmeDefaults = {
  leverage: 10,
  triggerOverdueDays: 90,
  claimWindowDays: 180,
  breaker: { bankNplBps: { warn: 300, stop: 500 }, fundNetPaidBps: { warn: 3_000, stop: 5_000 } },
};

const fundFields = {
  leverage: whole(1, 100, '放大倍数').default(programmeDefaults.leverage),
  triggerOverdueDays: whole(1, 1_000, '触发逾期天数').default(programmeDefaults.triggerOverdueDays),
  claimWindowDays: whole(1, 3_650, '申请期限天数').default(programmeDefaults.claimWindowDays),
  /** Left out: no ceiling, and no longest term. */
  rateCeilingBps: Bps.optional(),
  maxTermMonths: whole(1, 600, '最长期限月数').optional(),
  /** The most of its capacity that a fund answers for with one bank. A bank that is not named has no quota of its own. */
  bankQuotas: z
    .array(z.strictObject({ bankId: Id, quotaFen: Fen }))
    .max(maxBankQuotas, { error: `银行额度不得超过 ${maxBankQuotas} 家` })
    .optional(),
  breaker: z.union([Lines, z.literal('off')]).prefault(programmeDefaults.breaker),
};

const tell = (found: readonly Found[], context: z.core.$RefinementCtx) => {
  for (const { path, message } of found) context.addIssue({ code: 'custom', path, message });
};

const plainExample = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall: 'city-covers' } },
    { id: 'insurer', kind: 'private', shareBps: 1_600 },
  ],
  eligiblePerEnterpriseFen: 500_000_000,
  allLevelsCeilingBps: 8_000,
  recoveryOrder: 'principal-first',
};

/** The part of a programme that a simulation takes. */
export const SharingTerms = z
  .strictObject(sharingFields)
  .superRefine((terms, context) => tell(problemsOfSharing(terms), context), onceWellFormed)
  .meta({ id: 'SharingTerms', description: '风险分担方案', example: plainExample });
export type SharingTerms = z.output<typeof SharingTerms>;
export type Party = SharingTerms['parties'][number];

/** A fund's programme: how losses are shared, and when its cover is given. */
export const FundProgramme = z
  .strictObject({ ...sharingFields, ...fundFields })
  .superRefine(
    (programme, context) => tell([...problemsOfSharing(programme), ...problemsOfFund(programme)], context),
    onceWellFormed,
  )
  .meta({
    id: 'FundProgramme',
    description: '基金方案',
    example: { ...plainExample, ...programmeDefaults, rateCeilingBps: 450, maxTermMonths: 36 },
  });
export type FundProgramme = z.output<typeof FundProgramme>;

/** How a fund's programme shares losses, without what is the fund's alone: a field that is neither does not compile. */
export function sharingOf(programme: FundProgramme): SharingTerms {
  const {
    leverage: _leverage,
    triggerOverdueDays: _days,
    claimWindowDays: _window,
    rateCeilingBps: _rate,
    maxTermMonths: _term,
    bankQuotas: _quotas,
    breaker: _breaker,
    ...sharing
  } = programme;
  return sharing satisfies { [Name in keyof typeof sharing]: Name extends keyof SharingTerms ? unknown : never };
}
