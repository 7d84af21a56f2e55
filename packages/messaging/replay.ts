import assert from 'node:assert/strict';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { eventPrefix } from './outbox.ts';
import { streamOf } from './envelope.ts';
import { readEvent, type RelayDependencies } from './relay.ts';
import { sendInOrder } from './send.ts';

export type Replay = {
  /** Events from this instant on. A new subscriber needs them from the first: what misses its predecessors is held. */
  since: string;
  queueUrl: string;
  /** Told apart from the originals and from other replays, which SQS would otherwise take for the same message. */
  runId: string;
  /** Where an earlier run stopped. */
  next?: { pk: string; sk: string };
};

const itemsPerPage = 500;
/** How often a page is sent again when the queue does not take all of it. */
const sendAttempts = 5;
const reserveMs = 8_000;

/**
 * Sends the stored events to one queue that subscribes to their streams, in the order of each aggregate. Answers where
 * it stopped when time ran out; a queue that takes nothing is a fault. Consumers know the events by sequence, so doing
 * it again is harmless.
 */
export async function replay(
  { table, sqs, subscribers }: RelayDependencies,
  { since, queueUrl, runId, next }: Replay,
  remainingMs: () => number,
): Promise<{ sent: number; next?: { pk: string; sk: string } }> {
  const streams = new Set(Object.keys(subscribers).filter((stream) => subscribers[stream]?.includes(queueUrl)));
  if (streams.size === 0) throw new Error(`no stream of this service is subscribed by ${queueUrl}`);
  const filter = {
    expression: 'begins_with(sk, :prefix) AND #time >= :since',
    names: { '#time': 'time' },
    values: { ':prefix': eventPrefix, ':since': since },
  };
  let start: Record<string, AttributeValue> | undefined = next && { pk: { S: next.pk }, sk: { S: next.sk } };
  let sent = 0;
  for (;;) {
    const page = await table.scanPage(filter, itemsPerPage, start);
    const messages = page.items
      .flatMap((item) => readEvent(item) ?? [])
      .filter((item) => streams.has(streamOf(item.subject)))
      .toSorted((one, other) => one.sequence - other.sequence)
      .map((item) => ({ group: item.subject, deduplicationId: `${item.id}-replay-${runId}`, body: item.body }));
    let unsent = new Set(messages);
    for (let attempt = 1; unsent.size > 0; attempt += 1) {
      if (attempt > sendAttempts) throw new Error(`${unsent.size} events not taken by ${queueUrl} after ${sent}`);
      unsent = await sendInOrder(
        sqs,
        queueUrl,
        messages.filter((message) => unsent.has(message)),
        new Set(),
      );
    }
    sent += messages.length;
    if (page.last === undefined) return { sent };
    start = page.last;
    if (remainingMs() < reserveMs) return { sent, next: keyOf(start) };
  }
}

function keyOf(last: Record<string, AttributeValue>): { pk: string; sk: string } {
  const [pk, sk] = [last['pk']?.S, last['sk']?.S];
  assert(pk !== undefined && sk !== undefined);
  return { pk, sk };
}
