import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { Bps, Fen } from '#packages/money';
import { Digest, Id, onceWellFormed, Reason } from '#packages/words';
import { readRightNumber } from '../rights/right-number.ts';
import { indicatorTree, type IndicatorId, purposes } from '../valuation/indicators.ts';
import { Day } from './day.ts';
import { RightKind, RightNumber } from './right-schemas.ts';
import { CountedMonths, methodNames, Months, ValuationMethod } from './valuation-methods.ts';

export const Purpose = z.enum(purposes);

const Score = z
  .int({ error: '得分应为整数' })
  .min(0, { error: '得分不能小于 0' })
  .max(100, { error: '得分不能大于 100' })
  .meta({ description: '得分，0 至 100', example: 80 });

/** All of them or none: what is not known has no score. */
const IndicatorScores = z.strictObject({
  stability: Score,
  scope: Score,
  detectability: Score,
  dependence: Score,
  advancement: Score,
  substitutability: Score,
  range: Score,
  independence: Score,
  maturity: Score,
  trend: Score,
  'remaining-life': Score,
  competition: Score,
  'market-use': Score,
  operation: Score,
} satisfies Record<IndicatorId, z.ZodType>);

export const ValuedRight = z.strictObject({ kind: RightKind, number: RightNumber });
export type ValuedRight = z.output<typeof ValuedRight>;

/** How long the law lets the right live on: to the last day of its term, or so many months from the day of the value. */
const LegalLife = z.union([z.strictObject({ expiresOn: Day }), z.strictObject({ months: Months })]);

const inputFields = {
  right: ValuedRight,
  purpose: Purpose,
  /** 评估基准日. */
  valuedOn: Day,
  legalLife: LegalLife.optional(),
  methods: z
    .array(ValuationMethod)
    .min(1, { error: '至少应有一种方法' })
    .max(methodNames.length, { error: '每种方法至多一次' }),
  /** Why no second method fits, where there is only one (资产评估法 26). */
  onlyMethodReason: Reason.optional(),
  /** The value concluded. Left out: what the one method says, or the mean of several. */
  conclusion: z.strictObject({ valueFen: Fen, reason: Reason.optional() }).optional(),
  indicators: IndicatorScores.optional(),
  /** Whose right it is, and for which loan. The enterprise that is named may read the valuation. */
  uscc: Uscc.optional(),
  loanId: Id.optional(),
};

/** Left out, the seed comes from what is valued and how, so that nobody has chosen it. */
const Seed = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: '应为 1 至 64 位字母、数字、下划线或连字符' });

export const ValuationRequest = z
  .strictObject({ ...inputFields, seed: Seed.optional() })
  .superRefine((request, context) => {
    const tell = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
    const { kind, number } = request.right;
    const reading = readRightNumber(kind, number);
    if (!reading.ok) tell(['right', 'number'], reading.message);
    for (const [at, { method }] of request.methods.entries()) {
      if (request.methods.findIndex((one) => one.method === method) < at) {
        tell(['methods', at, 'method'], '每种方法至多一次');
      }
      const isIncome = method === 'revenue-share' || method === 'royalty';
      if (isIncome && request.legalLife === undefined) tell(['legalLife'], '收益法须提供法定剩余期限');
      if (kind === 'licence-income' && (isIncome || method === 'cost')) {
        tell(['methods', at, 'method'], '许可收益权不适用这种方法');
      }
    }
    if (kind === 'licence-income' && request.uscc === undefined) tell(['uscc'], '许可收益权须指明企业');
    if (request.methods.length === 1 && request.onlyMethodReason === undefined) {
      tell(['onlyMethodReason'], '应选择两种以上方法；只能用一种的，须说明理由');
    }
    if (request.methods.length > 1 && request.onlyMethodReason !== undefined) {
      tell(['onlyMethodReason'], '方法不止一种');
    }
    if (request.indicators !== undefined && kind !== 'invention' && kind !== 'utility-model') {
      tell(['indicators'], '指标体系只适用于发明和实用新型专利');
    }
    if (request.legalLife !== undefined && 'expiresOn' in request.legalLife) {
      if (request.legalLife.expiresOn < request.valuedOn) tell(['legalLife', 'expiresOn'], '权利在基准日已经届满');
    }
  }, onceWellFormed)
  .meta({
    id: 'ValuationRequest',
    description: '评估的全部输入；每个不确定的数可给 { low, mode, high }',
    example: {
      right: { kind: 'invention', number: '201710601862.3' },
      purpose: 'finance',
      valuedOn: '2026-11-02',
      legalLife: { expiresOn: '2037-07-21' },
      methods: [
        {
          method: 'revenue-share',
          revenueFen: [1_000_000_000, 1_100_000_000, 1_210_000_000],
          shareBps: { low: 400, mode: 500, high: 600 },
          discount: { rateBps: { low: 1_200, mode: 1_500, high: 1_800 } },
          economicLifeMonths: 36,
        },
        { method: 'cost', replacementFen: 150_000_000, depreciationBps: 2_500 },
      ],
    },
  });
