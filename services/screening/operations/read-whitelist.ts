import { mayReach, type Caller } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition, type Page, type Table } from '#packages/table';
import type { EntryStatus, routes, WhitelistEntry } from '../contract.ts';
import { consentLives } from '../domain.ts';
import { allBanks } from '../nomination.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import { getListState, type ListState, VersionEntry } from '../store/whitelist.ts';
import { type Deps, todayOf } from './context.ts';
import { nextOf, startOf } from './read-enterprises.ts';
import { entryView, standingEntry } from './standing-entry.ts';

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
    // A page is read off one version to its end, whatever is published meanwhile.
    let start = startOf(position);
    const condition = inPartition(position?.['pk'] ?? state.entriesKey);
    const items: WhitelistEntry[] = [];
    let page: Page = { items: [] };
    for (let pages = 0; pages < pagesPerCall && items.length < query.pageSize; pages += 1) {
      page = await table.page({ condition }, query.pageSize - items.length, start);
      items.push(...(await standingEntries(table, page, state, caller, query.status, now)));
      start = page.last;
      if (start === undefined) break;
    }
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

export function getWhitelistEntry({ table }: Deps): Operation<typeof routes.getWhitelistEntry> {
  return async ({ params, caller, now }) => {
    const today = todayOf(now);
    const standing = await standingEntry(table, params.uscc);
    if (standing === undefined || !maySee(caller, standing.head, today)) return refused('not_found');
    return done(entryView(standing.entry, standing.head, standing.state, today));
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
