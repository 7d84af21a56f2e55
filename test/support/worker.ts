import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { queueFunction } from '#packages/lambda/queue';
import { type OutboxItem, outboxShards, readOutboxItem } from '#packages/messaging/outbox';
import type { Table, Write } from '#packages/table';
import { subscriptions } from '../../infra/subscriptions.ts';
import { eventTypes } from '../../services/screening/contract.ts';
import { type WorkDeps, workHandlers } from '../../services/screening/work-handlers.ts';

/** What a batch of the queue holds, and how many batches are worked on at once. */
const batchSize = 10;
const batchesAtOnce = 4;
const eventsPerPage = 2_000;
const marksPerTransaction = 100;

const streams = new Set(subscriptions.filter(({ from, to }) => from === to).flatMap((row) => row.streams));

export type Worker = {
  /** Hands the worker its own events, as the queue would, until none is left; how many there were. */
  drain(): Promise<number>;
};

/** The service's worker on a table of its own, with hand-made batches in place of the queue. */
export function startWorker(deps: WorkDeps, timeoutMs = 600_000): Worker {
  const { table } = deps;
  const handle = queueFunction({
    table,
    events: eventTypes,
    handlers: workHandlers(deps),
    // Only what cannot be read is sent anywhere, and nothing is.
    sqs: new SQSClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9' }),
    unreadableQueueUrl: 'http://127.0.0.1:9/unreadable',
  });

  async function deliver(events: readonly OutboxItem[]): Promise<void> {
    const ends = Date.now() + timeoutMs;
    const context = { getRemainingTimeInMillis: () => ends - Date.now() } as Context;
    const event: SQSEvent = { Records: events.map(recordOf) };
    const answer = await handle(event, context);
    const failed = answer?.batchItemFailures ?? [];
    if (failed.length > 0) throw new Error(`failed: ${failed.map((one) => one.itemIdentifier).join(', ')}`);
  }

  return {
    async drain() {
      let delivered = 0;
      for (;;) {
        const events = await waiting(table);
        if (events.length === 0) return delivered;
        const batches: OutboxItem[][] = [];
        for (let start = 0; start < events.length; start += batchSize)
          batches.push(events.slice(start, start + batchSize));
        const queue = batches.values();
        await Promise.all(
          Array.from({ length: batchesAtOnce }, async () => {
            for (const batch of queue) await deliver(batch);
          }),
        );
        await markRelayed(table, events);
        delivered += events.length;
      }
    },
  };
}

/** Events that nobody was handed yet, of one subject in their order. */
async function waiting(table: Table): Promise<OutboxItem[]> {
  const events: OutboxItem[] = [];
  for (const shard of outboxShards) {
    const condition = { expression: 'outboxShard = :shard', values: { ':shard': shard } };
    for await (const item of table.each({ index: 'outbox', condition }, eventsPerPage)) {
      const event = readOutboxItem(item);
      if (event !== undefined && streams.has(event.subject.split('/')[0] ?? '')) events.push(event);
    }
  }
  return events.toSorted((one, other) => one.sequence - other.sequence);
}

async function markRelayed(table: Table, events: readonly OutboxItem[]): Promise<void> {
  const marks = events.map(({ pk, sk }): Write => ({
    kind: 'update',
    key: { pk, sk },
    update: { expression: 'REMOVE outboxShard, outboxAt' },
  }));
  for (let start = 0; start < marks.length; start += marksPerTransaction) {
    await table.transact(marks.slice(start, start + marksPerTransaction));
  }
}

function recordOf(event: OutboxItem): SQSRecord {
  return {
    messageId: event.id,
    body: event.body,
    attributes: { MessageGroupId: event.subject, ApproximateReceiveCount: '1' },
  } as SQSRecord;
}
