import { expect, test } from 'vitest';
import { openOwnKeys, ownKeyInUse, type OwnKeyRecord } from '#packages/own-keys';
import { ownKeyView, renewed } from './own-keys.ts';

const day = 86_400_000;
const start = Date.parse('2026-11-27T00:00:00.000Z');
const at = (days: number) => new Date(start + days * day);
const settings = { environment: 'test', algorithm: 'ecdsa-p256-sha256' } as const;

/** The keys as the daily run leaves them over so many days, and on each of them what is signed with. */
function years(days: number) {
  let keys: OwnKeyRecord[] = [];
  const used: { on: number; keyid: string }[] = [];
  const listed = new Map<string, number>();
  for (let on = 0; on <= days; on += 1) {
    keys = renewed(keys, { now: at(on), ...settings }) ?? keys;
    for (const { keyid } of keys) if (!listed.has(keyid)) listed.set(keyid, on);
    const inUse = ownKeyInUse(keys, 'answers', at(on));
    expect(inUse, `a key on day ${on}`).toBeDefined();
    if (used.at(-1)?.keyid !== inUse?.keyid) used.push({ on, keyid: inUse?.keyid ?? '' });
  }
  return { keys, used, listed };
}

test('there is a key on every day, and each next one is listed a week before its first use', () => {
  const { keys, used, listed } = years(1_200);
  expect(used.length).toBeGreaterThan(3);
  for (const { on, keyid } of used.slice(1)) expect(on - (listed.get(keyid) ?? on)).toBeGreaterThanOrEqual(7);
  expect(keys.length).toBeLessThanOrEqual(6);
  expect(new Set(keys.map(({ keyid }) => keyid)).size).toBe(keys.length);
});

test('a second run on the same day changes nothing', () => {
  const keys = renewed([], { now: at(0), ...settings }) ?? [];
  expect(keys.map(({ use, alg }) => [use, alg])).toEqual([
    ['answers', 'ecdsa-p256-sha256'],
    ['webhooks', 'ed25519'],
  ]);
  expect(renewed(keys, { now: at(0), ...settings })).toBeUndefined();
});

test('there is a key at every moment though the daily run did not come for weeks', () => {
  const first = renewed([], { now: at(0), ...settings }) ?? [];
  const late = renewed(first, { now: at(361), ...settings }) ?? [];
  expect(late.length).toBe(4);
  for (const day of [361, 364.9, 365, 367]) expect(ownKeyInUse(late, 'answers', at(day))).toBeDefined();
});

test('what is published of a key is its public half and whether it is used yet', () => {
  const [key] = renewed([], { now: at(0), ...settings }) ?? [];
  expect(JSON.stringify(ownKeyView(key!, at(0)))).not.toContain('PRIVATE');
  expect([at(-1), at(0), at(365)].map((now) => ownKeyView(key!, now).state)).toEqual(['next', 'active', 'retired']);
});

test('the first key made is found though the secret was read before', async () => {
  const made = JSON.stringify({ keys: renewed([], { now: at(0), ...settings }) });
  const own = openOwnKeys(async (fresh) => (fresh ? made : '{"keys":[]}'));
  expect((await own.signer('answers', at(1))).keyid).toContain('ippf-answers.test.');
  await expect(own.signer('answers', at(1_000))).rejects.toThrow('no key to sign answers with');
});
