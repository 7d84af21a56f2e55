import type { Delivery, Webhook } from './contract/webhook-schemas.ts';
import type { StoredDelivery } from './store/delivery.ts';
import type { StoredWebhook } from './store/webhook.ts';
import type { Health } from './webhook-health.ts';

/** An address as the contract shows it, without who did what. */
export function webhookView(webhook: StoredWebhook, health?: Health): Webhook {
  const { registeredBy: _by, approvedBy: _approver, challenge: _challenge, secrets: _secrets, ...view } = webhook;
  if (health === undefined) return view;
  const { failures, failingSince, restUntil } = health;
  return {
    ...view,
    failing: { failures, since: failingSince, ...(restUntil !== undefined && { restingUntil: restUntil }) },
  };
}

/** A delivery as the contract shows it, without the text that was sent: a challenge is its receiver's only. */
export function deliveryView(delivery: StoredDelivery): Delivery {
  const { partnerId: _partner, chain: _chain, body: _body, tries: _tries, ...view } = delivery;
  return view;
}
