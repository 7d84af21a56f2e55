import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Bps, Fen } from '#packages/money';
import { Id } from '#packages/words';

const count = z.int().nonnegative();

/** The year of a credit plan, and the same as it stands in a path. */
const Year = z.int().min(2019).max(2999);
export const PathYear = z
  .string()
  .regex(/^2[0-9]{3}$/)
  .transform(Number)
  .pipe(Year)
  .meta({ example: '2026' });

/** A bank's separate credit plan (单列信贷计划) for a year: how much it means to lend on pledged rights, and to how many. */
export const CreditPlan = z.strictObject({ planFen: Fen, customers: z.int().positive().max(1_000_000).optional() });

export const CreditPlanView = z.strictObject({ year: Year, partnerId: Id, ...CreditPlan.shape });

/** Against it, what was paid out in that year of the loans filed here. */
const CreditUse = z.strictObject({
  year: Year,
  plan: CreditPlan.optional(),
  disbursedFen: Fen,
  loans: count,
  /** Of the plan, rounded down; not said where nothing is planned. */
  usedBps: z.int().nonnegative().optional(),
});

/**
 * A bank's ratio of non-performing loans with pledged rights against the one over all its loans. Amounts are what is
 * outstanding, over its live loans that it has reported; a ratio is rounded up to the basis point.
 */
export const NplMeter = z.strictObject({
  partnerId: Id,
  ip: z.strictObject({
    /** The last day that a report of it speaks of. */
    asOf: LegalDate.optional(),
    loans: count,
    nplLoans: count,
    outstandingFen: Fen,
    nplFen: Fen,
    nplBps: Bps.optional(),
  }),
  allLoans: z.strictObject({ asOf: LegalDate, nplBps: Bps }).optional(),
  state: z.enum(['within', 'above', 'unknown']),
  /** Why it is not known. */
  reason: z.enum(['no-loans', 'all-loans-ratio-missing', 'all-loans-ratio-old', 'rule-not-in-force']).optional(),
  toleranceBps: Bps.optional(),
  limitBps: Bps.optional(),
  /** What is left of the limit: in basis points, and how much more of today's loans could turn bad. */
  roomBps: Bps.optional(),
  roomFen: Fen.optional(),
  credit: CreditUse,
});
export type NplMeter = z.output<typeof NplMeter>;
