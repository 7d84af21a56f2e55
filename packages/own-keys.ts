import * as z from 'zod';
import { Instant } from './calendar.ts';
import { jsonText } from './json-text.ts';
import { type PrivateKey, privateKeyOf } from './signature/keys.ts';
import type { ReadSecret } from './secrets.ts';
import type { Signer } from './signature/request.ts';

/** What the platform signs: its answers to partners, and the webhooks it sends them. */
export const OwnKeyUse = z.enum(['answers', 'webhooks']);
export type OwnKeyUse = z.output<typeof OwnKeyUse>;

export const OwnKeyRecord = z.object({
  keyid: z.string(),
  use: OwnKeyUse,
  alg: z.string(),
  privateKeyPem: z.string(),
  publicKeyPem: z.string(),
  notBefore: Instant,
  notAfter: Instant,
});
export type OwnKeyRecord = z.output<typeof OwnKeyRecord>;

/** The secret in which the platform's private keys lie, all of them in one text. */
export const OwnKeys = jsonText(z.object({ keys: z.array(OwnKeyRecord).default([]) }));

/** The one to sign with: of those that hold, the last to have begun. */
export function ownKeyInUse(keys: readonly OwnKeyRecord[], use: OwnKeyUse, now: Date): OwnKeyRecord | undefined {
  const at = now.toISOString();
  return keys
    .filter((key) => key.use === use && key.notBefore <= at && at < key.notAfter)
    .toSorted((one, other) => (one.notBefore < other.notBefore ? 1 : -1))[0];
}

/**
 * The keys in the secret, read where they are needed and parsed once for each text of it.
 * `signer` throws where there is no key: nothing is answered unsigned because of that.
 */
export function openOwnKeys(readSecret: ReadSecret) {
  let held: { text: string; keys: OwnKeyRecord[]; parsed: Map<string, PrivateKey> } | undefined;

  async function load(fresh: boolean) {
    const text = await readSecret(fresh);
    if (held?.text !== text) held = { text, keys: OwnKeys.parse(text).keys, parsed: new Map() };
    return held;
  }

  async function inUse(use: OwnKeyUse, now: Date) {
    for (const fresh of [false, true]) {
      const { keys, parsed } = await load(fresh);
      const record = ownKeyInUse(keys, use, now);
      if (record === undefined) continue;
      const key = parsed.get(record.keyid) ?? privateKeyOf(record.privateKeyPem);
      parsed.set(record.keyid, key);
      return { keyid: record.keyid, key };
    }
    throw new Error(`there is no key to sign ${use} with`);
  }

  return {
    signer: (use: OwnKeyUse, now: Date): Promise<Signer> => inUse(use, now),
    all: async (): Promise<OwnKeyRecord[]> => (await load(false)).keys,
  };
}
