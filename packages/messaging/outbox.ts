import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import { absent, type Item, type Write } from '#packages/table';
import { dataschemaOf, Envelope, eventId, sourceOf } from './envelope.ts';

/** Waiting events lie under a few index keys, so that no single one takes the whole load. */
export const outboxShards = ['OUTBOX#0', 'OUTBOX#1', 'OUTBOX#2', 'OUTBOX#3'] as const;

/** Events carry ids and digests; what is larger belongs in a file. Keeps ten messages within one SQS call anywhere. */
const maxEventBytes = 24 * 1024;

const sequenceDigits = 10;
export const eventPrefix = 'EVENT#';

/**
 * An event as it lies in its aggregate's partition: `event` is the message that subscribers get, word for word. But for
 * its `time` nobody looks for a part of it, and as a tree of attributes it would take most of the time that storing and
 * relaying it takes.
 */
const Stored = z.object({ pk: z.string(), sk: z.string().startsWith(eventPrefix), event: z.string() });
const EventText = jsonText(Envelope);
export type OutboxItem = Envelope & { pk: string; sk: string; body: string };

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
  const body = JSON.stringify(envelope);
  assert(Buffer.byteLength(body) <= maxEventBytes, `${type} of ${subject} is too large for an event`);
  const item = {
    pk,
    sk: `${eventPrefix}${padded(sequence)}`,
    time,
    event: body,
    outboxShard: shardOf(subject),
    outboxAt: time,
  };
  return { kind: 'put', item, condition: absent };
}

/** Undefined where the item holds no event that can be read. */
export function readOutboxItem(item: Item): OutboxItem | undefined {
  const stored = Stored.safeParse(item).data;
  if (stored === undefined) return undefined;
  const { pk, sk, event: body } = stored;
  const envelope = EventText.safeParse(body).data;
  return envelope && { ...envelope, pk, sk, body };
}

function shardOf(subject: string): string {
  const first = createHash('sha256').update(subject).digest()[0] ?? 0;
  return outboxShards[first % outboxShards.length] ?? outboxShards[0];
}
