import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod';

/** What the simulator answers for one enterprise. `observedAt` is when it was told, `recordId` new each time. */
export type SourceRecord = { recordId: string; observedAt: string; data: unknown };

const Entry = z.discriminatedUnion('op', [
  z.strictObject({
    op: z.literal('set'),
    uscc: z.string(),
    recordId: z.string(),
    observedAt: z.string(),
    data: z.unknown(),
  }),
  z.strictObject({ op: z.literal('remove'), uscc: z.string() }),
  z.strictObject({ op: z.literal('loaded'), digest: z.string() }),
]);
type Entry = z.output<typeof Entry>;

/** A journal longer than this many times what it amounts to is written anew at the next start. */
const slack = 2;

export type SourceStore = {
  get(uscc: string): SourceRecord | undefined;
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
  const records = new Map<string, SourceRecord>();
  const digests = new Set<string>();
  let changes = 0;

  const apply = (entry: Entry) => {
    changes += 1;
    if (entry.op === 'loaded') digests.add(entry.digest);
    else if (entry.op === 'remove') records.delete(entry.uscc);
    else records.set(entry.uscc, { recordId: entry.recordId, observedAt: entry.observedAt, data: entry.data });
  };
  const write = (entries: readonly Entry[]) => {
    appendFileSync(file, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    entries.forEach(apply);
  };

  mkdirSync(dirname(file), { recursive: true });
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  // What follows the last line feed was cut off while it was written; it was never answered for.
  const torn = lines.pop();
  for (const line of lines) apply(Entry.parse(JSON.parse(line)));
  if (torn || changes > slack * (records.size + digests.size)) compact();

  function compact() {
    const entries: Entry[] = [
      ...[...records].map(([uscc, record]) => ({ op: 'set' as const, uscc, ...record })),
      ...[...digests].map((digest) => ({ op: 'loaded' as const, digest })),
    ];
    writeFileSync(`${file}.new`, entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    renameSync(`${file}.new`, file);
    changes = entries.length;
  }

  return {
    get: (uscc) => records.get(uscc),
    set(changed) {
      const observedAt = now().toISOString();
      write(
        changed.map(({ uscc, data }, i) => {
          const seal = createHash('sha256')
            .update(`${uscc}/${changes + i}/${JSON.stringify(data)}`)
            .digest('hex');
          return { op: 'set', uscc, recordId: `${name}-${seal.slice(0, 24)}`, observedAt, data };
        }),
      );
    },
    remove(uscc) {
      const known = records.has(uscc);
      if (known) write([{ op: 'remove', uscc }]);
      return known;
    },
    hasLoaded: (digest) => digests.has(digest),
    loaded: (digest) => write([{ op: 'loaded', digest }]),
    size: () => records.size,
  };
}
