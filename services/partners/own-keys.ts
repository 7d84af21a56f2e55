import { todayOf } from '#packages/calendar';
import type { OwnKeyRecord, OwnKeyUse } from '#packages/own-keys';
import { newKeyPair } from '#packages/signature/new-key';
import type { Algorithm } from '#packages/signature/profile';
import type * as z from 'zod';
import type { OwnKey } from './contract/schemas.ts';
import { ownKeyPolicy } from './policy.ts';

const dayMs = 86_400_000;

/** Standard Webhooks knows one asymmetric algorithm; our answers are signed with the one the city has chosen. */
const algorithmOf = (use: OwnKeyUse, answers: Algorithm): Algorithm => (use === 'webhooks' ? 'ed25519' : answers);

/**
 * The keys there should be: where one is missing it begins at once, and before one ends the next is there, listed long
 * enough before its first use that everybody has read it. Undefined where nothing changes.
 */
export function renewed(
  keys: readonly OwnKeyRecord[],
  { now, environment, algorithm }: { now: Date; environment: 'test' | 'prod'; algorithm: Algorithm },
): OwnKeyRecord[] | undefined {
  const at = now.getTime();
  const kept = keys.filter(({ notAfter }) => Date.parse(notAfter) > at - ownKeyPolicy.listedDaysAfter * dayMs);
  const made = (['answers', 'webhooks'] as const).flatMap((use): OwnKeyRecord[] => {
    const last = kept
      .filter((key) => key.use === use)
      .toSorted((one, other) => (one.notAfter < other.notAfter ? 1 : -1))[0];
    const lastsMs = last === undefined ? 0 : Date.parse(last.notAfter) - at;
    if (lastsMs > ownKeyPolicy.renewDaysBefore * dayMs) return [];
    // Made late, the next key is listed for a shorter time: a day without a key would be worse.
    const begins = at + Math.max(0, Math.min(ownKeyPolicy.listedDaysBefore * dayMs, lastsMs));
    const alg = algorithmOf(use, algorithm);
    const day = todayOf(new Date(begins)).replaceAll('-', '');
    return [
      {
        keyid: `ippf-${use}.${environment}.${day}.${kept.filter((key) => key.use === use).length + 1}`,
        use,
        alg,
        ...newKeyPair(alg),
        notBefore: new Date(begins).toISOString(),
        notAfter: new Date(begins + ownKeyPolicy.days * dayMs).toISOString(),
      },
    ];
  });
  return made.length === 0 && kept.length === keys.length ? undefined : [...kept, ...made];
}

/** The public halves, as anybody may read them. */
export function ownKeyView(key: OwnKeyRecord, now: Date): z.output<typeof OwnKey> {
  const { keyid, use, alg, notBefore, notAfter, publicKeyPem } = key;
  const at = now.toISOString();
  const state = at < notBefore ? 'next' : at < notAfter ? 'active' : 'retired';
  return { keyid, use, alg, publicKeyPem, state, notBefore, notAfter };
}
