import { hkdfSync } from 'node:crypto';
import type { SigningKey } from '#packages/signature/standard-webhooks';
import type { StoredWebhook } from './store/webhook.ts';

const secretBytes = 32;

/**
 * The secret of an address by its number, `whsec_…`: derived (HKDF-SHA-256) from the one that the platform keeps, so that
 * no store holds what signs. Another master secret makes other secrets of all of them.
 */
export function webhookSecret(master: string, webhookId: string, number: number): string {
  const bytes = hkdfSync('sha256', master, 'zhirong-webhook-secret', `${webhookId}\n${number}`, secretBytes);
  return `whsec_${Buffer.from(bytes).toString('base64')}`;
}

export function liveSecrets({ secrets }: StoredWebhook, now: Date): StoredWebhook['secrets'] {
  return secrets.filter(({ endsAt }) => endsAt === undefined || endsAt > now.toISOString());
}

/** What a message to the address is signed with at this moment. */
export async function signingKeys(
  webhook: StoredWebhook,
  now: Date,
  { webhookKeys, secret }: { webhookKeys: () => Promise<readonly SigningKey[]>; secret: () => Promise<string> },
): Promise<readonly SigningKey[]> {
  if (webhook.signature === 'v1a') return webhookKeys();
  const master = await secret();
  return liveSecrets(webhook, now).map(({ number }) => ({
    kind: 'v1',
    secret: webhookSecret(master, webhook.webhookId, number),
  }));
}
