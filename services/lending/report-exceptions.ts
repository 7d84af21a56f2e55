import { addDays } from '#packages/calendar';
import { addWorkingDays } from '#packages/calendar/working-days';
import { yuanText } from '#packages/money';
import {
  type Classification,
  classifications,
  isWorseOrSame,
  type LoanStanding,
  type MonthlyReport,
  type ReportException,
  type ReportExceptionCode,
} from './contract.ts';
import { missingMonths, monthOf, reportDueOn } from './report-months.ts';
import { gradeByOverdue, reportPolicy } from './servicing-policy.ts';

/** What a report is held against. */
export type ReportFacts = {
  loan: { principalFen: bigint; disbursedOn: string; maturesOn: string; filedOn: string; ended: boolean };
  /** The report before it by the day it speaks of, whenever it came. */
  prior: LoanStanding | undefined;
  /** Days that the loan's other reports speak of: their months, and the last of them. */
  months: readonly string[];
  lastAsOf: string | undefined;
  /** A right of the bundle has ended or is not registered; what the others are worth. */
  pledge: { degraded: boolean; valueFen: bigint };
  /** What the bank said last of all its loans, with whichever loan's report. */
  allLoans: { asOf: string; bps: bigint } | undefined;
  receivedOn: string;
};

type Finding = [ReportExceptionCode, string];

const gradeNames: Record<Classification, string> = {
  normal: '正常',
  'special-mention': '关注',
  substandard: '次级',
  doubtful: '可疑',
  loss: '损失',
};

/** All that is odd about a report, in the order of the codes, each with the working day by which it is to be cleared up. */
export function exceptionsOf(report: MonthlyReport, facts: ReportFacts): ReportException[] {
  const { date: dueOn, provisional } = addWorkingDays(facts.receivedOn, reportPolicy.exceptionWorkingDays);
  const findings = [
    ...ofAmounts(report, facts),
    ...ofGrades(report, facts),
    ...ofDays(report, facts),
    ...ofPledge(report, facts),
    ...ofAllLoans(report, facts),
  ];
  return findings.map(([code, message]) => ({ code, message, dueOn, ...(provisional && { provisional }) }));
}

function* ofAmounts({ outstandingFen }: MonthlyReport, { loan, prior }: ReportFacts): Generator<Finding> {
  if (outstandingFen > loan.principalFen) {
    yield [
      'outstanding-above-principal',
      `余额 ${yuanText(outstandingFen)} 元大于备案本金 ${yuanText(loan.principalFen)} 元`,
    ];
  }
  if (prior !== undefined && outstandingFen > prior.outstandingFen) {
    yield [
      'outstanding-rose',
      `余额 ${yuanText(outstandingFen)} 元大于 ${prior.asOf} 所报的 ${yuanText(prior.outstandingFen)} 元`,
    ];
  }
}

function* ofGrades(report: MonthlyReport, { loan, prior }: ReportFacts): Generator<Finding> {
  const { asOf, overdueDays, classification } = report;
  const floor = gradeByOverdue.find(({ overdueAbove }) => overdueDays > overdueAbove);
  if (floor !== undefined && !isWorseOrSame(classification, floor.atLeast)) {
    yield [
      'overdue-but-normal',
      `逾期 ${overdueDays} 天（超过 ${floor.overdueAbove} 天）至少应为${gradeNames[floor.atLeast]}，所报为${gradeNames[classification]}`,
    ];
  }
  if (prior !== undefined && overdueDays > 0 && isBetter(classification, prior.classification)) {
    yield [
      'classification-better-while-overdue',
      `仍逾期 ${overdueDays} 天，分类却由${gradeNames[prior.classification]}上调为${gradeNames[classification]}`,
    ];
  }
  // It can have been overdue for no longer than it has been lent, nor have aged faster than the days went by.
  const since = addDays(asOf, -overdueDays);
  const aged = prior !== undefined && prior.overdueDays > 0 && since < addDays(prior.asOf, -prior.overdueDays);
  if (overdueDays > 0 && (since < loan.disbursedOn || aged)) {
    yield ['overdue-days-impossible', `逾期 ${overdueDays} 天与放款日或上一期所报的逾期天数不符`];
  }
}

function* ofDays(report: MonthlyReport, facts: ReportFacts): Generator<Finding> {
  const { loan, months, lastAsOf, receivedOn } = facts;
  const { asOf, outstandingFen } = report;
  if (asOf > loan.maturesOn && outstandingFen > 0n) {
    yield ['matured-but-outstanding', `贷款已于 ${loan.maturesOn} 到期，仍有余额 ${yuanText(outstandingFen)} 元`];
  }
  if (asOf < loan.disbursedOn) yield ['before-disbursement', `报告日 ${asOf} 早于放款日 ${loan.disbursedOn}`];
  const month = monthOf(asOf);
  const due = reportDueOn(month).date;
  if (receivedOn > due && !months.includes(month)) {
    yield ['report-late', `${month} 月报应于 ${due} 前报送，收到于 ${receivedOn}`];
  }
  if (lastAsOf !== undefined && asOf < lastAsOf) {
    yield ['report-superseded', `已有 ${lastAsOf} 的月报，本期只作存档，不改变贷款现状`];
  }
  if (loan.ended) yield ['reported-after-end', '贷款在本平台已结束，本期只作存档'];
  const missing = missingMonths({ filedOn: loan.filedOn, months: [...months, month] }, month);
  if (missing.length > 0) yield ['months-missing', `缺 ${listed(missing)} 的月报`];
}

function* ofPledge({ outstandingFen }: MonthlyReport, { loan, pledge }: ReportFacts): Generator<Finding> {
  if (outstandingFen === 0n || loan.ended) return;
  if (pledge.degraded) yield ['pledge-degraded', '质押的权利中有已终止或尚未登记的'];
  if (pledge.valueFen < outstandingFen) {
    yield [
      'value-below-outstanding',
      `在押权利的评估价值合计 ${yuanText(pledge.valueFen)} 元，低于余额 ${yuanText(outstandingFen)} 元`,
    ];
  }
}

function* ofAllLoans({ asOf, allLoansNplBps }: MonthlyReport, { allLoans }: ReportFacts): Generator<Finding> {
  if (allLoansNplBps === undefined && (allLoans === undefined || monthOf(allLoans.asOf) < monthOf(asOf))) {
    yield ['all-loans-ratio-missing', `缺 ${asOf} 的全部贷款不良率，无法与知识产权质押贷款不良率相比`];
  }
  if (allLoansNplBps !== undefined && allLoans?.asOf === asOf && allLoansNplBps !== allLoans.bps) {
    yield [
      'all-loans-ratio-differs',
      `所报全部贷款不良率 ${allLoansNplBps} 基点，与另一笔贷款同日所报的 ${allLoans.bps} 基点不同，按较低者计`,
    ];
  }
}

function isBetter(grade: Classification, than: Classification): boolean {
  return classifications.indexOf(grade) < classifications.indexOf(than);
}

const namedMonths = 6;
function listed(months: readonly string[]): string {
  const named = months.slice(0, namedMonths).join('、');
  return months.length > namedMonths ? `${named} 等 ${months.length} 个月` : named;
}
