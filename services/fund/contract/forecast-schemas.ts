import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Bps, Fen } from '#packages/money';
import { Id } from '#packages/words';
import { BalanceFen } from './book-schemas.ts';

/** A hundred thousand times: beyond it a ratio says nothing. */
export const mostTimesBps = 1_000_000_000n;

/** Basis points that may be more than the whole: ten times is 100,000. */
const TimesBps = z.codec(
  z
    .int()
    .nonnegative()
    .max(Number(mostTimesBps))
    .meta({ description: '比例（基点），可超过 10000：十倍为 100000', example: 64_000 }),
  z.bigint().nonnegative().max(mostTimesBps),
  { decode: (bps) => BigInt(bps), encode: Number },
);

const level = z.enum(['fine', 'warn', 'stop']);
const source = z.enum(['template', 'own']).meta({ description: 'template 为本项目模板，own 为本基金自己的观察' });
/** What a rate was counted from. */
const counted = { source, seen: z.int().nonnegative(), of: z.int().nonnegative() };

/** By what a forecast was made: every number that is not the fund's own is named as what it is. */
export const ForecastRates = z.strictObject({
  template: z.string(),
  bands: z.array(
    z.strictObject({
      code: z.string(),
      name: z.string(),
      /** That a claim comes of such a loan within twelve months. */
      defaultBps: Bps,
      ...counted,
      loans: z.int().nonnegative(),
      outstandingFen: Fen,
    }),
  ),
  /** What of the outstanding principal is lost when a claim is filed. */
  lossAtClaim: z.strictObject({ lossBps: Bps, ...counted }),
  years: z.array(z.strictObject({ name: z.string(), weightBps: Bps, timesBps: TimesBps })),
  /** Working days from a claim's filing to its payment. */
  handlingWorkingDays: z.int().nonnegative(),
  trials: z.int().positive(),
});

/** Of one amount, what it will probably not fall below, what it is as likely above as below, and what it will hardly exceed. */
const range = { p10Fen: Fen, p50Fen: Fen, p90Fen: Fen };

/** A month ahead; `p10Fen`, `p50Fen`, `p90Fen` are of all that was paid by its end. */
export const ForecastMonth = z.strictObject({
  from: LegalDate,
  through: LegalDate,
  maturing: z.strictObject({ loans: z.int().nonnegative(), outstandingFen: Fen }),
  /** Paid in this month, in expectation; the months and what lies beyond them come to the whole. */
  expectedFen: Fen,
  expectedSoFarFen: Fen,
  ...range,
  /** What is left at its end, if what is expected is paid, and if as much as `p90Fen` is; below zero: short of money. */
  balanceFen: BalanceFen,
  balanceAtP90Fen: BalanceFen,
  /** Of the loans of today, what the fund still answers for. */
  exposureFen: Fen,
  /** `exposureFen` over what is left, and what is left over it; null where there is nothing to divide by. */
  leverageBps: TimesBps.nullable(),
  coverageBps: TimesBps.nullable(),
});

export const Forecast = z.strictObject({
  fundId: Id,
  asOf: LegalDate,
  loans: z.int().nonnegative(),
  outstandingFen: Fen,
  exposureFen: Fen,
  /** What is approved and not paid; what filed claims, and advances once settled, may cost: part of the amounts below. */
  approvedFen: Fen,
  underClaimFen: Fen,
  /** Of the next twelve months. */
  expectedFen: Fen,
  ...range,
  /** What the same defaults cost later than that. */
  beyondFen: Fen,
  availableFen: BalanceFen,
  /** The first month at whose end money is short: in expectation, and if as much is paid as is exceeded one time in ten. */
  firstShort: z.strictObject({ expected: LegalDate.nullable(), atP90: LegalDate.nullable() }),
  months: z.array(ForecastMonth),
  rates: ForecastRates,
  sentences: z.array(z.string()),
});
export type Forecast = z.output<typeof Forecast>;

/** The most that may still be paid net without reaching a level. */
const Distance = z.strictObject({
  netPaidBps: TimesBps,
  warnBps: TimesBps,
  stopBps: TimesBps,
  level,
  untilWarnFen: Fen,
  untilStopFen: Fen,
});

const BankDistance = z.strictObject({
  bankId: Id,
  nonPerformingFen: Fen,
  outstandingFen: Fen,
  nplBps: Bps,
  /** The breaker goes by the bank's reports; before the first, its covered loans tell. */
  measuredBy: z.enum(['bank-reports', 'covered-loans']),
  level,
  untilWarnBps: Bps,
  untilStopBps: Bps,
});

export const StressCell = z.strictObject({
  /** So much of the pool fails, and so much of it is recovered later. */
  defaultBps: Bps,
  recoveryBps: Bps,
  /** What the fund owes, what its money reaches of it, what comes back. */
  owedFen: Fen,
  paidFen: Fen,
  shortFen: Fen,
  backFen: Fen,
  fundLeftFen: Fen,
  exposureLeftFen: Fen,
  leverageBps: TimesBps.nullable(),
  coverageBps: TimesBps.nullable(),
  netPaidBps: TimesBps,
  /** Where the breaker stands once all is recovered, and before anything is. */
  fundLevel: level,
  peakLevel: level,
  banksStopped: z.int().nonnegative(),
});
export type StressCell = z.output<typeof StressCell>;

export const Stress = z.strictObject({
  fundId: Id,
  asOf: LegalDate,
  loans: z.int().nonnegative(),
  outstandingFen: Fen,
  exposureFen: Fen,
  /** What is left of the money once everything that is claimed already is paid: where each cell starts. */
  availableFen: BalanceFen,
  startFen: Fen,
  leverageBps: TimesBps.nullable(),
  coverageBps: TimesBps.nullable(),
  /** Row by row: each default rate with every recovery rate. */
  cells: z.array(StressCell),
  /** At which default rate each level is reached, by recovery rate; null where none reaches it. */
  reached: z.array(
    z.strictObject({
      recoveryBps: Bps,
      warnAtBps: Bps.nullable(),
      stopAtBps: Bps.nullable(),
      shortAtBps: Bps.nullable(),
    }),
  ),
  /** Null where the programme has none. */
  breaker: z.strictObject({ fund: Distance, banks: z.array(BankDistance) }).nullable(),
  sentences: z.array(z.string()),
});
export type Stress = z.output<typeof Stress>;
