import type { Table, Write } from '#packages/table';
import { wakeWrite } from '../store/delivery.ts';
import { listedWebhooks } from '../store/webhook.ts';

/**
 * The steps that make all that waits for a partner due at once, for the transaction that lets it back in. Without them it
 * would be looked at hours later (`deliveryPolicy.parkedMs`).
 */
export async function wakePartner(table: Table, partnerId: string, now: Date): Promise<Write[]> {
  const webhooks = await listedWebhooks(table, partnerId);
  return webhooks.map(({ webhookId }) => wakeWrite(webhookId, now.toISOString()));
}
