import type { Classification } from './contract/report-schemas.ts';

/** Monthly reports of live loans, as the programme asks for them. */
export const reportPolicy = {
  /** A month's report is due on this working day of the month after it. The programme's own choice. */
  dueWorkingDay: 10,
  /** What is odd about a report is shown at once, and to be cleared up by so many working days later (as SBA's 1502). */
  exceptionWorkingDays: 1,
} as const;

/**
 * The best grade that a loan may have by the days it is overdue, the hardest first: 商业银行金融资产风险分类办法
 * （中国银保监会、中国人民银行令〔2023〕第1号）.
 */
export const gradeByOverdue: readonly { overdueAbove: number; atLeast: Classification }[] = [
  { overdueAbove: 360, atLeast: 'loss' },
  { overdueAbove: 270, atLeast: 'doubtful' },
  { overdueAbove: 90, atLeast: 'substandard' },
];

/**
 * By how much a bank's ratio of non-performing loans with pledged rights may exceed the one over all its loans, inclusive,
 * in basis points, from which day on: 银保监发〔2019〕34号. The last that has begun holds; before the first there is none.
 */
export const nplTolerances: readonly { from: string; gapBps: bigint }[] = [{ from: '2019-08-06', gapBps: 300n }];

/** When something about a live loan has to be looked after. */
export const watchPolicy = {
  /** An annual fee is told of so many days before the day until which fees are paid. */
  annualFeeNoticeDays: 60,
  /** For so long after that day it can still be paid, with a surcharge; then the right has ended as from that day (专利法实施细则 115). */
  annualFeeLateMonths: 6,
  /** A right should outlive the loan, and whatever is left of it, by so much: time to dispose of it, or to renew a trademark (商标法 40). */
  rightMarginMonths: 12,
  /** A right that is pledged but not registered so many days after the money was paid out. The programme's own choice. */
  registrationDays: 30,
  /** A value is as good as new for so long. */
  valuationMonths: 12,
} as const;

/**
 * Renewal (续贷): of small and micro enterprises always, of medium ones where the loan is due before this day; 金规〔2024〕13号.
 */
export const renewalRule = { mediumDueBefore: '2027-09-30' } as const;

/** Documents of one loan that are kept by their digests: its record is one item. */
export const evidenceAtMost = 200;
