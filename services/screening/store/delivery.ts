import { Id } from '#packages/words';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { absent, type Key, type Table, type Write } from '#packages/table';
import { count } from '../contract/schemas.ts';
import { deliveryMachine } from '../machines.ts';

/** A file that a source delivered, and how far it has been read. */
export const DeliveryHead = z.object({
  deliveryId: Id,
  source: z.enum(['credit', 'ip']),
  status: z.enum(deliveryMachine.states),
  /** SHA-256 (hex) of the file as it came. */
  digest: z.string(),
  receivedAt: Instant,
  receivedFrom: z.object({ id: z.string(), issuer: z.string().optional(), role: z.string() }),
  lines: count,
  taken: count,
  unchanged: count,
  /** About enterprises that nobody nominated or that have not let us ask: not kept. */
  notOurs: count,
  rejected: count,
  /** The first of what was rejected. */
  findings: z.array(z.object({ line: z.int().positive(), code: z.string(), message: z.string() })),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type DeliveryHead = z.output<typeof DeliveryHead>;

/** A delivery as it is when its file has come and nothing of it has been read. */
export function receivedDelivery(
  deliveryId: string,
  source: DeliveryHead['source'],
  bytes: Uint8Array,
  receivedFrom: DeliveryHead['receivedFrom'],
  now: Date,
): DeliveryHead {
  const digest = createHash('sha256').update(bytes).digest('hex');
  const counts = { lines: 0, taken: 0, unchanged: 0, notOurs: 0, rejected: 0 };
  const status = deliveryMachine.initial;
  return { deliveryId, source, status, digest, receivedAt: now.toISOString(), receivedFrom, ...counts, findings: [] };
}

const deliveryPk = (deliveryId: string) => `DELIVERY#${deliveryId}`;
const deliveryKey = (deliveryId: string): Key => ({ pk: deliveryPk(deliveryId), sk: 'HEAD' });
export const deliveryFile = (deliveryId: string) => `deliveries/${deliveryId}/records.jsonl`;

export async function getDelivery(table: Table, deliveryId: string): Promise<DeliveryHead | undefined> {
  const item = await table.get(deliveryKey(deliveryId));
  return item && DeliveryHead.parse(item);
}

export function putDelivery(head: DeliveryHead, isNew = false): Write {
  const item = { ...deliveryKey(head.deliveryId), ...head };
  return isNew ? { kind: 'put', item, condition: absent } : { kind: 'put', item };
}

export function deliveryEvent(deliveryId: string, sequence: number, afterLine: number, now: Date): Write {
  return outboxWrite({
    pk: deliveryPk(deliveryId),
    service: 'screening',
    subject: `delivery/${deliveryId}`,
    sequence,
    type: 'delivery.received.v1',
    time: now.toISOString(),
    data: { deliveryId, afterLine },
  });
}
