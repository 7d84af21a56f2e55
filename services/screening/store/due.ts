import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ScreeningOutcome } from '../contract.ts';
import type { Key } from '#packages/table';

/*
 * What has to be looked at, in a few partitions by the enterprise's code: marks of what a source reported as changed
 * first, then every enterprise by the day on which it is due again. A day's work reads the beginning of each partition
 * and no more, so it costs what is due and not what there is.
 */

/** Before every day there is: due as soon as anybody looks. */
export const dueNow = '0000-01-01';
/** After every day there is: only a change makes it due. */
export const dueNever = '9999-12-31';

const shards = 8;
export const duePartitions: readonly string[] = Array.from({ length: shards }, (_item, shard) => `DUE#${shard}`);

function partitionOf(uscc: string): string {
  const [byte = 0] = createHash('sha256').update(uscc).digest();
  return duePartitions[byte % shards] ?? '';
}

export function dueKey(uscc: string, dueOn: string): Key {
  return { pk: partitionOf(uscc), sk: `${dueOn}#${uscc}` };
}

/** Sorts before all days. */
export const markPrefix = '!';

export function markKey(uscc: string, source: string): Key {
  return { pk: partitionOf(uscc), sk: `${markPrefix}${uscc}#${source}` };
}

/** An enterprise's place among the due, with what a run has to know of it without reading more. */
export const DueItem = z.object({
  sk: z.string(),
  uscc: z.string(),
  /** Of the first nomination. */
  divisionCode: z.string().optional(),
  outcome: ScreeningOutcome.optional(),
  policyVersion: z.string().optional(),
  /** What was kept of each source, and which following vouches for it. */
  following: z.record(z.string(), z.string()).optional(),
});
export type DueItem = z.output<typeof DueItem>;

/** A source has reported that it holds another record of the enterprise than the one we know. */
export const MarkItem = z.object({
  sk: z.string().startsWith(markPrefix),
  uscc: z.string(),
  source: z.string(),
  /** The mark's own: one that was made again meanwhile is another one, whatever it tells. */
  markId: z.string(),
  /** The record that the source holds now, or held before it removed the enterprise. */
  recordId: z.string(),
  removed: z.boolean(),
});
export type MarkItem = z.output<typeof MarkItem>;
