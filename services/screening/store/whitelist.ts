import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { inPartition, type Key, type Table, type Write } from '#packages/table';
import { EntryStatus } from '../contract.ts';
import { versionMachine } from '../machines.ts';

/** What is open, what is in force: read by everybody, written only when a version is proposed or published. */
export const ListState = z.object({
  /** Counts the changes; each write is conditional on the one it read. */
  revision: z.int().positive(),
  last: z.int().nonnegative(),
  open: z.int().positive().optional(),
  current: z.int().positive().optional(),
  publishedAt: Instant.optional(),
  /** Where the entries of the version in force lie. */
  entriesKey: z.string().optional(),
});
export type ListState = z.output<typeof ListState>;

export const VersionHead = z.object({
  version: z.int().positive(),
  status: z.enum(versionMachine.states),
  entries: z.int().nonnegative(),
  digest: z.string(),
  entriesKey: z.string(),
  proposedAt: Instant,
  proposedBy: z.string(),
  approvedBy: z.string().optional(),
  publishedOn: LegalDate.optional(),
  publishedAt: Instant.optional(),
  leftOut: z.array(z.object({ uscc: z.string(), reason: z.string() })),
  audit: z.object({ sequence: z.int().positive(), hash: z.string() }),
  /** Entries' partition of the version that this one replaces. */
  replaces: z.string().optional(),
});
export type VersionHead = z.output<typeof VersionHead>;

/** One enterprise in one version, as it was published. Whether it still stands is told by the enterprise itself. */
export const VersionEntry = z.object({
  uscc: z.string(),
  name: z.string(),
  status: EntryStatus,
  listedOn: LegalDate,
  validUntil: LegalDate,
  version: z.int().positive(),
  /** Whether the city named it in `confirm`, as one in review must be. */
  confirmed: z.boolean(),
});
export type VersionEntry = z.output<typeof VersionEntry>;

const stateKey: Key = { pk: 'WHITELIST', sk: 'STATE' };
export const versionPk = (version: number) => `WHITELIST#${version}`;
export const versionKey = (version: number): Key => ({ pk: versionPk(version), sk: 'HEAD' });

export async function getListState(table: Table): Promise<ListState | undefined> {
  const item = await table.get(stateKey);
  return item && ListState.parse(item);
}

export function putListState(before: ListState | undefined, state: Omit<ListState, 'revision'>): Write {
  return {
    kind: 'put',
    item: { ...stateKey, ...state, revision: (before?.revision ?? 0) + 1 },
    condition:
      before === undefined
        ? { expression: 'attribute_not_exists(pk)' }
        : { expression: 'revision = :revision', values: { ':revision': before.revision } },
  };
}

export async function getVersion(table: Table, version: number): Promise<VersionHead | undefined> {
  const item = await table.get(versionKey(version));
  return item && VersionHead.parse(item);
}

/**
 * The version in force at an instant. Versions are published in the order of their numbers, so that of `current` of them
 * it takes a few reads to find it.
 */
export async function publishedBy(
  table: Table,
  current: number,
  until: string,
): Promise<{ version: number; entriesKey: string; publishedAt: string } | undefined> {
  let found: { version: number; entriesKey: string; publishedAt: string } | undefined;
  let [first, last] = [1, current];
  while (first <= last) {
    const middle = Math.floor((first + last) / 2);
    const head = await getVersion(table, middle);
    if (head?.publishedAt !== undefined && head.publishedAt <= until) {
      found = { version: head.version, entriesKey: head.entriesKey, publishedAt: head.publishedAt };
      first = middle + 1;
    } else last = middle - 1;
  }
  return found;
}

export async function readEntries(table: Table, entriesKey: string): Promise<VersionEntry[]> {
  const entries: VersionEntry[] = [];
  const condition = inPartition(entriesKey);
  for await (const item of table.each({ condition })) entries.push(VersionEntry.parse(item));
  return entries;
}

export function putEntry(entriesKey: string, entry: VersionEntry): Write {
  return { kind: 'put', item: { pk: entriesKey, sk: entry.uscc, ...entry } };
}

/** Deals out the next page of a published version's entries, to be told to their enterprises. */
export function publishedEvent(
  version: number,
  sequence: number,
  data: { chunk: number; after?: string },
  now: Date,
): Write {
  return outboxWrite({
    pk: versionPk(version),
    service: 'screening',
    subject: `whitelist-version/${version}`,
    sequence,
    type: 'whitelist.published.v1',
    time: now.toISOString(),
    data: { version, ...data },
  });
}

export function publicationChunkEvent(version: number, chunk: number, usccs: string[], now: Date): Write {
  return outboxWrite({
    pk: `${versionPk(version)}#${chunk}`,
    service: 'screening',
    subject: `publication-chunk/${version}.${chunk}`,
    sequence: 1,
    type: 'publication.chunk.cut.v1',
    time: now.toISOString(),
    data: { version, chunk, usccs },
  });
}
