import * as z from 'zod';
import { aggregatePk } from '#packages/aggregate';
import { belongsTo, boundOf, type Caller, mayReach } from '#packages/access';
import { auditPrefix, readAuditRow } from '#packages/audit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { filledPage } from '#packages/paging';
import type { Role } from '#packages/roles';
import { filterBy, inPartition, type Table } from '#packages/table';
import type { HistoryRow } from '../contract/loan-schemas.ts';
import type { routes } from '../contract.ts';
import { historyRows } from '../policy.ts';
import { getLoans, loanKind, loansOf } from '../store/loan.ts';
import { getServicing } from '../store/servicing.ts';
import { listedView, loanView } from '../view.ts';
import { type Deps, reachedLoan } from './context.ts';

/** A loan that the caller may not see is answered as one that does not exist, by the same requests. */
export function getLoanView({ table }: Deps): Operation<typeof routes.getLoan> {
  return async ({ params: { loanId }, caller }) => {
    const [held, servicing, history] = await Promise.all([
      reachedLoan(table, caller, loanId),
      getServicing(table, loanId),
      historyOf(table, loanId),
    ]);
    if (held === undefined) return refused('not_found');
    const papers = seesPapers(caller) ? servicing : { ...servicing, evidence: [] };
    return done(loanView(held.state, papers, seesPapers(caller) ? history : history.map(withoutPapers)));
  };
}

/** The bank's own papers, and why it gave a debt up, are between it and the office: neither the borrower's nor a county's. */
const papers: ReadonlySet<string> = new Set(['loan.evidence', 'loan.write-off']);
const office: ReadonlySet<Role> = new Set(['city-admin', 'city-reviewer', 'auditor']);
const seesPapers = (caller: Caller): boolean => caller.kind === 'partner' || office.has(caller.role);

function withoutPapers({ about, ...row }: HistoryRow): HistoryRow {
  return about === undefined || papers.has(row.action) ? row : { ...row, about };
}

/** What was done, by identifiers of the acts alone: who did it stays in the audit rows. */
async function historyOf(table: Table, loanId: string): Promise<HistoryRow[]> {
  const condition = inPartition(aggregatePk(loanKind, loanId), auditPrefix);
  const { items } = await table.page({ condition, newestFirst: true }, historyRows);
  return items.flatMap((item) => {
    const row = readAuditRow(item);
    if (row === undefined) return [];
    const { at, action, outcome, reason } = row;
    return [{ at, action, outcome, ...(reason !== undefined && { about: reason }) }];
  });
}

const Listed = z.object({ loanId: z.string() });

/** Newest first, in the narrowest list that the caller's bounds allow. */
export function listLoans({ table }: Deps): Operation<typeof routes.listLoans> {
  return async ({ query: { pageSize, status, uscc }, caller, position, seal }) => {
    const pk = listFor(caller);
    if (pk === undefined) return done({ items: [], nextCursor: null });
    const query = { condition: inPartition(pk), newestFirst: true, ...filterBy({ uscc }) };
    const found = await filledPage(table, query, { pageSize, position, seal }, async (items) => {
      const ids = items.map((item) => Listed.parse(item).loanId);
      const loans = await getLoans(table, ids);
      return ids.flatMap((id) => {
        const loan = loans.get(id);
        const fits = loan !== undefined && (status === undefined || loan.status === status);
        return fits && mayReach(caller, belongsTo(loan)) ? [listedView(loan)] : [];
      });
    });
    return done(found);
  };
}

/** A caller that lacks the claim its role is bound by has no list. */
function listFor(caller: Caller): string | undefined {
  const within = boundOf(caller);
  if (within === undefined) return undefined;
  return within.by === 'all' ? loansOf.all : loansOf[within.by](within.id);
}
