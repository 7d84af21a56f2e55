import { todayOf } from '#packages/calendar';
import { drainOn } from '../claims/drain.ts';
import { claimAggregate, readClaim } from '../claims/stored-claim.ts';
import { availableOf } from '../ledger/book.ts';
import { type Ledger, post } from '../ledger/post.ts';
import { findAggregate, readBook } from '../ledger/read.ts';

/** More than that many commits of payments at once is left to the next money and to the daily run. */
const mostCommits = 20;

/**
 * Goes on paying claims that wait, while there is money. The money's own commit paid the first of them; whoever dies
 * between leaves the rest to whoever brings money next, or to the daily run.
 */
export async function drainRest(ledger: Ledger, fundId: string): Promise<number> {
  const { table } = ledger;
  for (let commits = 0; commits < mostCommits; commits += 1) {
    const book = await readBook(table, fundId);
    const [first] = book.waiting;
    if (first === undefined || availableOf(book) <= 0n) return commits;
    const found = await findAggregate(table, fundId, claimAggregate(first.claimId));
    if (found === undefined) throw new Error(`${first.claimId} waits and is not there`);
    await post(ledger, fundId, [drainOn(readClaim(found.value), todayOf(ledger.now()))]);
  }
  return mostCommits;
}
