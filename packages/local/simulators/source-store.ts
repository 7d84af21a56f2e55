import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** What the simulator answers for one enterprise. `observedAt` is when it was told, `recordId` new each time. */
export type SourceRecord = { recordId: string; observedAt: string; data: unknown };

/** The latest change of one enterprise: what it is now, or that it was removed. `sequence` counts changes from 1. */
export type SourceChange = { uscc: string; sequence: number } & (SourceRecord | (Omit<SourceRecord, 'data'> & Removed));
type Removed = { removed: true };

// Journals of before the feed have no sequence, and removals of then tell nothing else.
const sequence = z.int().positive().exactOptional();
const Entry = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('set'),
    uscc: z.string(),
    recordId: z.string(),
    observedAt: z.string(),
    data: z.unknown(),
    sequence,
  }),
  z.strictObject({
    op: z.literal('remove'),
    uscc: z.string(),
    recordId: z.string().exactOptional(),
    observedAt: z.string().exactOptional(),
    sequence,
  }),
  z.strictObject({ op: z.literal('loaded'), digest: z.string() }),
]);
type Entry = z.output<typeof Entry>;

/** A journal longer than this many times what it amounts to is written anew at the next start. */
const slack = 2;

export type SourceStore = {
  get(uscc: string): SourceRecord | undefined;
  /** The latest change of every enterprise that changed after that one, oldest first. */
  changesAfter(sequence: number): Iterable<SourceChange>;
  /** The sequence number of the last change; 0 before the first. */
  lastSequence(): number;
  set(records: readonly { uscc: string; data: unknown }[]): void;
  /** Whether it was known. */
  remove(uscc: string): boolean;
  /** Whether a file of that digest was loaded before. */
  hasLoaded(digest: string): boolean;
  loaded(digest: string): void;
  size(): number;
};

/** Keeps the records in memory, and every change as a line of the file, so that a restart finds them again. */
export function openSourceStore(name: string, file: string, now: () => Date): SourceStore {
  /** In the order of their changes: whoever changes goes to the end. */
  const latest = new Map<string, SourceChange>();
  const digests = new Set<string>();
  let [entries, known, last] = [0, 0, 0];

  const get = (uscc: string): SourceRecord | undefined => {
    const change = latest.get(uscc);
    if (change === undefined || 'removed' in change) return undefined;
    const { recordId, observedAt, data } = change;
    return { recordId, observedAt, data };
  };
  const apply = (entry: Entry) => {
    entries += 1;
    if (entry.op === 'loaded') return void digests.add(entry.digest);
    const { uscc } = entry;
    const before = get(uscc);
    const {
      sequence = last + 1,
      recordId = before?.recordId ?? `${name}-removed`,
      observedAt = before?.observedAt,
    } = entry;
    const said = { uscc, sequence, recordId, observedAt: observedAt ?? now().toISOString() };
    latest.delete(uscc);
    latest.set(uscc, entry.op === 'set' ? { ...said, data: entry.data } : { ...said, removed: true });
    last = sequence;
    known += (entry.op === 'set' ? 1 : 0) - (before === undefined ? 0 : 1);
  };
  const write = (added: readonly Entry[]) => {
    appendFileSync(file, linesOf(added));
    added.forEach(apply);
  };

  mkdirSync(dirname(file), { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // What follows the last line feed was cut off while it was written; it was never answered for.
  const torn = lines.pop();
  for (const line of lines) apply(Entry.parse(JSON.parse(line)));
  if (torn || entries > slack * (latest.size + digests.size)) compact();

  /** Each enterprise's latest change stays, a removal too: somebody may still read the feed from before it. */
  function compact() {
    const kept: Entry[] = [
      ...[...latest.values()].map((change): Entry => {
        if (!('removed' in change)) return { op: 'set', ...change };
        const { removed: _removed, ...rest } = change;
        return { op: 'remove', ...rest };
      }),
      ...[...digests].map((digest) => ({ op: 'loaded' as const, digest })),
    ];
    writeFileSync(`${file}.new`, linesOf(kept));
    renameSync(`${file}.new`, file);
    entries = kept.length;
  }

  return {
    get,
    *changesAfter(sequence) {
      for (const change of latest.values()) if (change.sequence > sequence) yield change;
    },
    lastSequence: () => last,
    set(changed) {
      const observedAt = now().toISOString();
      write(
        changed.map(({ uscc, data }, i) => {
          const sequence = last + 1 + i;
          const seal = createHash('sha256')
            .update(`${uscc}/${sequence}/${JSON.stringify(data)}`)
            .digest('hex');
          return { op: 'set', uscc, recordId: `${name}-${seal.slice(0, 24)}`, observedAt, data, sequence };
        }),
      );
    },
    remove(uscc) {
      const record = get(uscc);
      if (record === undefined) return false;
      const { recordId } = record;
      write([{ op: 'remove', uscc, recordId, observedAt: now().toISOString(), sequence: last + 1 }]);
      return true;
    },
    hasLoaded: (digest) => digests.has(digest),
    loaded: (digest) => write([{ op: 'loaded', digest }]),
    size: () => known,
  };
}

function linesOf(entries: readonly Entry[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}
