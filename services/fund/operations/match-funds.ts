import { addDays, endOfDay, todayOf } from '#packages/calendar';
import { untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Table } from '#packages/table';
import type { StoredClaim } from '../claims/stored-claim.ts';
import type { FundMatch, routes } from '../contract.ts';
import { matchOf, type Stated } from '../fund-match.ts';
import { mainDepository } from '../ledger/accounts.ts';
import { balanceOf } from '../ledger/book.ts';
import { entriesAfter, readBook, readBookAt, readBookByValueDate } from '../ledger/read.ts';
import { getClaims } from '../store/claim.ts';
import { allLoansOf, type CoveredLoan } from '../store/covered-loan.ts';
import { forEachFund, getFundHead } from '../store/fund.ts';
import { matchesOf, matchWrite, readMatch } from '../store/fund-match.ts';
import type { Deps } from './context.ts';

/** A statement that is older says nothing of today. */
const statementDays = 31;

export function listMatches({ table }: Deps): Operation<typeof routes.listMatches> {
  return async ({ params: { fundId }, query: { pageSize }, position, seal }) => {
    if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
    const page = await table.page(matchesOf(fundId), pageSize, startOf(position));
    return done({ items: page.items.map(readMatch), nextCursor: nextOf(page, seal) });
  };
}

/**
 * The daily match of each fund's book with the statement, the claims and the loans; kept as the day's finding. A book that
 * cannot be matched holds up no other.
 * @throws AggregateError of what failed, at the end
 */
export function matchFunds({ table }: Deps) {
  return async (now: Date): Promise<{ funds: number; differences: number }> => {
    let differences = 0;
    const funds = await forEachFund(table, async (fundId) => {
      const match = await matched(table, fundId, now);
      await table.transact([matchWrite(match)]);
      differences += match.differences.length;
    });
    return { funds, differences };
  };
}

/** Read again where something was booked meanwhile: sides of two moments would differ for no reason. */
function matched(table: Table, fundId: string, now: Date): Promise<FundMatch> {
  return untilSettled(async () => {
    const book = await readBook(table, fundId);
    const { loans, claims } = await sidesOf(table, fundId);
    const stated = await lastStated(table, fundId, now);
    if ((await readBook(table, fundId)).seq !== book.seq) return 'moved';
    const differences = matchOf(book, { stated, loans, claims });
    return {
      fundId,
      on: todayOf(now),
      at: now.toISOString(),
      seq: book.seq,
      agrees: differences.length === 0,
      ...(stated !== undefined && { statementOn: stated.on }),
      differences,
    };
  });
}

/** Every loan of the fund, and the claims on them: a loan names its last claim, and those before it came to nothing. */
async function sidesOf(table: Table, fundId: string): Promise<{ loans: CoveredLoan[]; claims: StoredClaim[] }> {
  const loans: CoveredLoan[] = [];
  for await (const loan of allLoansOf(table, fundId)) loans.push(loan);
  return {
    loans,
    claims: await getClaims(
      table,
      loans.flatMap(({ claimId }) => claimId ?? []),
    ),
  };
}

async function lastStated(table: Table, fundId: string, now: Date): Promise<Stated | undefined> {
  const before = await readBookAt(table, fundId, endOfDay(addDays(todayOf(now), -statementDays)));
  let last: { on: string; balanceFen: number } | undefined;
  for await (const { entry } of entriesAfter(table, before)) {
    const { control, valueDate: on } = entry;
    if (control === undefined || !('stated' in control) || control.stated.depository !== mainDepository) continue;
    if (last === undefined || on >= last.on) last = { on, balanceFen: control.stated.balanceFen };
  }
  if (last === undefined) return undefined;
  const { on, balanceFen } = last;
  const then = await readBookByValueDate(table, fundId, on, now.toISOString(), endOfDay(on));
  return { on, balanceFen: BigInt(balanceFen), bookFen: balanceOf(then, '1002', mainDepository) };
}
