import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { metrics } from '#packages/lambda/telemetry';
import { instantOf } from '#packages/calendar';
import type { Item } from '#packages/table';
import { outboxShards } from './outbox.ts';
import { type Blocked, readEvent, relay, type RelayDependencies } from './relay.ts';

/** Younger events are still on their way through the stream. */
const sweepAfterMs = 60_000;

const eventsPerPage = 200;
/** One run relays at most this many events of a shard; the next goes on. */
const pagesPerShard = 50;

/** A run stops taking pages when less than this is left of its time: enough to finish the one it has. */
const reserveMs = 8_000;

/** What a run did not come to is counted over so many pages of 1 MB at most. */
const countPages = 20;

/** `left` is what waited long enough and still waits, `oldestSeconds` the age of the oldest of it. */
export type Swept = { relayed: number; left: number; oldestSeconds: number };

/** Relays what has waited too long in the outbox, oldest first: what a stream lost is not lost. */
export async function sweep(deps: RelayDependencies, at: string, remainingMs: () => number): Promise<Swept> {
  const before = instantOf(new Date(Date.parse(at) - sweepAfterMs));
  const blocked: Blocked = new Map();
  const swept: Swept = { relayed: 0, left: 0, oldestSeconds: 0 };
  for (const shard of outboxShards) {
    const query = {
      index: 'outbox' as const,
      condition: {
        expression: 'outboxShard = :shard AND outboxAt < :before',
        values: { ':shard': shard, ':before': before },
      },
    };
    let start: Record<string, AttributeValue> | undefined;
    for (let pages = 0; ; pages += 1) {
      const stop = pages === pagesPerShard || remainingMs() < reserveMs;
      const page = await deps.table.page(query, stop ? 1 : eventsPerPage, start);
      if (stop) {
        const [oldest] = page.items;
        if (oldest !== undefined) swept.left += await deps.table.count(query, countPages, start);
        swept.oldestSeconds = Math.max(swept.oldestSeconds, ageSeconds(at, oldest));
        break;
      }
      const read = page.items.map((item) => ({ item, event: readEvent(item) }));
      const unrelayed = await relay(
        deps,
        read.flatMap(({ event }) => event ?? []),
        blocked,
      );
      const left = read.filter(({ event }) => event === undefined || unrelayed.has(event));
      swept.relayed += read.length - left.length;
      swept.left += left.length;
      for (const { item } of left) swept.oldestSeconds = Math.max(swept.oldestSeconds, ageSeconds(at, item));
      if (page.last === undefined) break;
      start = page.last;
    }
  }
  metrics.addMetric('OutboxLeft', MetricUnit.Count, swept.left);
  metrics.addMetric('OutboxOldestSeconds', MetricUnit.Seconds, swept.oldestSeconds);
  return swept;
}

function ageSeconds(at: string, item: Item | undefined): number {
  return item === undefined ? 0 : Math.floor((Date.parse(at) - Date.parse(String(item['outboxAt']))) / 1_000);
}
