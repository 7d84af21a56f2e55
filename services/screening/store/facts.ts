import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { inPartition, type Item, type Key, type Table, type Write } from '#packages/table';
import type { SourceAnswer, sources } from '../facts.ts';
import type { ConsentPurpose } from '../nomination.ts';
import type { Vault } from '../vault.ts';

/*
 * What a source said, each answer an item of its own in the enterprise's partition that never changes; the head names the
 * last of each source. So what was known on any day can be told, until consent is withdrawn and the key is gone.
 */

export type SourceName = keyof typeof sources;
export const sourceNames = ['credit', 'ip'] as const satisfies readonly SourceName[];
/** A source as far as keeping its answers goes. */
export type SourceSpec<Data> = { name: SourceName; purpose: ConsentPurpose; schema: z.ZodType<Data> };

/** An answer that was believed, by what identifies it. Where it lies follows from when it was fetched. */
export const FactsRef = z.object({
  kind: z.enum(['known', 'unknown-there']),
  fetchedAt: Instant,
  /** When the source last said, or let us know, that this is still what it holds. */
  confirmedAt: Instant,
  recordId: z.string().optional(),
  observedAt: Instant.optional(),
  /** SHA-256 (hex) of the raw bytes. */
  digest: z.string().optional(),
  etag: z.string().optional(),
  /** Our following of the source's changes that it was confirmed in; none where nobody followed them then. */
  following: z.string().optional(),
});
export type FactsRef = z.output<typeof FactsRef>;
export const FactsRefs = z.object({ credit: FactsRef.optional(), ip: FactsRef.optional() });
export type FactsRefs = z.output<typeof FactsRefs>;

/** Negative information may be told for five years (河南省社会信用条例 19); what was fetched is not kept longer. */
const keptYears = 5;

const StoredFacts = z.object({
  ...FactsRef.omit({ confirmedAt: true, etag: true, following: true }).shape,
  sealed: z.string().optional(),
});

export const factsPrefix = 'FACTS#';
export function factsKey(pk: string, source: SourceName, fetchedAt: string): Key {
  return { pk, sk: `${factsPrefix}${source}#${fetchedAt}` };
}

export type BelievedAnswer<Data> = Extract<SourceAnswer<Data>, { kind: 'known' | 'unknown-there' }>;

export function refOf(answer: BelievedAnswer<unknown>, etag?: string): FactsRef {
  const { fetchedAt } = answer;
  const found = { fetchedAt, confirmedAt: fetchedAt, ...(etag !== undefined && { etag }) };
  if (answer.kind === 'unknown-there') {
    const { observedAt } = answer;
    return { kind: answer.kind, ...found, ...(observedAt !== undefined && { observedAt }) };
  }
  const { recordId, observedAt, digest } = answer;
  return { kind: answer.kind, ...found, recordId, observedAt, digest };
}

/** The step that keeps an answer, its data sealed. */
export async function factsWrite(
  vault: Vault,
  place: { pk: string; uscc: string; dataKey: string },
  source: SourceName,
  answer: BelievedAnswer<unknown>,
): Promise<Write> {
  const { confirmedAt: _confirmed, ...ref } = refOf(answer);
  const expiresAt = Math.floor(Date.parse(answer.fetchedAt) / 1_000) + keptYears * 366 * 86_400;
  const sealed =
    answer.kind === 'known'
      ? await vault.seal(place.uscc, place.dataKey, labelOf(source, ref), answer.data)
      : undefined;
  const item = { ...factsKey(place.pk, source, answer.fetchedAt), ...ref, expiresAt };
  return { kind: 'put', item: sealed === undefined ? item : { ...item, sealed } };
}

/**
 * What an item says, opened with the enterprise's key and checked; undefined where it can no longer be opened: it has to
 * be fetched anew.
 */
export async function openFacts<Data>(
  vault: Vault,
  { uscc, dataKey }: { uscc: string; dataKey?: string | undefined },
  source: SourceSpec<Data>,
  item: Item,
): Promise<BelievedAnswer<Data> | undefined> {
  const { sealed, ...stored } = StoredFacts.parse(item);
  const { kind, fetchedAt, recordId, observedAt, digest } = stored;
  // Without its key even that a source knew nothing is nothing to be told any more.
  if (dataKey === undefined) return undefined;
  if (kind === 'unknown-there') return { kind, fetchedAt, ...(observedAt !== undefined && { observedAt }) };
  if (sealed === undefined || recordId === undefined || observedAt === undefined || digest === undefined)
    return undefined;
  const opened = await vault.open(uscc, dataKey, labelOf(source.name, stored), sealed);
  const data = source.schema.safeParse(opened);
  if (!data.success) return undefined;
  return { kind, recordId, observedAt, fetchedAt, digest, data: data.data };
}

function labelOf(source: SourceName, { fetchedAt }: { fetchedAt: string }): string {
  return `facts|${source}|${fetchedAt}`;
}

/** Every answer of a source that is kept, oldest first, as items. */
export async function factsHistory(table: Table, pk: string, source: SourceName): Promise<Item[]> {
  const items: Item[] = [];
  const condition = inPartition(pk, `${factsPrefix}${source}#`);
  for await (const item of table.each({ condition })) items.push(item);
  return items;
}
