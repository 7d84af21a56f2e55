import type { Table } from '#packages/table';
import type { WhitelistEntry } from '../contract.ts';
import { consentHeld, landsSuspended } from '../domain.ts';
import { getHead, type Head } from '../store/enterprise.ts';
import { type Standing, standingOf } from '../store/standing.ts';
import { getListState, VersionEntry } from '../store/whitelist.ts';
import { entryStatus } from '../view.ts';

/** The version in force, now or on a past day: where its lines lie, and since when. */
export type InForce = { entriesKey: string; publishedAt: string };

/** What an entry's view is made of: its line in the version in force, if it has one, and its enterprise. */
export type Viewed = {
  uscc: string;
  name: string;
  line: VersionEntry | undefined;
  standing: Standing;
  /** Whether the last screening was a hard hit. */
  excluded: boolean;
};

export type StandingEntry = { state: InForce; head: Head; line: VersionEntry | undefined };

/** An enterprise's entry in the version in force, or what is left of one it had before. */
export async function standingEntry(table: Table, uscc: string): Promise<StandingEntry | undefined> {
  const state = inForceNow(await getListState(table));
  if (state === undefined) return undefined;
  const [head, item] = await Promise.all([getHead(table, uscc), table.get({ pk: state.entriesKey, sk: uscc })]);
  if (head === undefined) return undefined;
  const line = item === undefined ? undefined : VersionEntry.parse(item);
  return line === undefined && head.entry === undefined ? undefined : { state, head, line };
}

export function inForceNow(state: Awaited<ReturnType<typeof getListState>>): InForce | undefined {
  if (state?.entriesKey === undefined) return undefined;
  return { entriesKey: state.entriesKey, publishedAt: state.publishedAt ?? '' };
}

/** What the view is made of, as its enterprise stands now. */
export function viewedNow(head: Head, line: VersionEntry | undefined): Viewed {
  const excluded = head.screening?.outcome === 'exclude';
  return { uscc: head.uscc, name: nameOf(head), line, standing: standingOf(head), excluded };
}

export function nameOf(head: Head): string {
  return head.nominations[0]?.name ?? head.uscc;
}

/** An entry as its enterprise stands, whatever the queues have got round to; undefined where it never had one. */
export function entryView(
  { uscc, name, line, standing, excluded }: Viewed,
  { publishedAt }: Pick<InForce, 'publishedAt'>,
  today: string,
): WhitelistEntry | undefined {
  const { entry, disputed } = standing;
  if (line !== undefined) {
    const { listedOn, validUntil, version } = line;
    const own = isTold(line, standing, publishedAt) ? entry : undefined;
    const status = own?.status ?? notYetTold(line, standing, excluded, publishedAt);
    const said = entryStatus(status, validUntil, today);
    return { uscc, name: line.name, status: said, disputed, listedOn, validUntil, version };
  }
  if (entry === undefined) return undefined;
  // The version in force no longer has it: whether or not its enterprise has been told, it is off the list.
  const { listedOn, validUntil, version } = entry;
  const status = entry.status === 'expired' ? 'expired' : 'removed';
  return { uscc, name, status, disputed, listedOn, validUntil, version };
}

/** The enterprise's own word counts once it is about this version, or was said after it was published. */
export function isTold(line: VersionEntry, { entry }: Standing, publishedAt: string): boolean {
  return entry !== undefined && (entry.version >= line.version || entry.at > publishedAt);
}

/** Before the queue has brought the version to the enterprise, what has happened there outweighs it already. */
function notYetTold(
  line: VersionEntry,
  standing: Standing,
  excluded: boolean,
  publishedAt: string,
): VersionEntry['status'] {
  if (!consentHeld(standing, publishedAt)) return 'removed';
  return landsSuspended(line, standing.entry, excluded) ? 'suspended' : line.status;
}
