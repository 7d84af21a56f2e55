import * as z from 'zod';
import { Fen } from '#packages/money';
import { Id, Version } from '#packages/words';

/** Why a fund does not answer for a loan; said once and for good. */
export const CoverRefusal = z.enum(['fund-suspended', 'bank-suspended', 'bank-quota-exhausted', 'capacity-exhausted']);
export type CoverRefusal = z.output<typeof CoverRefusal>;

const ofLoan = { loanId: Id, partnerId: Id, fundId: Id };

export const CoverConfirmed = z.strictObject({
  ...ofLoan,
  programmeVersion: Version,
  exposureFen: Fen,
  /** The entry of the fund's journal that took it in. */
  seq: z.int().positive(),
});
/** A level of the breaker that was reached. At `stop` nothing new is covered from the entry `seq` on. */
export const BreakerTold = z.strictObject({
  fundId: Id,
  /** The bank that was measured; left out where it is the fund. */
  partnerId: Id.optional(),
  measure: z.enum(['bank-npl', 'fund-net-paid']),
  bps: z.int().nonnegative(),
  limitBps: z.int().nonnegative(),
  seq: z.int().positive().optional(),
});
export const CoverRefused = z.strictObject({ ...ofLoan, reason: CoverRefusal });
