import { mayReach, type Caller } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Page, Table } from '#packages/table';
import type { EntryStatus, routes, WhitelistEntry } from '../contract.ts';
import { consentHeld, consentLives } from '../domain.ts';
import { allBanks } from '../nomination.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import { getListState, type ListState, VersionEntry } from '../store/whitelist.ts';
import { entryStatus } from '../view.ts';
import { type Deps, todayOf } from './context.ts';
import { nextOf, startOf } from './read-enterprises.ts';

/** A filter that few entries pass is looked for in so many requests at the most; the cursor goes on from there. */
const pagesPerCall = 10;

/**
 * The version in force, sorted by code, each entry as its enterprise stands now: a suspension or a withdrawn consent
 * shows at once, not when a queue has got round to it.
 */
export function listWhitelist({ table }: Deps): Operation<typeof routes.listWhitelist> {
  return async ({ query, caller, now, position, seal }) => {
    const state = await getListState(table);
    if (state?.entriesKey === undefined) return done({ items: [], nextCursor: null });
    const condition = { expression: 'pk = :pk', values: { ':pk': state.entriesKey } };
    // A page is read off one version to its end, whatever is published meanwhile.
    let start = startOf(position);
    const pk = position?.['pk'] ?? state.entriesKey;
    const items: WhitelistEntry[] = [];
    let page: Page = { items: [] };
    for (let pages = 0; pages < pagesPerCall && items.length < query.pageSize; pages += 1) {
      page = await table.page(
        { condition: { ...condition, values: { ':pk': pk } } },
        query.pageSize - items.length,
        start,
      );
      items.push(...(await standingEntries(table, page, state, caller, query.status, now)));
      start = page.last;
      if (start === undefined) break;
    }
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

export function getWhitelistEntry({ table }: Deps): Operation<typeof routes.getWhitelistEntry> {
  return async ({ params, caller, now }) => {
    const state = await getListState(table);
    if (state?.entriesKey === undefined) return refused('not_found');
    const heads = await getHeads(table, [params.uscc]);
    const item = await table.get({ pk: state.entriesKey, sk: params.uscc });
    const head = heads.get(params.uscc);
    if (head === undefined || !maySee(caller, head, todayOf(now))) return refused('not_found');
    const entry = item === undefined ? lastEntry(head) : VersionEntry.parse(item);
    if (entry === undefined) return refused('not_found');
    return done(entryView(entry, head, state, todayOf(now)));
  };
}

async function standingEntries(
  table: Table,
  page: Page,
  state: ListState,
  caller: Caller,
  wanted: EntryStatus,
  now: Date,
): Promise<WhitelistEntry[]> {
  const today = todayOf(now);
  const entries = page.items.map((item) => VersionEntry.parse(item));
  const heads = await getHeads(
    table,
    entries.map((entry) => entry.uscc),
  );
  return entries.flatMap((entry) => {
    const head = heads.get(entry.uscc);
    if (head === undefined || !maySee(caller, head, today)) return [];
    const view = entryView(entry, head, state, today);
    return view.status === wanted ? [view] : [];
  });
}

/** People see the whole list; a bank those enterprises whose live consent names it or all banks. */
function maySee(caller: Caller, head: Head, today: string): boolean {
  if (caller.kind === 'person') return true;
  const recipients = head.consent?.recipients ?? [];
  const named = recipients.includes(allBanks) || recipients.some((partnerId) => mayReach(caller, { partnerId }));
  return consentLives(head, today) && named;
}

function entryView(entry: VersionEntry, head: Head, state: ListState, today: string): WhitelistEntry {
  const { uscc, name, listedOn, validUntil, version } = entry;
  const own = head.entry;
  // The enterprise's own word counts once it is about this version, or was said after it was published.
  const publishedAt = state.publishedAt ?? '';
  const newer = own !== undefined && (own.version >= version || own.at > publishedAt);
  const said = newer ? own.status : consentHeld(head, publishedAt) ? entry.status : 'removed';
  return { uscc, name, status: entryStatus(said, validUntil, today), disputed: false, listedOn, validUntil, version };
}

/** What is left of an entry that the version in force no longer has. */
function lastEntry(head: Head): VersionEntry | undefined {
  if (head.entry === undefined) return undefined;
  const { version, listedOn, validUntil } = head.entry;
  const name = head.nominations[0]?.name ?? head.uscc;
  const status = head.entry.status === 'expired' ? 'expired' : 'removed';
  return { uscc: head.uscc, name, status, listedOn, validUntil, version, confirmed: false };
}
