import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { absent, inPartition, type Key, type Table, type Write } from '#packages/table';
import { RunScope, type ScreeningRun } from '../contract.ts';
import { type ChunkTask, Reach, type RunPage, Tally, Following } from '../contract/run-work.ts';

/** A run is one partition: its head, and what each chunk came to. No chunk touches another's item. */
export const RunHead = z.object({
  runId: z.string(),
  scope: RunScope,
  policyVersion: z.string(),
  /** The legal date it decides for. */
  day: LegalDate,
  reach: Reach,
  startedAt: Instant,
  /** How many chunks there are; known once the whole scope has been dealt out. */
  chunks: z.int().nonnegative().optional(),
});
export type RunHead = z.output<typeof RunHead>;

export const counted = ['pass', 'review', 'exclude', 'stale', 'unchanged'] as const;
/** What the last run over the city went by. Where the next daily one goes by something else, it looks at everybody. */
const DailyState = z.object({ policies: z.string(), following: Following });
export type DailyState = z.output<typeof DailyState>;
const dailyKey: Key = { pk: 'RUNS', sk: 'DAILY' };

export async function lastDaily(table: Table): Promise<DailyState | undefined> {
  const item = await table.get(dailyKey);
  return item && DailyState.parse(item);
}

export function putDaily(state: DailyState): Write {
  return { kind: 'put', item: { ...dailyKey, ...state } };
}

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
    const { sk } = item;
    if (sk === 'HEAD') head = RunHead.parse(item);
    if (typeof sk !== 'string' || !(sk.startsWith('CHUNK#') || sk.startsWith('KEPT#'))) continue;
    const chunk = Tally.parse(item);
    if (sk.startsWith('CHUNK#')) reported += 1;
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
    planEvent(1, { runId: head.runId, chunk: 0 }, now),
  ];
}

/** The run's own stream: each event follows the sources or deals out one more page of the scope. */
export function planEvent(sequence: number, page: RunPage, now: Date): Write {
  return outboxWrite({
    pk: runPk(page.runId),
    service: 'screening',
    subject: `run/${page.runId}`,
    sequence,
    type: 'run.planned.v1',
    time: now.toISOString(),
    data: page,
  });
}

/** Each chunk is a stream of its own, so that chunks run side by side; put back in line, it comes under the next number. */
export function chunkEvent(task: ChunkTask, sequence: number, now: Date): Write {
  const { runId, chunk } = task;
  return outboxWrite({
    pk: `${runPk(runId)}#${chunk}`,
    service: 'screening',
    subject: `run-chunk/${runId}.${chunk}`,
    sequence,
    type: 'run.chunk.cut.v1',
    time: now.toISOString(),
    data: task,
  });
}

/** Enterprises that keep what they have without being looked at, told by the page that passed over them. */
export function keptResult(runId: string, page: number, result: Tally): Write {
  return { kind: 'put', item: { pk: runPk(runId), sk: `KEPT#${String(page).padStart(6, '0')}`, ...result } };
}

export function dealtOut(runId: string, chunks: number): Write {
  return {
    kind: 'update',
    key: runKey(runId),
    update: { expression: 'SET #chunks = :chunks', names: { '#chunks': 'chunks' }, values: { ':chunks': chunks } },
    condition: 'attribute_exists(pk)',
  };
}

export function chunkResult(runId: string, chunk: number, result: Tally): Write {
  return { kind: 'put', item: { pk: runPk(runId), sk: `CHUNK#${String(chunk).padStart(6, '0')}`, ...result } };
}
