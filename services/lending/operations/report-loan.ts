import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import type { Held } from '#packages/aggregate';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { bundleOf } from '../bundle.ts';
import { eventTypes } from '../contract/events.ts';
import type { LoanStanding, MonthlyReport } from '../contract/report-schemas.ts';
import type { routes } from '../contract.ts';
import { loanMachine } from '../machines.ts';
import { nplRatioBps } from '../npl-ratio.ts';
import { exceptionsOf } from '../report-exceptions.ts';
import { monthOf } from '../report-months.ts';
import { type Loan, loanWrites } from '../store/loan.ts';
import { getPortfolio, type HeldPortfolio, partOf, portfolioWrite, withPart, withReport } from '../store/portfolio.ts';
import { getReport, reportBefore, reportWrite } from '../store/report.ts';
import { getServicing, type Servicing } from '../store/servicing.ts';
import { valueOf } from '../view.ts';
import { type Deps, reachedLoan } from './context.ts';
import { keepWatch } from './keep-watch.ts';

/** All reports of a bank move its one item of sums, and at a month's end they come together: one gets on at a time. */
const reportAttempts = 40;

/**
 * A month's report. Whatever is odd about it, it is taken: what the bank says is the fact, that it is odd another. The
 * loan stands as its newest report has it, by the day that this speaks of and not by when it came.
 */
export function reportLoan({ table }: Deps): Operation<typeof routes.reportLoan> {
  return async (call) =>
    untilSettled(async () => {
      const { params, body, caller, now } = call;
      const held = await reachedLoan(table, caller, params.loanId);
      if (held === undefined) return refused('not_found');
      const loan = held.state;
      const { loanId, partnerId } = loan;
      const today = todayOf(now);
      if (body.asOf > today) {
        const message = `报告日不能晚于今天（${today}）`;
        return refused('validation_failed', message, [{ pointer: '/asOf', code: 'in_future', message }]);
      }
      const known = await getReport(table, loanId, body.asOf);
      if (known !== undefined) {
        const { exceptions, receivedOn: _on, ...said } = known;
        if (!isDeepStrictEqual(said, body)) {
          return refused('already_exists', `${body.asOf} 的月报已收到，内容不同`);
        }
        return { ...done({ loanId, asOf: body.asOf, exceptions }), replayed: true };
      }
      const [servicing, prior, portfolio] = await Promise.all([
        getServicing(table, loanId),
        reportBefore(table, loanId, body.asOf),
        getPortfolio(table, partnerId),
      ]);
      const exceptions = exceptionsOf(body, { ...factsOf(loan, servicing, portfolio), prior, receivedOn: today });
      const state = afterReport(loan, body);
      const sums = withReport(withPart(portfolio, partOf(loan), partOf(state)), body);
      const months = [...new Set([...servicing.months, monthOf(body.asOf)])].toSorted();
      const kept = await keepWatch(table, state, { before: servicing, after: { ...servicing, months } }, now);
      const events = [reportedEvent(loan, body, sums), ...endedEvents(loan, state), ...kept.events];
      const audit = {
        actor: actorOf(caller),
        action: 'loan.report',
        outcome: state.status,
        reason: body.asOf,
      };
      const outcome = done({ loanId, asOf: body.asOf, exceptions });
      const writes = [
        ...loanWrites(held, { state, events, audit }, call),
        reportWrite(loanId, { ...body, exceptions, receivedOn: today }),
        portfolioWrite(partnerId, portfolio, sums),
        ...kept.writes,
      ];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    }, reportAttempts);
}

function factsOf(loan: Loan, { months }: Servicing, { allLoans }: HeldPortfolio) {
  const { principalFen, disbursedOn, maturesOn, filedOn, ended, rights } = loan;
  return {
    loan: { principalFen, disbursedOn, maturesOn, filedOn, ended: ended !== undefined },
    months,
    lastAsOf: loan.lastReport?.asOf,
    pledge: { degraded: bundleOf(rights) !== 'complete', valueFen: valueOf(rights) },
    allLoans,
  };
}

/** A report of an earlier day than the last, or of a loan that has ended, is kept and moves nothing. */
export function afterReport(loan: Loan, { asOf, outstandingFen, overdueDays, classification }: LoanStanding): Loan {
  const isOld = loan.lastReport !== undefined && asOf < loan.lastReport.asOf;
  if (isOld || loan.ended !== undefined) return loan;
  const state: Loan = { ...loan, lastReport: { asOf, outstandingFen, overdueDays, classification } };
  const act = outstandingFen === 0n ? 'settle' : overdueDays > 0 ? 'overdue' : 'cure';
  const status = loanMachine.next(loan.status, act);
  if (status === undefined) return state;
  return { ...state, status, ...(act === 'settle' && { ended: { how: 'repaid', on: asOf } }) };
}

function reportedEvent({ loanId, partnerId }: Loan, report: MonthlyReport, sums: HeldPortfolio) {
  const type = 'loan.reported.v1';
  const ipNplBps = nplRatioBps(sums);
  const said = { ...report, ...(ipNplBps !== undefined && { ipNplBps }) };
  return { type, data: z.encode(eventTypes[type].data, { loanId, partnerId, ...said }) };
}

/** That a loan has ended, where it has with this change. */
export function endedEvents(before: Loan | undefined, { loanId, partnerId, ended }: Loan) {
  if (ended === undefined || before?.ended !== undefined) return [];
  return [{ type: 'loan.settled.v1', data: { loanId, partnerId, ...ended } }];
}

/** Kept apart, so that whoever ends a loan otherwise takes it out of its bank's sums by the same step. */
export async function portfolioStep(table: Deps['table'], before: Held<Loan>, after: Loan) {
  const portfolio = await getPortfolio(table, after.partnerId);
  return portfolioWrite(after.partnerId, portfolio, withPart(portfolio, partOf(before.state), partOf(after)));
}
