import { endOfDay, legalDateOf } from '#packages/calendar';
import { done, type Outcome, refused } from '#packages/outcome';
import { type Book, emptyBook } from '../book.ts';
import { capitalDays, closeId, closePeriod, sealId, sealPeriod } from '../close.ts';
import type { Seal } from '../control.ts';
import type { Entry } from '../entry.ts';
import { merkleRoot } from '../merkle.ts';
import { type Ledger, post } from '../post.ts';
import { entriesAfter, findEntry, readBook, readBookAt, readBookByValueDate } from '../read.ts';

/** The day before a fund's first: earlier than any entry's. */
const beforeAll = '1900-01-01';
/** How often it starts again because something was booked while it read, waiting up to 10 ms · 2ⁿ, at most 640 ms. */
const readings = 30;

export type ClosePeriod = { fundId: string; through: string; sm3?: boolean; by?: string; approvedBy?: string };

/**
 * Closes a fund's books through a day and seals them: the root stands in the journal, and is for printing where the
 * fund cannot reach it, on the annual report and on every contributor's statement. Done twice it is done once; after a
 * crash in the middle it goes on where it was.
 */
export function closeFundPeriod(ledger: Ledger) {
  return async (request: ClosePeriod): Promise<Outcome<Seal, 'period_not_over' | 'state_conflict'>> => {
    const { fundId, through } = request;
    const { table } = ledger;
    const sealed = await findEntry(table, fundId, sealId(through));
    if (sealed?.control !== undefined && 'seal' in sealed.control) {
      return { kind: 'done', result: sealed.control.seal, replayed: true };
    }
    if (through >= legalDateOf(ledger.now().toISOString())) return refused('period_not_over');
    const closing = (await findEntry(table, fundId, closeId(through))) ?? (await close(ledger, request));
    if (closing === undefined) return refused('state_conflict');
    const seal = await sealOf(ledger, closing, request);
    const [answer] = await post(ledger, fundId, [sealPeriod(seal, legalDateOf(closing.at))]);
    if (answer?.kind !== 'posted') throw new Error(`${fundId}: the seal of ${through} is another one`);
    return done(seal);
  };
}

/** The closing entry; undefined where the period, or a later one, is closed already. */
async function close(ledger: Ledger, request: ClosePeriod): Promise<Entry | undefined> {
  const { fundId, through, by, approvedBy } = request;
  const { table } = ledger;
  for (let reading = 0; reading < readings; reading += 1) {
    const known = await readBook(table, fundId);
    const since = known.closedThrough ?? beforeAll;
    const byValueDate = (day: string): Promise<Book> =>
      day === beforeAll
        ? Promise.resolve(emptyBook(fundId))
        : readBookByValueDate(table, fundId, day, known.at, endOfDay(day));
    const [opening, ended] = await Promise.all([byValueDate(since), byValueDate(through)]);
    const before = since === beforeAll ? emptyBook(fundId) : await readBookAt(table, fundId, endOfDay(since));
    const entries: Entry[] = [];
    for await (const { entry } of entriesAfter(table, before, known.at)) entries.push(entry);
    const weights = capitalDays(opening, entries, { since, through });
    const people = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
    const last = known.closedThrough === undefined ? undefined : await findEntry(table, fundId, closeId(since));
    const closing = { through, known, ended, weights, before: last, ...people };
    const [answer] = await post(ledger, fundId, [closePeriod(closing)]);
    if (answer?.kind === 'posted') return answer.entry;
    if (answer?.kind !== 'refused' || answer.code !== 'book-moved') return undefined;
    await ledger.pause(ledger.random() * 10 * 2 ** Math.min(reading, 6));
  }
  throw new Error(`${fundId}: the book moved ${readings} times while it was to be closed`);
}

/**
 * Of all entries behind those of the last seal, to the closing one. All of it lies in the past, so it never comes out
 * otherwise.
 */
async function sealOf(ledger: Ledger, closing: Entry, { fundId, through, sm3 = false }: ClosePeriod): Promise<Seal> {
  const { table } = ledger;
  const { sealed } = await readBook(table, fundId);
  const firstSeq = (sealed?.lastSeq ?? 0) + 1;
  const before = sealed === undefined ? undefined : await findEntry(table, fundId, closeId(sealed.through));
  const from = before === undefined ? emptyBook(fundId) : await readBookAt(table, fundId, justBefore(before.at));
  const hashes: string[] = [];
  for await (const { entry } of entriesAfter(table, from)) {
    if (entry.seq >= firstSeq) hashes.push(entry.hash);
    if (entry.seq === closing.seq) break;
  }
  const root = merkleRoot(hashes);
  const more = sm3 ? { rootSm3: merkleRoot(hashes, 'sm3') } : {};
  return { through, firstSeq, lastSeq: closing.seq, root, ...more, headHash: closing.hash };
}

function justBefore(instant: string): string {
  return new Date(Date.parse(instant) - 1).toISOString();
}
