import {
  verifyWebhook as verifySignature,
  type VerificationKey,
  type WebhookRefusal,
} from '../signature/standard-webhooks.ts';

/** What happened, thin: ids and version. Ask for the thing itself where it matters. */
export type WebhookEvent = {
  /** E.g. `whitelist.entry.removed.v1`. */
  type: string;
  /** When it happened. */
  timestamp: string;
  eventId: string;
  /** The thing it happened to, e.g. `whitelist-entry/9141…`. */
  subject: string;
  /** Counts up per subject: one that is not above the last that you took is old, and says nothing new. */
  sequence: number;
  data: Record<string, unknown>;
};

/**
 * `id`: the delivery's; it comes again when your answer was lost, so take each once. `challenge`: the platform asks whether
 * the address is yours; answer 200 with the text of `answer` as `application/json`.
 */
export type WebhookMessage =
  | { kind: 'event'; id: string; event: WebhookEvent }
  | { kind: 'challenge'; id: string; answer: string }
  | { kind: 'refused'; reason: WebhookRefusal | 'body_malformed' };

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

export const challengeType = 'webhook.challenge';

/**
 * Whether a message came from the platform, just now and as it was sent. `body`: the bytes as they came, before anything
 * reads them. `keys`: `webhookKeys()` of `fetchPlatformKeys`, or `{ kind: 'v1', secret: 'whsec_…' }`.
 */
export function verifyWebhook(message: {
  headers: HeaderValues;
  body: Uint8Array;
  keys: readonly VerificationKey[];
  now?: Date;
}): WebhookMessage {
  const { headers, body, keys, now = new Date() } = message;
  const verdict = verifySignature({ headers: webhookHeaders(headers), body, keys, now });
  if (verdict.kind === 'refused') return verdict;
  return readBody(verdict.id, body) ?? { kind: 'refused', reason: 'body_malformed' };
}

/** A header that is there twice counts as none. */
export function webhookHeaders(headers: HeaderValues) {
  const one = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  return { id: one('webhook-id'), timestamp: one('webhook-timestamp'), signature: one('webhook-signature') };
}

function readBody(id: string, body: Uint8Array): WebhookMessage | undefined {
  try {
    const said: Partial<WebhookEvent & { challenge: string }> | null = JSON.parse(Buffer.from(body).toString('utf8'));
    const { type, challenge, timestamp, eventId, subject, sequence, data } = said ?? {};
    if (type === challengeType && typeof challenge === 'string') {
      return { kind: 'challenge', id, answer: JSON.stringify({ challenge }) };
    }
    const texts = [type, timestamp, eventId, subject].every((text) => typeof text === 'string');
    if (!texts || typeof data !== 'object' || data === null || !Number.isSafeInteger(sequence)) return undefined;
    const event: WebhookEvent = JSON.parse(Buffer.from(body).toString('utf8'));
    return { kind: 'event', id, event };
  } catch {
    return undefined;
  }
}
