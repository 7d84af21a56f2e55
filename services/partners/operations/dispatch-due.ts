import type { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { type Message, sendInOrder } from '#packages/messaging/send';
import type { Item, Page, Table } from '#packages/table';
import { DueItem, duePartitions, dueSk, everything } from '../store/delivery.ts';

/**
 * What the sender is told: what to look at, since when it is due, and what time it is at least, for schedules that fire
 * for a time of their own.
 */
export const WakeUp = z.strictObject({ webhookId: z.string(), deliveryId: z.string(), dueAt: Instant, asOf: Instant });
export type WakeUp = z.output<typeof WakeUp>;

export type DispatchDeps = { sqs: SQSClient; queueUrl: string; now: () => Date };

/**
 * The message for a due item. An address has two groups, one per lane, and an aggregate is always in the same: so many
 * messages are on their way to it at once, and an aggregate's in their order. Put off, an item has another time and
 * therefore another message.
 */
export function wakeUp({ at, webhookId, deliveryId, lane }: DueItem, asOf: string): Message {
  const body: WakeUp = { webhookId, deliveryId, dueAt: at, asOf };
  return {
    group: `${webhookId}.${lane}`,
    deduplicationId: `${deliveryId === everything ? `${webhookId}.all` : deliveryId}.${Date.parse(at)}`,
    body: JSON.stringify(body),
  };
}

/** For new items of the stream: sends what is due, leaves the rest to the sweep. Answers those that were not taken. */
export function dispatchDue({ sqs, queueUrl, now }: DispatchDeps) {
  return async <R extends { item: Item }>(records: readonly R[]): Promise<Set<R>> => {
    const asOf = now().toISOString();
    const due = records.flatMap((record) => {
      const item = DueItem.safeParse(record.item).data;
      return item !== undefined && item.at <= asOf ? [{ ...wakeUp(item, asOf), record }] : [];
    });
    const unsent = await sendInOrder(sqs, queueUrl, due, new Set());
    return new Set([...unsent].map(({ record }) => record));
  };
}

const itemsPerPage = 200;
/** One run sends at most this many items of a partition; the next goes on, for what was sent moves on or is gone. */
const pagesPerPartition = 25;
/** A run takes no further page with less than this left of its time. */
const reserveMs = 8_000;

/** Sends everything that is due at `at`, the longest due first. `more` where it did not come to the end. */
export function sweepDue({ table, sqs, queueUrl }: Omit<DispatchDeps, 'now'> & { table: Table }) {
  return async (at: string, remainingMs: () => number = () => Infinity): Promise<{ sent: number; more: boolean }> => {
    const blocked = new Set<string>();
    let sent = 0;
    let more = false;
    for (const pk of duePartitions) {
      // All of that very instant, whatever follows it in the key.
      const condition = { expression: 'pk = :pk AND sk <= :end', values: { ':pk': pk, ':end': `${dueSk(at)}$` } };
      let page: Page = { items: [] };
      for (let pages = 0; pages < pagesPerPartition; pages += 1) {
        if (remainingMs() < reserveMs) return { sent, more: true };
        page = await table.page({ condition }, itemsPerPage, page.last);
        const messages = page.items.map((item) => wakeUp(DueItem.parse(item), at));
        sent += messages.length - (await sendInOrder(sqs, queueUrl, messages, blocked)).size;
        if (page.last === undefined) break;
      }
      more ||= page.last !== undefined;
    }
    return { sent, more };
  };
}
