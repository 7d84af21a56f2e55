import { commit } from '#packages/commit';
import type { Event } from '#packages/messaging/envelope';
import { done, noReceipt, type Outcome, type Receipt } from '#packages/outcome';
import { inPartition, type Table, type Write } from '#packages/table';
import * as z from 'zod';
import { allBanks } from '#packages/roles';
import { type Audience, audienceOf } from '../audience.ts';
import { ReconciliationRow } from '../contract/reconciliation-routes.ts';
import { deliveryMachine } from '../machines.ts';
import { chainOf, deliveryIdOf, deliveryWrites, type StoredDelivery } from '../store/delivery.ts';
import { IndexedPartner, partnersIndex } from '../store/partner.ts';
import { rowWrite } from '../store/reconciliation.ts';
import { type ListedWebhook, listedWebhooks } from '../store/webhook.ts';

export type FanOutDeps = { table: Table; now: () => Date };
type AnyEvent = Event<Record<string, unknown>>;
type Told = { partnerId: string; role: string };

/**
 * Writes an event down for every partner that may see it: a row of its day's file and a delivery to each of its addresses
 * that asked for the type, in one transaction per partner. The row's place and the deliveries' ids follow from the event,
 * so that whatever is repeated finds itself done. A suspended partner and a disabled address are written to as well: what
 * is theirs waits for them. The receipt goes with the last partner's steps.
 */
export function fanOut({ table, now }: FanOutDeps) {
  return async (event: AnyEvent, receipt: Receipt): Promise<Outcome<{ partners: number }>> => {
    const audience = audienceOf(event.type);
    if (audience === undefined) return done({ partners: 0 });
    const partners = await seenBy(table, audience, event);
    const only = partners.length === 1 ? partners[0]?.partnerId : undefined;
    const webhooks = partners.length === 0 ? [] : await listedWebhooks(table, only);
    const outcome = done({ partners: partners.length });
    for (const [place, { partnerId }] of partners.entries()) {
      const wanted = webhooks.filter((webhook) => webhook.partnerId === partnerId && takes(webhook, event.type));
      const writes: Write[] = [
        rowWrite(partnerId, rowOf(event, audience)),
        ...wanted.flatMap((webhook) => deliveryWrites(undefined, deliveryOf(event, audience, webhook, now()))),
      ];
      const isLast = place === partners.length - 1;
      // `moved` here means that it was written before: the queue's own proof is all that is missing.
      await commit(table, writes, isLast ? receipt : noReceipt, outcome);
    }
    return outcome;
  };
}

function takes({ status, eventTypes }: ListedWebhook, type: string): boolean {
  return (status === 'active' || status === 'disabled') && eventTypes.includes(type);
}

const Recipients = z.object({ recipients: z.array(z.string()) });
const ForPartner = z.object({ partnerId: z.string() });

async function seenBy(table: Table, { seenBy: by }: Audience, { data }: AnyEvent): Promise<Told[]> {
  const isSeenBy = by === 'partner' ? onlyFor(ForPartner.parse(data)) : amongst(Recipients.parse(data));
  const partners: Told[] = [];
  for await (const item of table.each({ condition: inPartition(partnersIndex) })) {
    const { sk: partnerId, status, role } = IndexedPartner.parse(item);
    if (status !== 'proposed' && isSeenBy({ partnerId, role })) partners.push({ partnerId, role });
  }
  return partners;
}

function onlyFor({ partnerId: named }: z.output<typeof ForPartner>) {
  return ({ partnerId }: Told) => partnerId === named;
}

function amongst({ recipients }: z.output<typeof Recipients>) {
  const named = new Set(recipients);
  return ({ partnerId, role }: Told) => named.has(partnerId) || (role === 'bank' && named.has(allBanks));
}

function rowOf(event: AnyEvent, { shows, amounts = [] }: Audience): ReconciliationRow {
  const { id: eventId, type, subject, sequence, time, data } = event;
  return ReconciliationRow.parse({ eventId, type, subject, sequence, time, data: pick(data, [...shows, ...amounts]) });
}

function deliveryOf(event: AnyEvent, audience: Audience, webhook: ListedWebhook, now: Date): StoredDelivery {
  const { id: eventId, type, source, subject, sequence, time, data } = event;
  const { partnerId, webhookId } = webhook;
  const at = now.toISOString();
  return {
    deliveryId: deliveryIdOf(webhookId, eventId, time),
    webhookId,
    partnerId,
    type,
    eventId,
    subject,
    sequence,
    chain: chainOf(source, subject),
    body: JSON.stringify({ type, timestamp: time, eventId, subject, sequence, data: pick(data, audience.shows) }),
    status: deliveryMachine.initial,
    createdAt: at,
    nextAttemptAt: at,
    tries: 0,
    attempts: [],
  };
}

/** Amounts that were read as `bigint` are whole fen that fit a JSON number. */
function pick(data: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = data[name];
      if (value === undefined) return [];
      return [[name, typeof value === 'bigint' ? Number(value) : value]];
    }),
  );
}
