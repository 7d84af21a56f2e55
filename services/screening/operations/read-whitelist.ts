import { filledPage } from '#packages/paging';
import { mayReach, type Caller } from '#packages/access';
import { endOfDay, todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition, type Item, type Table } from '#packages/table';
import type { EntryStatus, routes, WhitelistEntry } from '../contract.ts';
import { consentLives } from '../domain.ts';
import { allBanks } from '#packages/roles';
import { decisionAt } from '../store/decisions.ts';
import { enterprisePk, getHeads, type Head } from '../store/enterprise.ts';
import { entriesIndex, standingAt } from '../store/standing.ts';
import { getListState, publishedBy, VersionEntry } from '../store/whitelist.ts';
import { type Deps, eachOf } from './context.ts';
import { futureDay } from './days-asked.ts';
import {
  entryView,
  type InForce,
  inForceNow,
  isTold,
  nameOf,
  standingEntry,
  type Viewed,
  viewedNow,
} from './standing-entry.ts';

/** What few entries pass is looked for in so many requests at the most. */
const requestsPerCall = 10;
/** Past standings are asked for so many at a time. */
const queriesAtOnce = 16;

/** A list as it is to be read: which version, on which day, and, for a past one, as it was known by when. */
type Reading = { inForce: InForce | undefined; today: string; until?: string };

/**
 * The version in force, sorted by code, each entry as its enterprise stands now: a suspension or a withdrawn consent
 * shows at once, not when a queue has got round to it. Asked for a past day, the same as it was then.
 */
export function listWhitelist({ table }: Deps): Operation<typeof routes.listWhitelist> {
  return async ({ query, caller, now, position, seal }) => {
    const today = todayOf(now);
    const future = futureDay(query, today);
    if (future !== undefined) return future;
    const { status, asOf, knownOn } = query;
    const reading = await readingOf(table, { asOf, knownOn }, today);
    const { inForce } = reading;
    if (inForce === undefined) return done({ items: [], nextCursor: null });
    // A page is read off one version to its end, whatever is published meanwhile. What a version no longer has is
    // looked for among all that ever had an entry.
    const gone = status === 'removed' || status === 'expired';
    const condition = inPartition(position?.['pk'] ?? (gone ? entriesIndex : inForce.entriesKey));
    const entriesOf = async (items: Item[]) => {
      const usccs = items.map((item) => String(item['sk']));
      const lines = gone ? await linesOf(table, inForce, usccs) : items.map((item) => VersionEntry.parse(item));
      return viewsOf(table, { ...reading, inForce }, { usccs, lines, caller, status, now: today });
    };
    const asked = { pageSize: query.pageSize, position, seal };
    return done(await filledPage(table, { condition }, asked, entriesOf, requestsPerCall));
  };
}

export function getWhitelistEntry({ table }: Deps): Operation<typeof routes.getWhitelistEntry> {
  return async ({ params, caller, now }) => {
    const today = todayOf(now);
    const standing = await standingEntry(table, params.uscc);
    if (standing === undefined || !maySee(caller, standing.head, today)) return refused('not_found');
    const { head, line, state } = standing;
    const view = entryView(viewedNow(head, line), state, today);
    return view === undefined ? refused('not_found') : done(view);
  };
}

async function readingOf(
  table: Table,
  { asOf, knownOn }: { asOf: string | undefined; knownOn: string | undefined },
  today: string,
): Promise<Reading> {
  const state = await getListState(table);
  if (asOf === undefined && knownOn === undefined) return { inForce: inForceNow(state), today };
  const [day, known] = [asOf ?? today, knownOn ?? today];
  const until = endOfDay(day < known ? day : known);
  const version = await publishedBy(table, state?.current ?? 0, until);
  return { inForce: version, today: day, until };
}

async function linesOf(table: Table, { entriesKey }: InForce, usccs: readonly string[]): Promise<VersionEntry[]> {
  const items = await table.getMany(usccs.map((uscc) => ({ pk: entriesKey, sk: uscc })));
  return items.map((item) => VersionEntry.parse(item));
}

/** The entries of a page that the caller may see and has asked for. Who may see a past list is who may see it today. */
async function viewsOf(
  table: Table,
  { inForce, today, until }: Reading & { inForce: InForce },
  asked: { usccs: string[]; lines: VersionEntry[]; caller: Caller; status: EntryStatus; now: string },
): Promise<WhitelistEntry[]> {
  const { usccs, caller, status, now } = asked;
  const lines = new Map(asked.lines.map((line) => [line.uscc, line]));
  const heads = await getHeads(table, usccs);
  const seen = usccs.flatMap((uscc) => heads.get(uscc) ?? []).filter((head) => maySee(caller, head, now));
  const viewed =
    until === undefined
      ? seen.map((head) => viewedNow(head, lines.get(head.uscc)))
      : await eachOf(seen, queriesAtOnce, (head) => viewedAt(table, head, lines.get(head.uscc), inForce, until));
  return viewed.flatMap((one) => {
    const view = entryView(one, inForce, today);
    return view?.status === status ? [view] : [];
  });
}

/** As the enterprise stood at an instant. Only before the version had reached it the last screening matters. */
async function viewedAt(
  table: Table,
  head: Head,
  line: VersionEntry | undefined,
  { publishedAt }: InForce,
  until: string,
): Promise<Viewed> {
  const { uscc } = head;
  const known = await standingAt(table, enterprisePk(uscc), until);
  // Where nothing is noted of a consent, it was there before the version and has never been withdrawn.
  const standing = { disputed: false, ...known, consent: known?.consent ?? { since: '' } };
  const asks = line !== undefined && !isTold(line, standing, publishedAt);
  const decision = asks ? await decisionAt(table, uscc, until) : undefined;
  return { uscc, name: nameOf(head), line, standing, excluded: decision?.outcome === 'exclude' };
}

/** People see the whole list; a bank those enterprises whose live consent names it or all banks. */
export function maySee(caller: Caller, head: Head, today: string): boolean {
  return caller.kind === 'person' || (consentLives(head, today) && isRecipient(caller, head));
}

/** Whether the enterprise's consent names the bank, or all banks. */
export function isRecipient(caller: Caller, { consent }: Pick<Head, 'consent'>): boolean {
  const recipients = consent?.recipients ?? [];
  return recipients.includes(allBanks) || recipients.some((partnerId) => mayReach(caller, { partnerId }));
}
