import * as z from 'zod';
import { Bps, Fen } from '#packages/money';
import { Digest, onceWellFormed, Reason } from '#packages/words';

/** The most of each that a valuation takes: so its work and its record stay bounded. */
const maxYears = 50;
const maxFactors = 20;

const wholeNumber = (what: string, least: number, most: number) =>
  z.codec(
    z
      .int({ error: `${what}应为整数` })
      .min(least, { error: `${what}不能小于 ${least}` })
      .max(most, { error: `${what}不能大于 ${most}` }),
    z.bigint(),
    { decode: BigInt, encode: Number },
  );

const maxMonths = 1_200;
export const Months = wholeNumber('月数', 1, maxMonths).meta({ description: '月数', example: 60 });
/** Of income that counts: none, where the right ends within a month. */
export const CountedMonths = wholeNumber('月数', 0, maxMonths).meta({ description: '计入的月数', example: 36 });

/** What a market price is multiplied by: below or above the whole of 10,000. */
const FactorBps = wholeNumber('调整系数', 1, 100_000).meta({
  description: '调整系数（基点，10000 为不调整）',
  example: 9_500,
});

/** A number that is known, or the least, the likeliest and the most that it may be. */
function estimateOf(number: z.ZodType<bigint, number>) {
  return z
    .union([z.strictObject({ low: number, mode: number, high: number }), number], {
      error: '应为一个整数，或 { low, mode, high } 三个整数',
    })
    .superRefine((estimate, context) => {
      if (typeof estimate === 'bigint') return;
      const message = '应满足 low ≤ mode ≤ high';
      if (estimate.low > estimate.mode) context.addIssue({ code: 'custom', path: ['low'], message });
      if (estimate.mode > estimate.high) context.addIssue({ code: 'custom', path: ['high'], message });
    }, onceWellFormed);
}

const fen = estimateOf(Fen);
const ratio = estimateOf(Bps);

const years = <Year extends z.ZodType>(year: Year) =>
  z
    .array(year)
    .min(1, { error: '至少应有一年' })
    .max(maxYears, { error: `不得超过 ${maxYears} 年` });

/** The rate at which later money is worth less: as a whole, or built up from its parts, which are added. */
const Discount = z.union([
  z.strictObject({ rateBps: ratio }),
  z.strictObject({
    riskFreeBps: ratio,
    technologyBps: ratio,
    marketBps: ratio,
    fundingBps: ratio,
    managementBps: ratio,
  }),
]);
export type Discount = z.output<typeof Discount>;

/** Income of the years after the day the value is of, each counted at its end. */
const income = { revenueFen: years(fen), discount: Discount, economicLifeMonths: estimateOf(Months) };

const RevenueShare = z.strictObject({ method: z.literal('revenue-share'), ...income, shareBps: ratio });
const Royalty = z.strictObject({ method: z.literal('royalty'), ...income, royaltyBps: ratio, taxBps: ratio });
const LicenceIncome = z.strictObject({
  method: z.literal('licence-income'),
  /** By year, as the licence contract has them. */
  fees: years(z.strictObject({ feeFen: fen, collectionBps: ratio })),
  contractMonths: Months,
  discount: Discount,
});
const Market = z.strictObject({
  method: z.literal('market'),
  referenceFen: fen,
  factors: z
    .array(z.strictObject({ name: z.string().trim().min(1).max(50), factorBps: estimateOf(FactorBps) }))
    .max(maxFactors, { error: `调整系数不得超过 ${maxFactors} 个` }),
  /** What was compared with: the deal, its day, where it is on record. */
  basis: Reason,
});
const Cost = z.strictObject({ method: z.literal('cost'), replacementFen: fen, depreciationBps: ratio });
const BankInternal = z.strictObject({
  method: z.literal('bank-internal'),
  amountFen: fen,
  basis: Reason,
  evidenceDigest: Digest,
  modelVersion: z.string().trim().min(1).max(64),
});

/** One way to a value, with all that goes into it. */
export const ValuationMethod = z.discriminatedUnion('method', [
  RevenueShare,
  Royalty,
  LicenceIncome,
  Market,
  Cost,
  BankInternal,
]);
export type ValuationMethod = z.output<typeof ValuationMethod>;

export const methodNames = [
  'revenue-share',
  'royalty',
  'licence-income',
  'market',
  'cost',
  'bank-internal',
] as const satisfies readonly ValuationMethod['method'][];
