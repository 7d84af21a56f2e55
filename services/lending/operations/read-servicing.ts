import { type Caller, mayReach } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, type Position, startOf } from '#packages/paging';
import type { Role } from '#packages/roles';
import { inPartition, type Condition, type Item, type Page, type Table } from '#packages/table';
import { monthOf, reportDueOn } from '../report-months.ts';
import { getLoans } from '../store/loan.ts';
import { readReport, reportsOf } from '../store/report.ts';
import { expectedLists, ListedWatch, LookItem, readServicing, servicingKey, watchLists } from '../store/servicing.ts';
import type { routes } from '../contract.ts';
import { belongs, type Deps, reachedLoan } from './context.ts';

/** A filter that fits little is looked through so many pages per call; the cursor goes on from there. */
const pagesPerCall = 20;

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
    const dueOn = reportDueOn(month).date;
    const [all, bank] = expectedLists(bankOf(caller));
    const condition = {
      expression: 'pk = :pk AND sk < :after',
      // Behind every loan that lacks this month first.
      values: { ':pk': caller.kind === 'partner' ? bank : all, ':after': `${month}#~` },
    };
    const found = await filled({ table, condition, caller, position, pageSize }, async (items) => {
      const ids = items.map((item) => LookItem.parse(item).loanId);
      const [loans, kept] = await Promise.all([getLoans(table, ids), table.getMany(ids.map(servicingKey))]);
      const reported = new Set(
        kept.flatMap((item) => (readServicing(item).months.includes(month) ? [String(item['pk'])] : [])),
      );
      return ids.flatMap((loanId) => {
        const loan = loans.get(loanId);
        if (loan === undefined || reported.has(servicingKey(loanId).pk) || !mayReach(caller, belongs(loan))) return [];
        const { partnerId, bankLoanNo } = loan;
        return [{ loanId, partnerId, bankLoanNo, month, dueOn, overdue: today > dueOn }];
      });
    });
    return done({ items: found.items, nextCursor: nextOf(found.page, seal) });
  };
}

export function listLoanWatches({ table }: Deps): Operation<typeof routes.listLoanWatches> {
  return async ({ query: { state, code, pageSize }, caller, position, seal }) => {
    const [all, bank] = watchLists(state, bankOf(caller));
    const condition = inPartition(caller.kind === 'partner' ? bank : all);
    const fits = code === undefined ? [] : [{ name: 'code', value: code }];
    const options = { table, condition, caller, position, pageSize, newestFirst: true, fits };
    const found = await filled(options, async (items) => items.map((item) => ListedWatch.parse(item).watch));
    return done({ items: found.items, nextCursor: nextOf(found.page, seal) });
  };
}

/** The narrowest list there is: a bank reads its own, what a place or a company may see is picked from all. */
const bankOf = (caller: Caller): string => (caller.kind === 'partner' ? caller.partnerId : '');

/** By what of an item a role is bound; the others see all. */
const boundBy: ReadonlyMap<Role, 'divisionCode' | 'parkId' | 'uscc'> = new Map([
  ['county-clerk', 'divisionCode'],
  ['county-reviewer', 'divisionCode'],
  ['park-manager', 'parkId'],
  ['enterprise-user', 'uscc'],
]);

/** What binds the caller, as the list's items have it; one that lacks the claim its role is bound by fits nothing. */
function boundsOf(caller: Caller): { name: string; value: string }[] {
  const name = caller.kind === 'partner' ? undefined : boundBy.get(caller.role);
  if (caller.kind === 'partner' || name === undefined) return [];
  return [{ name, value: caller[name] ?? '' }];
}

type Filling = {
  table: Table;
  condition: Condition;
  caller: Caller;
  position: Position | undefined;
  pageSize: number;
  newestFirst?: boolean;
  fits?: { name: string; value: string }[];
};

/** Reads on until the page is full, the list ends, or so much was looked through. */
async function filled<Line>(
  { table, condition, caller, position, pageSize, newestFirst = false, fits = [] }: Filling,
  linesOf: (items: Item[]) => Promise<Line[]>,
): Promise<{ items: Line[]; page: Page }> {
  const asked = [...boundsOf(caller), ...fits];
  const filter = {
    expression: asked.map(({ name }) => `#${name} = :${name}`).join(' AND '),
    names: Object.fromEntries(asked.map(({ name }) => [`#${name}`, name])),
    values: Object.fromEntries(asked.map(({ name, value }) => [`:${name}`, value])),
  };
  const query = { condition, newestFirst, ...(asked.length > 0 && { filter }) };
  const items: Line[] = [];
  let page: Page = { items: [] };
  let last = startOf(position);
  for (let pages = 0; pages < pagesPerCall && items.length < pageSize; pages += 1) {
    page = await table.page(query, pageSize - items.length, last);
    items.push(...(await linesOf(page.items)));
    last = page.last;
    if (last === undefined) break;
  }
  return { items, page };
}
