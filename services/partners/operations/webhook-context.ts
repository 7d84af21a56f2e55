import type { Caller } from '#packages/access';
import type { Held } from '#packages/aggregate';
import type { Table } from '#packages/table';
import { getWebhook, type StoredWebhook } from '../store/webhook.ts';
import type { StoredPartner } from '../store/partner.ts';
import { reachedPartner } from './context.ts';

/** What the operations on addresses for webhooks stand on. */
export type WebhookDeps = {
  table: Table;
  newId: (prefix: string) => string;
  /** The platform's own secret, of which those of the addresses are derived. */
  secret: () => Promise<string>;
  /** Whether `http://127.0.0.1:<port>` is taken as an address: on the machine of who develops, and nowhere else. */
  localhost: boolean;
};

export type Reached = { partner: Held<StoredPartner>; webhook: Held<StoredWebhook> };

/** The address, if the caller may reach its partner. For another's both are asked for as well, and are none. */
export async function reachedWebhook(
  table: Table,
  caller: Caller,
  { partnerId, webhookId }: { partnerId: string; webhookId: string },
): Promise<Reached | undefined> {
  const [partner, webhook] = await Promise.all([
    reachedPartner(table, caller, partnerId),
    getWebhook(table, webhookId),
  ]);
  if (partner === undefined || webhook?.state.partnerId !== partnerId) return undefined;
  return { partner, webhook };
}
