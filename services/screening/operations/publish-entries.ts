import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import type { Table, Write } from '#packages/table';
import { consentHeld, landsSuspended } from '../domain.ts';
import { entryMachine } from '../machines.ts';
import { type EnterpriseEvent, enterpriseWrites, getHeads, type Head } from '../store/enterprise.ts';
import { getVersion, publicationChunkEvent, publishedEvent, readEntries, VersionEntry } from '../store/whitelist.ts';
import { type Context, type Deps, worker } from './context.ts';
import { aboutEntry, aboutListed } from './entry-acts.ts';

/** Each enterprise takes up to four steps: a chunk fits one transaction. */
const chunkSize = 20;
/** With its own continuation and receipt, a page of chunks fits one transaction. */
const chunksPerPage = 60;

/** A published version is told to its enterprises, and to those that the version before had and this one has not. */
export function planPublication({ table }: Pick<Deps, 'table'>) {
  return async (
    page: { version: number; chunk: number; after?: string | undefined },
    sequence: number,
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const version = await getVersion(table, page.version);
    if (version === undefined) throw new Error(`version ${page.version} is not there yet`);
    const entries = await readEntries(table, version.entriesKey);
    const before = version.replaces === undefined ? [] : await readEntries(table, version.replaces);
    const usccs = [...new Set([...entries, ...before].map((entry) => entry.uscc))].toSorted();
    const rest =
      page.after === undefined ? usccs : usccs.filter((uscc) => page.after !== undefined && uscc > page.after);
    const dealt = rest.slice(0, chunkSize * chunksPerPage);
    const writes: Write[] = [];
    for (let start = 0; start < dealt.length; start += chunkSize) {
      const chunk = page.chunk + writes.length;
      writes.push(publicationChunkEvent(page.version, chunk, dealt.slice(start, start + chunkSize), context.now));
    }
    const last = dealt.at(-1);
    if (rest.length > dealt.length && last !== undefined) {
      const next = { chunk: page.chunk + writes.length, after: last };
      writes.push(publishedEvent(page.version, sequence + 1, next, context.now));
    }
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

/**
 * Writes a chunk of a published version down at its enterprises, with the events that tell the other services. Chunks
 * of two versions may come in any order, and each as often as it likes: the later version stands.
 */
export function publishChunk({ table }: Pick<Deps, 'table'>) {
  return async (chunk: { version: number; usccs: string[] }, context: Context): Promise<Outcome<undefined>> => {
    const version = await getVersion(table, chunk.version);
    if (version?.publishedAt === undefined) throw new Error(`version ${chunk.version} is not published`);
    const { publishedAt } = version;
    const [entries, replaced] = await Promise.all([
      linesOf(table, version.entriesKey, chunk.usccs),
      version.replaces === undefined ? new Map<string, VersionEntry>() : linesOf(table, version.replaces, chunk.usccs),
    ]);
    await untilSettled(async () => {
      const heads = await getHeads(table, chunk.usccs);
      const writes = [...heads.values()].flatMap((head) => {
        const line = entries.get(head.uscc);
        const changed =
          line === undefined
            ? left(head, replaced.get(head.uscc), chunk.version, publishedAt)
            : entered(head, line, publishedAt);
        if (changed === undefined) return [];
        const { entry, events } = changed;
        const outcome = entry.status;
        const audit = { actor: worker, action: 'whitelist.entry', outcome, reason: `version ${chunk.version}` };
        return enterpriseWrites(head, { state: { ...head, entry }, events, audit }, context);
      });
      if (writes.length === 0) return 'settled';
      const written = await commit(table, writes, noReceipt, done(undefined));
      return written === 'moved' ? 'moved' : 'settled';
    });
    return done(undefined);
  };
}

async function linesOf(table: Table, entriesKey: string, usccs: readonly string[]): Promise<Map<string, VersionEntry>> {
  const items = await table.getMany(usccs.map((uscc) => ({ pk: entriesKey, sk: uscc })));
  return new Map(items.map((item) => VersionEntry.parse(item)).map((line) => [line.uscc, line]));
}

type Entry = NonNullable<Head['entry']>;
type EntryChange = { entry: Entry; events: EnterpriseEvent[] };

/**
 * What its line in a version means for an enterprise; undefined where that stands at it already, or something newer
 * does. The change is of the moment of publication, whenever the queue gets round to it.
 */
function entered(head: Head, line: VersionEntry, publishedAt: string): EntryChange | undefined {
  const known = head.entry;
  if (known !== undefined && (known.version >= line.version || known.at > publishedAt)) return undefined;
  const { version, listedOn, validUntil } = line;
  const status = landsSuspended(line, known, head.screening?.outcome === 'exclude') ? 'suspended' : line.status;
  const entry = { status, version, listedOn, validUntil, at: publishedAt };
  // Withdrawn before the entry had landed here, so that nobody was told of it; the withdrawal outweighs the version.
  if (!consentHeld(head, publishedAt))
    return { entry: { ...entry, status: 'removed', reason: 'consent-withdrawn' }, events: [] };
  const same = known?.status === status && known.listedOn === listedOn && known.validUntil === validUntil;
  const data = { ...aboutListed(head), version, listedOn, validUntil };
  return { entry, events: same || status !== 'listed' ? [] : [{ type: 'whitelist.entry.listed.v1', data }] };
}

/** What it means that a version no longer has the line which the version before had. */
function left(
  head: Head,
  line: VersionEntry | undefined,
  version: number,
  publishedAt: string,
): EntryChange | undefined {
  const known = head.entry;
  // Suspended since, it is out all the same; only a later version, or its own end, says something newer.
  const stands = known?.status === 'listed' || known?.status === 'suspended';
  if (known !== undefined && (known.version >= version || (known.at > publishedAt && !stands))) return undefined;
  const reason = 'not-in-version';
  const gone = known && entryMachine.next(known.status, 'remove');
  if (known !== undefined && gone !== undefined) {
    const data = { ...aboutEntry(head), version, reason };
    const entry = { ...known, status: gone, reason, at: publishedAt };
    return { entry, events: [{ type: 'whitelist.entry.removed.v1', data }] };
  }
  // The line has not landed here yet, nor been told to anybody. When it comes it must find that it is over.
  if (line === undefined || (known !== undefined && known.version >= line.version)) return undefined;
  const { listedOn, validUntil } = line;
  return {
    entry: { status: 'removed', version: line.version, listedOn, validUntil, reason, at: publishedAt },
    events: [],
  };
}
