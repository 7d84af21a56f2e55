import { randomUUID } from 'node:crypto';
import { maxTransactionSteps, type Table, type Write } from '#packages/table';
import type { Change, Feed } from '../sources/feed.ts';
import { markKey } from '../store/due.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import type { SourceName } from '../store/facts.ts';
import { dropFeedState, getFeedState, putFeedState } from '../store/source.ts';

/** Pages of changes that one delivery reads; the next goes on from there. */
const pagesPerSync = 10;
/** Deliveries after which a run goes without: a source that has more to tell without end is not waited for. */
export const syncsAtMost = 100;

export type Synced =
  /** We know of every change since `since`, up to now. */
  | { kind: 'current'; since: string }
  | { kind: 'more' }
  /** The source did not tell what has changed: whoever wants to know asks about each enterprise. */
  | { kind: 'unavailable' };

/**
 * Follows a source's changes: enterprises that let us ask and have changed are marked, and only then our place in the
 * changes moves on. Two that do it at once mark the same; one that dies is followed from where it was.
 */
export async function syncSource(
  { table, clock }: { table: Table; clock: () => Date },
  source: SourceName,
  feed: Feed,
  deadline: Date,
): Promise<Synced> {
  for (let pages = 0; pages < pagesPerSync; pages += 1) {
    const before = await getFeedState(table, source);
    const answer = await feed.read(before?.cursor, deadline);
    if (answer.kind === 'postponed') return { kind: 'more' };
    if (answer.kind === 'cursor-unknown' && before !== undefined) {
      await table.transact([dropFeedState(source, before)]);
      continue;
    }
    if (answer.kind !== 'page') return { kind: 'unavailable' };
    const syncedAt = clock().toISOString();
    // Names our unbroken following of the source from its first place on.
    const since = before?.since ?? syncedAt;
    const marks = await marksOf(table, source, answer.changes);
    const moves = putFeedState(source, before, { cursor: answer.next, since, syncedAt });
    while (marks.length > 0) await table.transact(marks.splice(0, maxTransactionSteps));
    const moved = (await table.transact([moves])).kind === 'written';
    if (moved && !answer.more) return { kind: 'current', since };
  }
  return { kind: 'more' };
}

async function marksOf(table: Table, source: SourceName, changes: readonly Change[]): Promise<Write[]> {
  // The last word about an enterprise is the one that counts.
  const last = new Map(changes.map((change) => [change.uscc, change]));
  const heads = await getHeads(table, [...last.keys()]);
  return [...heads.values()].flatMap((head): Write[] => {
    const change = last.get(head.uscc);
    if (change === undefined || !concerns(head, source, change)) return [];
    const { uscc } = head;
    const { recordId, removed = false } = change;
    const mark = { uscc, source, markId: randomUUID(), recordId, removed };
    return [{ kind: 'put', item: { ...markKey(uscc, source), ...mark } }];
  });
}

/**
 * Whether a change tells something that we do not hold. One of an enterprise never asked about counts as well: somebody
 * may be asking just now, and have got the record before.
 */
function concerns({ consent, facts }: Head, source: SourceName, change: Change): boolean {
  if (consent === undefined || consent.withdrawnAt !== undefined || !consent.purposes.includes(source)) return false;
  const known = facts[source];
  if (known === undefined) return true;
  return change.removed === true ? known.kind !== 'unknown-there' : known.recordId !== change.recordId;
}
