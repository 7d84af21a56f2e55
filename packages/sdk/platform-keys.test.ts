import { afterEach, beforeEach, expect, test } from 'vitest';
import { ownKey, type SmallPlatform, startSmallPlatform } from '../../test/support/small-platform.ts';
import { fingerprint, publicKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { openClient } from './client.ts';
import { fetchPlatformKeys, KeysNotBelieved, type PlatformKeys } from './platform-keys.ts';

let platform: SmallPlatform;
let now: number;
const clock = () => new Date(now);
const minute = 60_000;
beforeEach(async () => {
  platform = await startSmallPlatform();
  now = Date.now();
  platform.state.now = clock;
});
afterEach(() => platform.stop());

const printOf = (pem: string) => fingerprint(publicKeyOf(pem));
const first = () => platform.state.keys[0]!;
const next = () => ownKey('ippf-answers.test.20261201.1', 'answers');
const clientOf = (platformKeys: PlatformKeys) =>
  openClient({
    baseUrl: platform.baseUrl,
    keyid: 'bank-a.test.20261101.1',
    privateKeyPem: newKeyPair('ed25519').privateKeyPem,
    platformKeys,
    attempts: 1,
    clock,
  });

test('the published keys are read: those for answers by their ids, those for webhooks to verify with', async () => {
  const keys = await fetchPlatformKeys(platform.baseUrl);
  expect(printOf(first().publicKeyPem)).toBe(fingerprint(keys.answerKey(first().keyid)!));
  expect(keys.webhookKeys()).toHaveLength(1);
  // A key for webhooks signs no answers.
  expect(keys.answerKey('ippf-webhooks.test.20261101.1')).toBeUndefined();
  expect(await clientOf(keys).listWhitelist()).toMatchObject({ kind: 'done', body: { items: [] } });
});

test('a pinned fingerprint decides whose list it is, in whichever spelling it was read out', async () => {
  const print = printOf(first().publicKeyPem);
  const spelled = print.toUpperCase().replaceAll(/(..)(?=.)/g, '$1:');
  for (const text of [print, spelled]) {
    expect((await fetchPlatformKeys(platform.baseUrl, { fingerprints: [text] })).list()).toHaveLength(2);
  }
  await expect(fetchPlatformKeys(platform.baseUrl, { fingerprints: ['00'.repeat(32)] })).rejects.toThrow(/not pinned/);
});

test('a list that none of its own keys for answers signed is nobody’s', async () => {
  platform.state.signsList = { ...next(), keyid: first().keyid };
  await expect(fetchPlatformKeys(platform.baseUrl)).rejects.toThrow(KeysNotBelieved);
  platform.state.signsList = platform.state.keys[1];
  await expect(fetchPlatformKeys(platform.baseUrl)).rejects.toThrow(/key_unknown/);
});

test('without TLS and without a fingerprint nothing is read from another machine', async () => {
  await expect(fetchPlatformKeys('http://api.example.cn')).rejects.toThrow(/fingerprint/);
  await expect(fetchPlatformKeys('https://api.example.cn/v1')).rejects.toThrow(RangeError);
});

test('an answer by an unknown key has the list read again, once a minute however often it comes', async () => {
  const keys = await fetchPlatformKeys(platform.baseUrl, { clock });
  const client = clientOf(keys);
  platform.state.keys.push(next());
  platform.state.signs = 'ippf-answers.test.20261201.1';
  await expect(client.listWhitelist()).rejects.toThrow(/key_unknown/);
  expect(platform.state.reads).toBe(1);
  now += minute;
  expect((await client.listWhitelist()).kind).toBe('done');
  expect(platform.state.reads).toBe(2);
  expect((await client.listWhitelist()).kind).toBe('done');
  expect(platform.state.reads).toBe(2);
});

test('a key of a kind that is not known yet is passed over', async () => {
  platform.state.keys.push(ownKey('ippf-answers.test.20301101.1', 'answers', { publicKeyPem: 'of the future' }));
  const keys = await fetchPlatformKeys(platform.baseUrl);
  expect(keys.answerKey('ippf-answers.test.20301101.1')).toBeUndefined();
  expect(keys.answerKey(first().keyid)).toBeDefined();
});

test('who asks at the same time waits for one reading', async () => {
  const keys = await fetchPlatformKeys(platform.baseUrl, { clock });
  now += minute;
  expect(await Promise.all([keys.refresh(), keys.refresh(), keys.refresh()])).toEqual([true, true, true]);
  expect(platform.state.reads).toBe(2);
});

test('with a pinned fingerprint the next key is believed where the one before vouched for it, and else not', async () => {
  const fingerprints = [printOf(first().publicKeyPem)];
  const [reader, sleeper] = await Promise.all(
    [1, 2].map(async () => fetchPlatformKeys(platform.baseUrl, { fingerprints, clock })),
  );
  const following = next();
  platform.state.keys.push(following);
  now += 25 * 60 * minute;
  // A day old: the list is read with the next key in it, signed by the pinned one.
  await reader!.keepFresh();
  platform.state.signs = following.keyid;
  now += minute;
  expect(await reader!.refresh()).toBe(true);
  expect(await sleeper!.refresh()).toBe(false);
  expect(sleeper!.answerKey(following.keyid)).toBeUndefined();
});

test('while the list cannot be read, what is held goes on; a key whose time is over does not', async () => {
  platform.state.keys.push(ownKey('ippf-answers.test.20200101.1', 'answers', { notAfter: '2026-01-01T00:00:00.000Z' }));
  const keys = await fetchPlatformKeys(platform.baseUrl, { clock });
  expect(keys.answerKey('ippf-answers.test.20200101.1')).toBeUndefined();
  platform.state.isDown = true;
  now += 25 * 60 * minute;
  await keys.keepFresh();
  expect(keys.answerKey(first().keyid)).toBeDefined();
});
