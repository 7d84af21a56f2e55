import { createHash } from 'node:crypto';
import * as z from 'zod';
import { aggregatePk } from '#packages/aggregate';
import { Instant } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { padded } from '#packages/messaging/outbox';
import { absent, inPartition, type Item, type Key, type Table, type Write } from '#packages/table';
import { Delivery as DeliveryView } from '../contract/webhook-schemas.ts';
import { deliveryPolicy } from '../policy.ts';
import { webhookKind } from './webhook.ts';

/*
 * A delivery is pending exactly as long as there is a mark of it in its address's partition, by which the order is kept,
 * and one item that says when it is due. All three change in one transaction.
 */

const StoredDelivery = z.object({
  ...DeliveryView.shape,
  partnerId: z.string(),
  /** What is kept in order: the events of one aggregate at one address. */
  chain: z.string(),
  /** Sent byte for byte, however often. */
  body: z.string(),
  /** Attempts of this round; a replay begins another. */
  tries: z.int().nonnegative(),
});
export type StoredDelivery = z.output<typeof StoredDelivery>;
export type HeldDelivery = { delivery: StoredDelivery; version: number };

const DeliveryItem = z.object({ version: z.int().positive(), delivery: jsonText(StoredDelivery) });

/** An address's message about one event has one id, whoever makes it; sorts by the event's time. */
export function deliveryIdOf(webhookId: string, cause: string, time: string): string {
  const place = Date.parse(time).toString(36).padStart(9, '0');
  return `dlv-${place}${digestOf(`${webhookId}\n${cause}`)}`;
}

export function chainOf(source: string, subject: string): string {
  return digestOf(`${source}\n${subject}`);
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}

export function deliveriesPk(partnerId: string): string {
  return `DELIVERIES#${partnerId}`;
}

export function deliveryKey(partnerId: string, deliveryId: string): Key {
  return { pk: deliveriesPk(partnerId), sk: deliveryId };
}

export function readDelivery(item: Item): HeldDelivery {
  return DeliveryItem.parse(item);
}

export async function getDelivery(
  table: Table,
  partnerId: string,
  deliveryId: string,
): Promise<HeldDelivery | undefined> {
  const item = await table.get(deliveryKey(partnerId, deliveryId));
  return item && readDelivery(item);
}

/** The steps from what was read to what is to be; refused where somebody else changed the delivery meanwhile. */
export function deliveryWrites(before: HeldDelivery | undefined, after: StoredDelivery): Write[] {
  const { partnerId, webhookId, deliveryId, status } = after;
  const version = (before?.version ?? 0) + 1;
  const item = { ...deliveryKey(partnerId, deliveryId), version, status, webhookId, delivery: JSON.stringify(after) };
  const condition =
    before === undefined
      ? absent
      : { expression: '#version = :version', names: { '#version': 'version' }, values: { ':version': before.version } };
  return [
    { kind: 'put', item, condition },
    ...moved(before && pendingItem(before.delivery), pendingItem(after)),
    ...moved(before && dueItem(before.delivery), dueItem(after)),
  ];
}

/** From one item to another, or to none, or from none. */
function moved(before: (Key & Item) | undefined, after: (Key & Item) | undefined): Write[] {
  if (before?.pk === after?.pk && before?.sk === after?.sk) return [];
  return [
    ...(before === undefined ? [] : [{ kind: 'delete' as const, key: { pk: before.pk, sk: before.sk } }]),
    ...(after === undefined ? [] : [{ kind: 'put' as const, item: after }]),
  ];
}

const pendingPrefix = 'PENDING#';
const PendingItem = z.object({ deliveryId: z.string() });

function pendingItem({ webhookId, chain, sequence, deliveryId, status }: StoredDelivery): (Key & Item) | undefined {
  if (status !== 'pending') return undefined;
  return { pk: aggregatePk(webhookKind, webhookId), sk: `${pendingPrefix}${chain}#${padded(sequence)}`, deliveryId };
}

function pendingAt(webhookId: string, chain: string) {
  return {
    condition: inPartition(aggregatePk(webhookKind, webhookId), `${pendingPrefix}${chain}`),
  };
}

/** The earliest of its aggregate that is not done with at this address: nothing of the aggregate may go before it. */
export async function headOfChain(table: Table, webhookId: string, chain: string): Promise<string | undefined> {
  const { items } = await table.page(pendingAt(webhookId, `${chain}#`), 1);
  return items[0] && PendingItem.parse(items[0]).deliveryId;
}

/** All that waits at an address, in no order that matters. */
export async function* pendingOf(table: Table, webhookId: string): AsyncGenerator<string> {
  for await (const item of table.each(pendingAt(webhookId, ''), 100)) yield PendingItem.parse(item).deliveryId;
}

export const duePrefix = 'DUE#';
const dueShards = 4;
export const duePartitions: readonly string[] = Array.from({ length: dueShards }, (_none, shard) => `DUES#${shard}`);

/** When a delivery is to be looked at next, or with `everything` for its id all that waits at an address. */
export const DueItem = z.object({
  sk: z.string().startsWith(duePrefix),
  at: Instant,
  webhookId: z.string(),
  deliveryId: z.string(),
  lane: z.int().nonnegative(),
});
export type DueItem = z.output<typeof DueItem>;
export const everything = '*';

export function dueSk(at: string): string {
  return `${duePrefix}${at}`;
}

function dueItem(delivery: StoredDelivery): (Key & DueItem) | undefined {
  const { status, nextAttemptAt, webhookId, deliveryId, chain } = delivery;
  return status === 'pending' && nextAttemptAt !== undefined
    ? dueItemOf(nextAttemptAt, webhookId, deliveryId, chain)
    : undefined;
}

function dueItemOf(at: string, webhookId: string, deliveryId: string, chain: string): Key & DueItem {
  const shard = Number.parseInt(digestOf(deliveryId + webhookId).slice(0, 4), 16) % dueShards;
  const lane = Number.parseInt(digestOf(chain).slice(0, 4), 16) % deliveryPolicy.lanes;
  return {
    pk: duePartitions[shard] ?? '',
    sk: `${dueSk(at)}#${webhookId}#${deliveryId}`,
    at,
    webhookId,
    deliveryId,
    lane,
  };
}

/** The step that makes all that waits at an address due: for whoever took away what it waited for. */
export function wakeWrite(webhookId: string, at: string): Write {
  return { kind: 'put', item: dueItemOf(at, webhookId, everything, everything) };
}

export function wokenWrite(webhookId: string, at: string): Write {
  const { pk, sk } = dueItemOf(at, webhookId, everything, everything);
  return { kind: 'delete', key: { pk, sk } };
}
