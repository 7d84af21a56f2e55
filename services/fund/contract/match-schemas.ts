import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Id } from '#packages/words';
import { BalanceFen } from './book-schemas.ts';

export const matchCodes = [
  /** The special account by the last statement, and 1002 at the end of its day. */
  'statement-balance',
  /** There is money, and no statement of the last month. */
  'statement-overdue',
  /** 2201 of a bank, and what its claims say is approved and not paid. */
  'owed-to-bank',
  /** 9001, 9005 and 9003 of a bank, and what its loans and claims say. */
  'exposure-covered',
  'exposure-under-claim',
  'principal-covered',
] as const;

const MatchDifference = z.strictObject({
  code: z.enum(matchCodes),
  partnerId: Id.optional(),
  bookFen: BalanceFen,
  /** What the other side says; left out where it says nothing. */
  otherFen: BalanceFen.optional(),
  on: LegalDate.optional(),
});
export type MatchDifference = z.output<typeof MatchDifference>;

/** A day's match of a fund's book with what it is about: the account, the claims, the loans. */
export const FundMatch = z.strictObject({
  fundId: Id,
  on: LegalDate,
  at: Instant,
  /** The last entry of the book that was matched. */
  seq: z.int().nonnegative(),
  agrees: z.boolean(),
  /** The day of the statement that it was matched with. */
  statementOn: LegalDate.optional(),
  differences: z.array(MatchDifference),
});
export type FundMatch = z.output<typeof FundMatch>;