export type ValuationRequest = z.output<typeof ValuationRequest>;

/** Of the samples one in ten is below `lowFen`, half below `middleFen`, nine in ten below `highFen`. */
const ValueRange = z.strictObject({ lowFen: Fen, middleFen: Fen, highFen: Fen, meanFen: Fen });

export const MethodResult = z.strictObject({
  method: z.enum(methodNames),
  /** With every input at its likeliest. */
  valueFen: Fen,
  range: ValueRange,
  /** The months of income that count, and what ends them; with every input at its likeliest. */
  counted: z
    .strictObject({
      months: CountedMonths,
      endedBy: z.enum(['legal-life', 'economic-life', 'contract-term', 'years-given']),
    })
    .optional(),
  /** What one input moves alone, from its least to its most; what moves most comes first. A tornado chart's bars. */
  sensitivity: z.array(z.strictObject({ input: z.string(), atLowFen: Fen, atHighFen: Fen })),
});
export type MethodResult = z.output<typeof MethodResult>;

export const Conclusion = z.strictObject({
  valueFen: Fen,
  how: z.enum(['only-method', 'mean', 'chosen']),
  reason: z.string().optional(),
  outsideEveryRange: z.boolean(),
  /** Over all methods: the lowest low and the highest high. */
  lowFen: Fen,
  highFen: Fen,
  /** Between the methods' middle values, and in basis points of their mean: null where that is nothing. */
  spreadFen: Fen,
  spreadBps: z.int().nonnegative().nullable(),
});
export type Conclusion = z.output<typeof Conclusion>;

const Hundredths = z.int().nonnegative();
const IndicatorResult = z.strictObject({
  /** 本项目模板: not the standard's text. */
  basis: z.literal('project-template'),
  scoreHundredths: Hundredths,
  branches: z.array(
    z.strictObject({ id: z.enum(indicatorTree.map(({ id }) => id)), name: z.string(), scoreHundredths: Hundredths }),
  ),
  items: z.array(
    z.strictObject({ id: z.string(), parent: z.string(), name: z.string(), weight: z.int(), score: z.int() }),
  ),
});

/** What comes out; it follows from the inputs and the method version alone. */
const resultFields = {
  methodVersion: z.string(),
  /** SHA-256 over the RFC 8785 form of `{ methodVersion, inputs }`. */
  inputsDigest: Digest,
  samples: z.int().positive(),
  results: z.array(MethodResult),
  conclusion: Conclusion,
  indicators: IndicatorResult.optional(),
  /** 质押率上限: what the value may usually secure. */
  pledge: z.strictObject({ ratioCapBps: Bps, upToFen: Fen }),
  validUntil: LegalDate,
  /** How the value came about, in sentences. */
  told: z.array(z.string()),
};

/** The inputs as they are stored, with the seed: sent again they give the same. */
const inputs = z.strictObject({ ...inputFields, seed: Seed });
export type ValuationInputs = z.output<typeof inputs>;

export const Assessment = z
  .strictObject({ inputs, ...resultFields })
  .meta({ id: 'Assessment', description: '评估结果' });
export type Assessment = z.output<typeof Assessment>;

export const Valuation = z
  .strictObject({
    valuationId: Id,
    partnerId: Id,
    ...Assessment.shape,
    status: z.enum(['current', 'superseded', 'expired']),
    createdAt: Instant,
    supersedes: Id.optional(),
    supersededBy: Id.optional(),
  })
  .meta({ id: 'Valuation', description: '一项权利的一次评估' });
export type Valuation = z.output<typeof Valuation>;

/** One line of a right's history. */
export const ValuationLine = Valuation.pick({
  valuationId: true,
  partnerId: true,
  status: true,
  createdAt: true,
  validUntil: true,
}).extend({ right: ValuedRight, purpose: Purpose, valuedOn: LegalDate, valueFen: Fen });
export type ValuationLine = z.output<typeof ValuationLine>;
