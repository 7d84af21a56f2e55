import { MetricUnit } from '@aws-lambda-powertools/metrics';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { metrics } from '#packages/lambda/telemetry';
import { instantOf } from '#packages/calendar';
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

/** `left` is what waited long enough and still waits, `oldestSeconds` the age of the oldest that could not be sent. */
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
      if (pages === pagesPerShard || remainingMs() < reserveMs) {
        swept.left += await deps.table.count(query, countPages, start);
        break;
      }
      const page = await deps.table.page(query, eventsPerPage, start);
      const items = page.items.flatMap((item) => readEvent(item) ?? []);
      const unrelayed = await relay(deps, items, blocked);
      swept.relayed += items.length - unrelayed.size;
      swept.left += page.items.length - items.length + unrelayed.size;
      for (const item of unrelayed) swept.oldestSeconds = Math.max(swept.oldestSeconds, ageSeconds(at, item.time));
      if (page.last === undefined) break;
      start = page.last;
    }
  }
  metrics.addMetric('OutboxLeft', MetricUnit.Count, swept.left);
  metrics.addMetric('OutboxOldestSeconds', MetricUnit.Seconds, swept.oldestSeconds);
  return swept;
}

function ageSeconds(at: string, time: string): number {
  return Math.floor((Date.parse(at) - Date.parse(time)) / 1_000);
}
