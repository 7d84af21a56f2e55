import { isNonPerforming } from '#packages/classification';
import type { CoveredLoan } from './store/covered-loan.ts';

type Report = NonNullable<CoveredLoan['lastReport']>;

/**
 * A loan with one more report. One that is dated before the last only tells from when on it was in default: what the
 * fund answers for, and what is outstanding, is the last report's. The same day again changes nothing.
 */
export function withReport(loan: CoveredLoan, report: Report, triggerOverdueDays: number): CoveredLoan {
  const { asOf, outstandingFen, overdueDays, classification } = report;
  const { lastReport, yearEnds } = loan;
  if (asOf === lastReport?.asOf) return loan;
  const nonPerformingSince = isNonPerforming(classification) ? earliest(loan.nonPerformingSince, asOf) : undefined;
  const overdueSince = overdueDays >= triggerOverdueDays ? earliest(loan.overdueSince, asOf) : undefined;
  const [ofYear, others] = [
    yearEnds.filter((one) => yearOf(one.asOf) === yearOf(asOf)),
    yearEnds.filter((one) => yearOf(one.asOf) !== yearOf(asOf)),
  ];
  const lastOfYear = [...ofYear, { asOf, outstandingFen }].toSorted(byDay).slice(-1);
  return {
    ...loan,
    ...(isLate(loan, asOf) ? {} : { lastReport: report }),
    ...(nonPerformingSince !== undefined && { nonPerformingSince }),
    ...(overdueSince !== undefined && { overdueSince }),
    yearEnds: [...others, ...lastOfYear].toSorted(byDay),
  };
}

/** Dated before the last report that has been heard. */
export function isLate({ lastReport }: CoveredLoan, asOf: string): boolean {
  return lastReport !== undefined && asOf < lastReport.asOf;
}

/**
 * How much of the covered principal was repaid and has not been given back yet: nothing while a claim is open. What is
 * outstanding may rise again; then nothing is taken back either.
 */
export function repaidFen({ left, claimId, lastReport }: CoveredLoan): bigint {
  if (left === undefined || claimId !== undefined || lastReport === undefined) return 0n;
  const repaid = left.principalFen - lastReport.outstandingFen;
  return repaid > 0n ? repaid : 0n;
}

function earliest(one: string | undefined, other: string): string {
  return one === undefined || other < one ? other : one;
}

const yearOf = (day: string) => day.slice(0, 4);
const byDay = (one: { asOf: string }, other: { asOf: string }) => (one.asOf < other.asOf ? -1 : 1);
