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
export const CoverRefused = z.strictObject({ ...ofLoan, reason: CoverRefusal });
