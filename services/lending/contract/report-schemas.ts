import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Classification } from '#packages/classification';
import { Bps, Fen } from '#packages/money';
import { Id } from '#packages/words';
import { ReportDay } from './day.ts';

/** What lending tells and the fund judges by: the words are common, so that neither contract needs the other's. */
export { Classification, classifications, isNonPerforming, isWorseOrSame } from '#packages/classification';

/** How a loan stood at the end of a day. */
export const LoanStanding = z.strictObject({
  asOf: ReportDay,
  outstandingFen: Fen,
  overdueDays: z.int().nonnegative().max(36_500),
  classification: Classification,
});
export type LoanStanding = z.output<typeof LoanStanding>;

/** A bank's monthly report of one loan; with it, if the bank says so, the ratio of non-performing loans over all of its loans. */
export const MonthlyReport = z.strictObject({ ...LoanStanding.shape, allLoansNplBps: Bps.optional() });
export type MonthlyReport = z.output<typeof MonthlyReport>;

/** What can be odd about a report. It is taken all the same, and told of at once. */
export const ReportExceptionCode = z.enum([
  'outstanding-above-principal',
  'outstanding-rose',
  'overdue-but-normal',
  'classification-better-while-overdue',
  'overdue-days-impossible',
  'matured-but-outstanding',
  'before-disbursement',
  'report-late',
  'report-superseded',
  'reported-after-end',
  'months-missing',
  'pledge-degraded',
  'value-below-outstanding',
  'all-loans-ratio-missing',
  'all-loans-ratio-differs',
]);
export type ReportExceptionCode = z.output<typeof ReportExceptionCode>;

export const ReportException = z.strictObject({
  code: ReportExceptionCode,
  message: z.string(),
  /** By when it should be cleared up: the next working day. */
  dueOn: LegalDate,
  /** The holidays of a year on the way are not published yet: weekends only were counted. */
  provisional: z.literal(true).optional(),
});
export type ReportException = z.output<typeof ReportException>;

export const ReportAnswer = z.strictObject({ loanId: Id, asOf: LegalDate, exceptions: z.array(ReportException) });
export type ReportAnswer = z.output<typeof ReportAnswer>;

/** A report as it is on record, with what was odd about it when it came. */
export const FiledReport = z.strictObject({
  ...MonthlyReport.shape,
  exceptions: z.array(ReportException),
  receivedOn: LegalDate,
});
