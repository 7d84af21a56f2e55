import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Id } from '#packages/words';
import { Month } from '../report-months.ts';

/** What about a live loan has to be looked after. */
export const WatchCode = z.enum([
  'report-missing',
  'loan-matured',
  'borrower-unlisted',
  'registration-missing',
  'valuation-old',
  'right-expiring',
  'annual-fee-due',
  'annual-fee-late',
  'annual-fee-lapsed',
]);
export type WatchCode = z.output<typeof WatchCode>;

export const watchStates = ['open', 'cleared'] as const;

/** `about` is the month, or the right as `kind/number`; `loan` and `borrower` where there is but one. */
export const LoanWatch = z.strictObject({
  loanId: Id,
  partnerId: Id,
  code: WatchCode,
  about: z.string(),
  /** When it should have been seen to, or is to be. */
  dueOn: LegalDate,
  state: z.enum(watchStates),
  raisedAt: Instant,
  clearedAt: Instant.optional(),
});
export type LoanWatch = z.output<typeof LoanWatch>;

export const MissingReport = z.strictObject({
  loanId: Id,
  partnerId: Id,
  bankLoanNo: z.string(),
  month: Month,
  dueOn: LegalDate,
  overdue: z.boolean(),
});
