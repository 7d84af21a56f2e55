import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { absent, type Item, type Write } from '#packages/table';
import { dataschemaOf, Envelope, eventId, sourceOf } from './envelope.ts';

/** Waiting events lie under a few index keys, so that no single one takes the whole load. */
export const outboxShards = ['OUTBOX#0', 'OUTBOX#1', 'OUTBOX#2', 'OUTBOX#3'] as const;

/** Events carry ids and digests; what is larger belongs in a file. Keeps ten messages within one SQS call anywhere. */
const maxEventBytes = 24 * 1024;

const sequenceDigits = 10;
export const eventPrefix = 'EVENT#';

/** An event as it lies in its aggregate's partition. */
export const OutboxItem = z.object({ pk: z.string(), sk: z.string().startsWith(eventPrefix), ...Envelope.shape });
export type OutboxItem = z.output<typeof OutboxItem>;

/** Sorts as text like the number. */
export function padded(sequence: number): string {
  return String(sequence).padStart(sequenceDigits, '0');
}

/**
 * The step that tells an event, for the transaction of the fact it tells. `pk` is the aggregate's own partition and
 * `sequence` the next of its subject; the condition refuses a number already taken. `data` is JSON. A malformed or
 * oversized event is a bug and throws.
 */
export function outboxWrite(event: {
  pk: string;
  service: string;
  subject: string;
  sequence: number;
  type: string;
  time: string;
  data: Record<string, unknown>;
}): Write {
  const { pk, service, subject, sequence, type, time, data } = event;
  const source = sourceOf(service);
  const envelope = Envelope.parse({
    specversion: '1.0',
    id: eventId(source, subject, sequence),
    type,
    source,
    subject,
    time,
    dataschema: dataschemaOf(source, type),
    sequence,
    data,
  });
  assert(
    Buffer.byteLength(JSON.stringify(envelope)) <= maxEventBytes,
    `${type} of ${subject} is too large for an event`,
  );
  const item = {
    pk,
    sk: `${eventPrefix}${padded(sequence)}`,
    ...envelope,
    outboxShard: shardOf(subject),
    outboxAt: time,
  };
  return { kind: 'put', item, condition: absent };
}

/** The message that subscribers get: the envelope without the item's own attributes. */
export function messageBody(item: OutboxItem): string {
  return JSON.stringify(Envelope.parse(item));
}

export function readOutboxItem(item: Item): OutboxItem | undefined {
  return OutboxItem.safeParse(item).data;
}

function shardOf(subject: string): string {
  const first = createHash('sha256').update(subject).digest()[0] ?? 0;
  return outboxShards[first % outboxShards.length] ?? outboxShards[0];
}
