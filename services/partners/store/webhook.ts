import * as z from 'zod';
import {
  aggregatePk,
  aggregateWrites,
  type AggregateChange,
  getHeld,
  type Held,
  headKeyOf,
  type Kind,
  readHeld,
} from '#packages/aggregate';
import { Instant } from '#packages/calendar';
import { absent, inPartition, type Key, type Table, type Write } from '#packages/table';
import { Webhook as WebhookView } from '../contract/webhook-schemas.ts';
import { webhookMachine } from '../machines.ts';
import type { Health } from '../webhook-health.ts';

const { secret: _told, failing: _seen, ...shown } = WebhookView.shape;

const StoredWebhook = z.object({
  ...shown,
  registeredBy: z.string(),
  approvedBy: z.string().optional(),
  /** The challenge that was sent last, by its number and its delivery. */
  challenge: z.object({ number: z.int().positive(), deliveryId: z.string() }),
  /** Which secrets there are, by number: they themselves are derived, see `webhook-secret.ts`. Newest last. */
  secrets: z.array(z.object({ number: z.int().positive(), createdAt: Instant, endsAt: Instant.optional() })),
});
export type StoredWebhook = z.output<typeof StoredWebhook>;

export const webhookKind: Kind<StoredWebhook> = {
  service: 'partners',
  name: 'webhook',
  state: StoredWebhook,
  idOf: ({ webhookId }) => webhookId,
};

export async function getWebhook(table: Table, webhookId: string): Promise<Held<StoredWebhook> | undefined> {
  return getHeld(table, webhookKind, webhookId);
}

/** All addresses that are not ended, in one partition: they are few, and an event for all banks asks for all of them. */
const webhooksIndex = 'WEBHOOKS';
const Listed = z.object({
  partnerId: z.string(),
  webhookId: z.string(),
  status: z.enum(webhookMachine.states),
  eventTypes: z.array(z.string()),
});
export type ListedWebhook = z.output<typeof Listed>;

/** Of one partner, or of all. */
export async function listedWebhooks(table: Table, partnerId?: string): Promise<ListedWebhook[]> {
  const condition = inPartition(webhooksIndex, partnerId === undefined ? undefined : `${partnerId}#`);
  const listed: ListedWebhook[] = [];
  for await (const item of table.each({ condition })) listed.push(Listed.parse(item));
  return listed;
}

export async function webhooksOf(table: Table, partnerId: string): Promise<Held<StoredWebhook>[]> {
  const listed = await listedWebhooks(table, partnerId);
  const heads = await table.getMany(listed.map(({ webhookId }) => headKeyOf(webhookKind, webhookId)));
  return heads.map((item) => readHeld(webhookKind, item)).toSorted(newestFirst);
}

const Registrations = z.object({ made: z.int().positive() });

function registrationsKey(partnerId: string): Key {
  return { pk: 'WEBHOOK-REGISTRATIONS', sk: partnerId };
}

/** How many addresses a partner has ever registered; read before its list, it tells whether the list is still true. */
export async function registrationsOf(table: Table, partnerId: string): Promise<number> {
  const item = await table.get(registrationsKey(partnerId));
  return item === undefined ? 0 : Registrations.parse(item).made;
}

/** Of two who register at once and have read the same list, one has to read it again. */
export function registrationWrite(partnerId: string, before: number): Write {
  const condition = before === 0 ? absent : { expression: 'made = :before', values: { ':before': before } };
  return { kind: 'put', item: { ...registrationsKey(partnerId), made: before + 1 }, condition };
}

function newestFirst({ state: one }: Held<StoredWebhook>, { state: other }: Held<StoredWebhook>): number {
  const [left, right] = [one, other].map(({ createdAt, webhookId }) => `${createdAt}#${webhookId}`);
  return (left ?? '') < (right ?? '') ? 1 : -1;
}

/** The steps of one change of an address: itself, and its place in the list, which it loses when it ends. */
export function webhookWrites(
  before: Held<StoredWebhook> | undefined,
  change: AggregateChange<StoredWebhook>,
  context: { now: Date; requestId: string },
): Write[] {
  const { partnerId, webhookId, status, eventTypes } = change.state;
  const key = { pk: webhooksIndex, sk: `${partnerId}#${webhookId}` };
  const writes = aggregateWrites(webhookKind, before, change, context);
  if (before?.state.status === status) return writes;
  if (webhookMachine.isTerminal(status)) return [...writes, { kind: 'delete', key }];
  return [...writes, { kind: 'put', item: { ...key, partnerId, webhookId, status, eventTypes } }];
}

const StoredHealth = z.object({ failures: z.int(), failingSince: Instant, restUntil: Instant.optional() });

export function healthKey(webhookId: string): Key {
  return { pk: aggregatePk(webhookKind, webhookId), sk: 'HEALTH' };
}

/** How the address has been doing; undefined where its last attempt succeeded. */
export async function getHealth(table: Table, webhookId: string): Promise<Health | undefined> {
  const item = await table.get(healthKey(webhookId));
  return item && StoredHealth.parse(item);
}

/** Two deliveries to one address may end at once: what one counts, the other must have read. */
export function healthWrites(webhookId: string, before: Health | undefined, after: Health | undefined): Write[] {
  const key = healthKey(webhookId);
  if (after === undefined) return before === undefined ? [] : [{ kind: 'delete', key }];
  const condition =
    before === undefined
      ? absent
      : {
          expression: `failures = :failures AND ${before.restUntil === undefined ? 'attribute_not_exists(restUntil)' : 'restUntil = :until'}`,
          values: {
            ':failures': before.failures,
            ...(before.restUntil !== undefined && { ':until': before.restUntil }),
          },
        };
  return [{ kind: 'put', item: { ...key, ...after }, condition }];
}
