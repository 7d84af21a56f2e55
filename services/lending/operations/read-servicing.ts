import { belongsTo, boundOf, type Caller, mayReach } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { filledPage, nextOf, startOf } from '#packages/paging';
import { filterBy, inPartition } from '#packages/table';
import { monthOf, reportDueOn } from '../report-months.ts';
import { getLoans } from '../store/loan.ts';
import { readReport, reportsOf } from '../store/report.ts';
import { expectedLists, ListedWatch, LookItem, readServicing, servicingKey, watchLists } from '../store/servicing.ts';
import type { routes } from '../contract.ts';
import { type Deps, reachedLoan } from './context.ts';

/** For a caller that lacks the claim its role is bound by. */
const nothing = { items: [], nextCursor: null };

export function listReports({ table }: Deps): Operation<typeof routes.listReports> {
  return async ({ params: { loanId }, query: { pageSize }, caller, position, seal }) => {
    const held = await reachedLoan(table, caller, loanId);
    if (held === undefined) return refused('not_found');
    const query = { condition: reportsOf(loanId), newestFirst: true };
    const page = await table.page(query, pageSize, startOf(position));
    return done({ items: page.items.map(readReport), nextCursor: nextOf(page, seal) });
  };
}

/** The loans whose first month without a report is not after this one; those that have reported just this month are left out. */
export function listMissingReports({ table }: Deps): Operation<typeof routes.listMissingReports> {
  return async ({ query: { month, pageSize }, caller, now, position, seal }) => {
    const today = todayOf(now);
    if (month > monthOf(today)) {
      const message = `${month} 尚未开始`;
      return refused('validation_failed', message, [{ pointer: '?month', code: 'in_future', message }]);
    }
    if (boundOf(caller) === undefined) return done(nothing);
    const dueOn = reportDueOn(month).date;
    const [all, bank] = expectedLists(bankOf(caller));
    const condition = {
      expression: 'pk = :pk AND sk < :after',
      // Behind every loan that lacks this month first.
      values: { ':pk': caller.kind === 'partner' ? bank : all, ':after': `${month}#~` },
    };
    const query = { condition, ...filterBy(boundsOf(caller)) };
    const found = await filledPage(table, query, { pageSize, position, seal }, async (items) => {
      const ids = items.map((item) => LookItem.parse(item).loanId);
      const [loans, kept] = await Promise.all([getLoans(table, ids), table.getMany(ids.map(servicingKey))]);
      const reported = new Set(
        kept.flatMap((item) => (readServicing(item).months.includes(month) ? [String(item['pk'])] : [])),
      );
      return ids.flatMap((loanId) => {
        const loan = loans.get(loanId);
        if (loan === undefined || reported.has(servicingKey(loanId).pk) || !mayReach(caller, belongsTo(loan)))
          return [];
        const { partnerId, bankLoanNo } = loan;
        return [{ loanId, partnerId, bankLoanNo, month, dueOn, overdue: today > dueOn }];
      });
    });
    return done(found);
  };
}

export function listLoanWatches({ table }: Deps): Operation<typeof routes.listLoanWatches> {
  return async ({ query: { state, code, pageSize }, caller, position, seal }) => {
    if (boundOf(caller) === undefined) return done(nothing);
    const [all, bank] = watchLists(state, bankOf(caller));
    const condition = inPartition(caller.kind === 'partner' ? bank : all);
    const query = { condition, newestFirst: true, ...filterBy({ ...boundsOf(caller), code }) };
    const found = await filledPage(table, query, { pageSize, position, seal }, (items) =>
      items.map((item) => ListedWatch.parse(item).watch),
    );
    return done(found);
  };
}

/** The narrowest list there is: a bank reads its own, what a place or a company may see is picked from all. */
const bankOf = (caller: Caller): string => (caller.kind === 'partner' ? caller.partnerId : '');

/** What binds the caller, as the lists' items have it. A bank's own list needs no filter. */
function boundsOf(caller: Caller): Record<string, string | undefined> {
  const within = boundOf(caller);
  switch (within?.by) {
    case 'division':
      return { divisionCode: within.id };
    case 'park':
      return { parkId: within.id };
    case 'company':
      return { uscc: within.id };
    case 'all':
    case 'partner':
    case undefined:
      return {};
  }
}
