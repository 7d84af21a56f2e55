import type { SQSClient } from '@aws-sdk/client-sqs';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { instantOf } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { streamFunction } from '#packages/lambda/stream';
import { logger, metrics } from '#packages/lambda/telemetry';
import { type Key, maxTransactionSteps, type Table, type Write } from '#packages/table';
import { streamOf } from './envelope.ts';
import { sqsFromEnvironment, Subscribers, tableFromEnvironment } from './environment.ts';
import { type OutboxItem, readOutboxItem } from './outbox.ts';
import { sendInOrder } from './send.ts';

export type RelayDependencies = { table: Table; sqs: SQSClient; subscribers: Subscribers; now: () => Date };

/** Nobody but relay and sweep touches the marks, so that together they fail no more often than one by one. */
const marksPerTransaction = maxTransactionSteps;

/** Events that a queue did not take, by queue: nothing of their group may follow in the same run. */
export type Blocked = Map<string, Set<string>>;

/** A function's own dependencies: TABLE, SUBSCRIBERS. */
export function relayFromEnvironment(): RelayDependencies {
  const { SUBSCRIBERS } = z.object({ SUBSCRIBERS: jsonText(Subscribers) }).parse(process.env);
  return { table: tableFromEnvironment(), sqs: sqsFromEnvironment(), subscribers: SUBSCRIBERS, now: () => new Date() };
}

/** The function that the table's stream wakes for each new event. */
export function relayFunction(deps: RelayDependencies = relayFromEnvironment()) {
  return streamFunction(relayRecords(deps));
}

/** Relays the events among new items; answers the records of those that could not be sent. */
export function relayRecords(deps: RelayDependencies) {
  return async <R extends { item: Record<string, unknown> }>(records: readonly R[]): Promise<Set<R>> => {
    const items = new Map(
      records.flatMap((record) => {
        const item = readEvent(record.item);
        return item === undefined ? [] : [[item, record] as const];
      }),
    );
    const unrelayed = await relay(deps, [...items.keys()]);
    return new Set([...items].flatMap(([item, record]) => (unrelayed.has(item) ? [record] : [])));
  };
}

/**
 * Sends each event to every subscriber of its stream and marks it relayed once all have it. Answers those that are not
 * marked; sending them again is harmless, for queue and consumer know them by their place in the aggregate.
 */
export async function relay(
  { table, sqs, subscribers, now }: RelayDependencies,
  items: readonly OutboxItem[],
  blocked: Blocked = new Map(),
): Promise<Set<OutboxItem>> {
  // Records of one transaction come in any order; the sequence is the order of an aggregate.
  const ordered = items.toSorted((one, other) => one.sequence - other.sequence);
  const queues = new Set(items.flatMap((item) => subscribers[streamOf(item.subject)] ?? []));
  const unrelayed = new Set<OutboxItem>();
  await Promise.all(
    [...queues].map(async (queueUrl) => {
      const messages = ordered
        .filter((item) => subscribers[streamOf(item.subject)]?.includes(queueUrl))
        .map((item) => ({ item, group: item.subject, deduplicationId: item.id, body: item.body }));
      const groups = blocked.get(queueUrl) ?? new Set();
      blocked.set(queueUrl, groups);
      for (const message of await sendInOrder(sqs, queueUrl, messages, groups)) unrelayed.add(message.item);
    }),
  );
  const sent = ordered.filter((item) => !unrelayed.has(item));
  for (let start = 0; start < sent.length; start += marksPerTransaction) {
    const part = sent.slice(start, start + marksPerTransaction);
    if (await markRelayed(table, part, instantOf(now()))) continue;
    for (const item of part) unrelayed.add(item);
  }
  metrics.addMetric('EventsRelayed', MetricUnit.Count, items.length - unrelayed.size);
  return unrelayed;
}

/**
 * An event that cannot be read stays in the outbox, where the sweep counts it, and its successors are held by their
 * consumers: failing the record instead would stop every other aggregate of the stream.
 */
export function readEvent(item: Record<string, unknown>): OutboxItem | undefined {
  const event = readOutboxItem(item);
  if (event === undefined) {
    metrics.addMetric('OutboxUnreadable', MetricUnit.Count, 1);
    logger.error('event in the outbox is not readable', { pk: item['pk'], sk: item['sk'] });
  }
  return event;
}

async function markRelayed(table: Table, items: readonly OutboxItem[], relayedAt: string): Promise<boolean> {
  // A transaction names no item twice.
  const places = new Map(items.map(({ pk, sk }) => [`${pk}|${sk}`, { pk, sk }]));
  let steps = [...places.values()].map((key) => relayedMark(key, relayedAt));
  try {
    while (steps.length > 0) {
      const written = await table.transact(steps);
      if (written.kind === 'written') break;
      // What is gone needs no mark; the others get theirs without it.
      const gone = new Set(written.steps);
      steps = steps.filter((_step, place) => !gone.has(place));
    }
    return true;
  } catch (error) {
    logger.error('events sent but not marked', {
      count: items.length,
      first: items[0] && { pk: items[0].pk, sk: items[0].sk },
      error: error instanceof Error ? error : String(error),
    });
    return false;
  }
}

function relayedMark(key: Key, relayedAt: string): Write {
  return {
    kind: 'update',
    key,
    update: {
      expression: 'SET relayedAt = :relayedAt REMOVE outboxShard, outboxAt',
      values: { ':relayedAt': relayedAt },
    },
    // Never makes an item out of nothing.
    condition: 'attribute_exists(pk)',
  };
}
