import { createHash } from 'node:crypto';
import { epochSeconds } from './epoch-seconds.ts';
import { maxAge } from './signature/profile.ts';
import type { Table } from './table.ts';

/** A signature lives no longer than `maxAge`; so much longer its nonce is remembered, for clocks that do not agree. */
const rememberedAfterSeconds = 120;

export type TakenNonce = { partnerId: string; nonce: string; created: number; expires: number };

/**
 * Takes a nonce of a partner, once: `false` where it was taken before. Each is the partner's and not a key's, so that a
 * new key opens no hole; and it is the nonce that is remembered, never the signature, of which there can be a twin. A
 * nonce belongs to one service: the signature of a request to another fits nothing here. Seconds since 1970.
 */
export async function takeNonce(
  table: Table,
  { partnerId, nonce, created, expires }: TakenNonce,
  now: Date,
): Promise<boolean> {
  const name = createHash('sha256').update(nonce).digest('base64url');
  const expiresAt = Math.max(expires, created + maxAge) + rememberedAfterSeconds;
  const written = await table.transact([
    {
      kind: 'put',
      item: { pk: `NONCE#${partnerId}#${name}`, sk: 'NONCE', expiresAt },
      // What has expired is deleted when the store finds the time.
      condition: {
        expression: 'attribute_not_exists(pk) OR expiresAt < :now',
        values: { ':now': epochSeconds(now) },
      },
    },
  ]);
  return written.kind === 'written';
}
