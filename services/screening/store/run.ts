import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { inPartition, absent, type Key, type Table, type Write } from '#packages/table';
import { RunScope, type ScreeningRun } from '../contract.ts';

/** A run is one partition: its head, and what each chunk came to. No chunk touches another's item. */
export const RunHead = z.object({
  runId: z.string(),
  scope: RunScope,
  policyVersion: z.string(),
  startedAt: Instant,
  /** How many chunks there are; known once the whole scope has been dealt out. */
  chunks: z.int().nonnegative().optional(),
});
export type RunHead = z.output<typeof RunHead>;

export const counted = ['pass', 'review', 'exclude', 'stale', 'unchanged'] as const;
const ChunkResult = z.object({
  pass: z.int(),
  review: z.int(),
  exclude: z.int(),
  stale: z.int(),
  unchanged: z.int(),
});
export type ChunkResult = z.output<typeof ChunkResult>;

const runPk = (runId: string) => `RUN#${runId}`;
export const runKey = (runId: string): Key => ({ pk: runPk(runId), sk: 'HEAD' });

export async function getRun(table: Table, runId: string): Promise<RunHead | undefined> {
  const item = await table.get(runKey(runId));
  return item && RunHead.parse(item);
}

/** The run as it stands: done when every chunk has reported. One query, as long as the run has chunks. */
export async function readRun(table: Table, runId: string): Promise<ScreeningRun | undefined> {
  let head: RunHead | undefined;
  let reported = 0;
  const counts = { total: 0, pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };
  const condition = inPartition(runPk(runId));
  for await (const item of table.each({ condition })) {
    if (item['sk'] === 'HEAD') head = RunHead.parse(item);
    if (typeof item['sk'] !== 'string' || !item['sk'].startsWith('CHUNK#')) continue;
    const chunk = ChunkResult.parse(item);
    reported += 1;
    for (const name of counted) counts[name] += chunk[name];
    counts.total += chunk.pass + chunk.review + chunk.exclude + chunk.stale;
  }
  if (head === undefined) return undefined;
  const { scope, policyVersion, startedAt, chunks } = head;
  return { runId, status: reported === chunks ? 'done' : 'running', scope, policyVersion, counts, startedAt };
}

export function startRunWrites(head: RunHead, now: Date): Write[] {
  return [
    { kind: 'put', item: { ...runKey(head.runId), ...head }, condition: absent },
    planEvent(head.runId, 1, { chunk: 0 }, now),
  ];
}

/** The run's own stream: each event deals out one more page of the scope. */
export function planEvent(runId: string, sequence: number, data: { chunk: number; after?: string }, now: Date): Write {
  return outboxWrite({
    pk: runPk(runId),
    service: 'screening',
    subject: `run/${runId}`,
    sequence,
    type: 'run.planned.v1',
    time: now.toISOString(),
    data: { runId, ...data },
  });
}

/** Each chunk is a stream of its own, so that chunks run side by side. */
export function chunkEvent(runId: string, chunk: number, usccs: string[], now: Date): Write {
  return outboxWrite({
    pk: `${runPk(runId)}#${chunk}`,
    service: 'screening',
    subject: `run-chunk/${runId}.${chunk}`,
    sequence: 1,
    type: 'run.chunk.cut.v1',
    time: now.toISOString(),
    data: { runId, chunk, usccs },
  });
}

export function dealtOut(runId: string, chunks: number): Write {
  return {
    kind: 'update',
    key: runKey(runId),
    update: { expression: 'SET #chunks = :chunks', names: { '#chunks': 'chunks' }, values: { ':chunks': chunks } },
    condition: 'attribute_exists(pk)',
  };
}

export function chunkResult(runId: string, chunk: number, result: ChunkResult): Write {
  return { kind: 'put', item: { pk: runPk(runId), sk: `CHUNK#${String(chunk).padStart(6, '0')}`, ...result } };
}
