import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { epochSeconds } from '#packages/epoch-seconds';
import { outboxWrite } from '#packages/messaging/outbox';
import { absent, inPartition, type Key, type Table, type Write } from '#packages/table';
import { ScreeningOutcome } from '../contract.ts';

/** An impact is one partition, as a run is: its head, and what each chunk came to. All of it goes after a day. */
export const ImpactHead = z.object({
  impactId: z.string(),
  version: z.string(),
  kind: z.enum(['core', 'overlay']),
  /** Of an overlay. */
  divisionCode: z.string().optional(),
  /** The version in force with which it is compared. */
  against: z.string(),
  /** The legal date it is compared on, and the instant whose releases count. */
  day: LegalDate,
  startedAt: Instant,
  /** How many chunks there are; known once the whole population has been dealt out. */
  chunks: z.int().nonnegative().optional(),
  /** Seconds since 1970. Past it there is no impact, whether or not the store has deleted it. */
  expiresAt: z.int().positive(),
});
export type ImpactHead = z.output<typeof ImpactHead>;

const Changed = z.object({
  uscc: z.string(),
  divisionCode: z.string(),
  parkId: z.string().optional(),
  from: ScreeningOutcome,
  to: ScreeningOutcome,
  reasons: z.array(z.string()),
});
export type Changed = z.output<typeof Changed>;

const Balance = z.object({ gained: z.int(), lost: z.int(), unchanged: z.int() });
export type Balance = z.output<typeof Balance>;

export const ImpactChunk = z.object({
  byDivision: z.record(z.string(), Balance),
  byPark: z.record(z.string(), Balance),
  changed: z.array(Changed),
});
export type ImpactChunk = z.output<typeof ImpactChunk>;

const keptSeconds = 24 * 60 * 60;
const impactPk = (impactId: string) => `IMPACT#${impactId}`;
const impactKey = (impactId: string): Key => ({ pk: impactPk(impactId), sk: 'HEAD' });
const isOver = ({ expiresAt }: ImpactHead, now: Date) => expiresAt * 1_000 <= now.getTime();

export function expiryOf(startedAt: Date): number {
  return epochSeconds(startedAt) + keptSeconds;
}

/** Nothing once its day is over. */
export async function getImpact(table: Table, impactId: string, now: Date): Promise<ImpactHead | undefined> {
  const item = await table.get(impactKey(impactId));
  const head = item && ImpactHead.parse(item);
  return head === undefined || isOver(head, now) ? undefined : head;
}

/** The impact with what has been reported so far. */
export async function readImpact(
  table: Table,
  impactId: string,
  now: Date,
): Promise<{ head: ImpactHead; chunks: ImpactChunk[] } | undefined> {
  let head: ImpactHead | undefined;
  const chunks: ImpactChunk[] = [];
  for await (const item of table.each({ condition: inPartition(impactPk(impactId)) })) {
    if (item['sk'] === 'HEAD') head = ImpactHead.parse(item);
    else if (String(item['sk']).startsWith('CHUNK#')) chunks.push(ImpactChunk.parse(item));
  }
  return head === undefined || isOver(head, now) ? undefined : { head, chunks };
}

export function startImpactWrites(head: ImpactHead, now: Date): Write[] {
  return [
    { kind: 'put', item: { ...impactKey(head.impactId), ...head }, condition: absent },
    impactEvent(head, 1, { chunk: 0 }, now),
  ];
}

/** The impact's own stream: each event deals out one more page of the population. */
export function impactEvent(
  { impactId, expiresAt }: ImpactHead,
  sequence: number,
  data: { chunk: number; after?: string },
  now: Date,
): Write {
  const event = outboxWrite({
    pk: impactPk(impactId),
    service: 'screening',
    subject: `impact/${impactId}`,
    sequence,
    type: 'impact.planned.v1',
    time: now.toISOString(),
    data: { impactId, ...data },
  });
  return untilThen(event, expiresAt);
}

/** Each chunk is a stream of its own, so that chunks are judged side by side. */
export function impactChunkEvent(
  { impactId, expiresAt }: ImpactHead,
  chunk: number,
  usccs: string[],
  now: Date,
): Write {
  const event = outboxWrite({
    pk: `${impactPk(impactId)}#${chunk}`,
    service: 'screening',
    subject: `impact-chunk/${impactId}.${chunk}`,
    sequence: 1,
    type: 'impact.chunk.cut.v1',
    time: now.toISOString(),
    data: { impactId, chunk, usccs },
  });
  return untilThen(event, expiresAt);
}

/** The events of an impact go with it: unlike all others, nobody will ever want them told again. */
function untilThen(write: Write, expiresAt: number): Write {
  return write.kind === 'put' ? { ...write, item: { ...write.item, expiresAt } } : write;
}

export function impactDealtOut({ impactId }: ImpactHead, chunks: number): Write {
  return {
    kind: 'update',
    key: impactKey(impactId),
    update: { expression: 'SET #chunks = :chunks', names: { '#chunks': 'chunks' }, values: { ':chunks': chunks } },
    condition: 'attribute_exists(pk)',
  };
}

export function impactChunkResult({ impactId, expiresAt }: ImpactHead, chunk: number, result: ImpactChunk): Write {
  const sk = `CHUNK#${String(chunk).padStart(6, '0')}`;
  return { kind: 'put', item: { pk: impactPk(impactId), sk, ...result, expiresAt } };
}
