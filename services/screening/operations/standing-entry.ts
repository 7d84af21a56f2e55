import type { Table } from '#packages/table';
import type { WhitelistEntry } from '../contract.ts';
import { consentHeld } from '../domain.ts';
import { getHead, type Head } from '../store/enterprise.ts';
import { getListState, type ListState, VersionEntry } from '../store/whitelist.ts';
import { entryStatus } from '../view.ts';

/** An enterprise's entry in the version in force, or what is left of one it had before. */
export type StandingEntry = { state: ListState; head: Head; entry: VersionEntry };

export async function standingEntry(table: Table, uscc: string): Promise<StandingEntry | undefined> {
  const state = await getListState(table);
  if (state?.entriesKey === undefined) return undefined;
  const [head, item] = await Promise.all([getHead(table, uscc), table.get({ pk: state.entriesKey, sk: uscc })]);
  if (head === undefined) return undefined;
  const entry = item === undefined ? lastEntry(head) : VersionEntry.parse(item);
  return entry && { state, head, entry };
}

/** An entry as its enterprise stands now, whatever the queues have got round to. */
export function entryView(entry: VersionEntry, head: Head, state: ListState, today: string): WhitelistEntry {
  const { uscc, name, listedOn, validUntil, version } = entry;
  const own = head.entry;
  // The enterprise's own word counts once it is about this version, or was said after it was published.
  const publishedAt = state.publishedAt ?? '';
  const newer = own !== undefined && (own.version >= version || own.at > publishedAt);
  const status = newer ? own.status : notYetTold(entry, head, publishedAt);
  const disputed = head.disputes.length > 0;
  return { uscc, name, status: entryStatus(status, validUntil, today), disputed, listedOn, validUntil, version };
}

/** Before the queue has brought the version to the enterprise, what has happened there outweighs it already. */
function notYetTold(entry: VersionEntry, head: Head, publishedAt: string): VersionEntry['status'] {
  if (!consentHeld(head, publishedAt)) return 'removed';
  return entry.status === 'listed' && head.screening?.outcome === 'exclude' ? 'suspended' : entry.status;
}

/** What is left of an entry that the version in force no longer has. */
function lastEntry(head: Head): VersionEntry | undefined {
  if (head.entry === undefined) return undefined;
  const { version, listedOn, validUntil } = head.entry;
  const name = head.nominations[0]?.name ?? head.uscc;
  const status = head.entry.status === 'expired' ? 'expired' : 'removed';
  return { uscc: head.uscc, name, status, listedOn, validUntil, version, confirmed: false };
}
