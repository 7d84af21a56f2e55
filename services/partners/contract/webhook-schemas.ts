import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { Id } from '#packages/words';
import { toldTypes } from '../audience.ts';
import { deliveryMachine, webhookMachine } from '../machines.ts';

export const WebhookEventType = z.enum(toldTypes, { error: '没有这种事件，或不向机构通知' });

/** `v1a`: Ed25519, checked with our published key. `v1`: HMAC with a secret that both sides know. */
export const WebhookSignature = z.enum(['v1a', 'v1']);

/** `gone`: the address said 410. `failing`: nothing succeeded there for days. */
export const DisabledReason = z.enum(['gone', 'failing']);

export const NewWebhook = z.strictObject({
  /** https on port 443 of one of the partner's approved hosts. */
  url: z.string().min(1).max(2_048),
  eventTypes: z
    .array(WebhookEventType)
    .min(1)
    .max(50)
    .refine((types) => new Set(types).size === types.length, { error: '事件类型重复' }),
  signature: WebhookSignature.default('v1a'),
});

export const Webhook = z.strictObject({
  webhookId: Id,
  partnerId: z.string(),
  url: z.string(),
  eventTypes: z.array(z.string()),
  signature: WebhookSignature,
  status: z.enum(webhookMachine.states),
  createdAt: Instant,
  challengedAt: Instant,
  provedAt: Instant.optional(),
  approvedAt: Instant.optional(),
  disabledAt: Instant.optional(),
  disabledReason: DisabledReason.optional(),
  endedAt: Instant.optional(),
  /** `whsec_…`, told once: in the first answer to what made it, and never again. */
  secret: z.string().optional(),
  /** Failures in a row, since when, and until when the address is left alone; absent where all is well. */
  failing: z.strictObject({ failures: z.int(), since: Instant, restingUntil: Instant.optional() }).optional(),
});
export type Webhook = z.output<typeof Webhook>;

export const Attempt = z.strictObject({
  at: Instant,
  outcome: z.enum(['delivered', 'failed']),
  httpStatus: z.int().optional(),
  milliseconds: z.int().nonnegative(),
  /** Why it failed, kebab-case. */
  reason: z.string().optional(),
});
export type Attempt = z.output<typeof Attempt>;

export const Delivery = z.strictObject({
  /** Also the message's `webhook-id`. */
  deliveryId: Id,
  webhookId: Id,
  type: z.string(),
  eventId: z.string().optional(),
  subject: z.string(),
  sequence: z.int().positive(),
  status: z.enum(deliveryMachine.states),
  createdAt: Instant,
  nextAttemptAt: Instant.optional(),
  deliveredAt: Instant.optional(),
  attempts: z.array(Attempt),
});
export type Delivery = z.output<typeof Delivery>;
