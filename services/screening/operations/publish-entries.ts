import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import type { Write } from '#packages/table';
import { entryMachine } from '../machines.ts';
import { type EnterpriseEvent, enterpriseWrites, getHeads, type Head } from '../store/enterprise.ts';
import {
  getVersion,
  publicationChunkEvent,
  publishedEvent,
  readEntries,
  VersionEntry,
  type VersionHead,
} from '../store/whitelist.ts';
import { type Context, type Deps, worker } from './context.ts';

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

/** Writes a chunk of a published version down at its enterprises, with the events that tell the other services. */
export function publishChunk({ table }: Pick<Deps, 'table'>) {
  return async (chunk: { version: number; usccs: string[] }, context: Context): Promise<Outcome<undefined>> => {
    const version = await getVersion(table, chunk.version);
    if (version?.publishedAt === undefined) throw new Error(`version ${chunk.version} is not published`);
    const keys = chunk.usccs.map((uscc) => ({ pk: version.entriesKey, sk: uscc }));
    const found = await table.getMany(keys);
    const entries = new Map(found.map((item) => VersionEntry.parse(item)).map((entry) => [entry.uscc, entry]));
    await untilSettled(async () => {
      const heads = await getHeads(table, chunk.usccs);
      const writes = [...heads.values()].flatMap((head) => {
        const change = entryChange(head, entries.get(head.uscc), version, context.now);
        return change === undefined ? [] : enterpriseWrites(head, change, context);
      });
      const written = await commit(table, writes, noReceipt, done(undefined));
      return written === 'moved' ? 'moved' : 'settled';
    });
    return done(undefined);
  };
}

/** What the version means for one enterprise; undefined where that stands at it already, or something newer does. */
function entryChange(head: Head, entry: VersionEntry | undefined, version: VersionHead, now: Date) {
  const known = head.entry;
  const publishedAt = version.publishedAt ?? now.toISOString();
  // What happened to the enterprise after the publication outweighs it.
  if (known !== undefined && (known.version >= version.version || known.at > publishedAt)) return undefined;
  const at = now.toISOString();
  const audit = {
    actor: worker,
    action: 'whitelist.entry',
    outcome: entry?.status ?? 'removed',
    reason: `version ${version.version}`,
  };
  if (entry === undefined) {
    const gone = known && entryMachine.next(known.status, 'remove');
    if (known === undefined || gone === undefined) return undefined;
    const reason = 'not-in-version';
    const events: EnterpriseEvent[] = [
      { type: 'whitelist.entry.removed.v1', data: { uscc: head.uscc, version: version.version, reason } },
    ];
    return { state: { ...head, entry: { ...known, status: gone, reason, at } }, events, audit };
  }
  const { status, listedOn, validUntil } = entry;
  const same = known?.status === status && known.listedOn === listedOn && known.validUntil === validUntil;
  const data = { uscc: head.uscc, version: version.version, listedOn, validUntil };
  const events: EnterpriseEvent[] = same || status !== 'listed' ? [] : [{ type: 'whitelist.entry.listed.v1', data }];
  return { state: { ...head, entry: { status, version: version.version, listedOn, validUntil, at } }, events, audit };
}
