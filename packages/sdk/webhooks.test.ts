import { expect, test } from 'vitest';
import { privateKeyOf, publicKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { newSecret, signWebhook, type SigningKey, type VerificationKey } from '../signature/standard-webhooks.ts';
import { explainWebhook } from './explain-webhook.ts';
import { verifyWebhook } from './webhooks.ts';

const pair = newKeyPair('ed25519');
const signing: SigningKey = { kind: 'v1a', privateKey: privateKeyOf(pair.privateKeyPem).key! };
const keys: VerificationKey[] = [{ kind: 'v1a', publicKey: publicKeyOf(pair.publicKeyPem).key! }];
const now = new Date('2026-11-23T02:15:30.000Z');
const timestamp = now.getTime() / 1_000;
const event = {
  type: 'partner.key.revoked.v1',
  timestamp: now.toISOString(),
  eventId: 'e-1',
  subject: 'partner/bank-a',
  sequence: 7,
  data: { keyid: 'bank-a.test.20261101.2' },
};
const signed = (said: unknown, by: SigningKey = signing) => {
  const body = Buffer.from(typeof said === 'string' ? said : JSON.stringify(said));
  return { headers: { ...signWebhook({ id: 'd-1', timestamp, body, keys: [by] }) }, body };
};

test('an event is read once its signature holds, by the published key or by a secret', () => {
  expect(verifyWebhook({ ...signed(event), keys, now })).toEqual({ kind: 'event', id: 'd-1', event });
  const secret = newSecret();
  const bySecret = signed(event, { kind: 'v1', secret });
  expect(verifyWebhook({ ...bySecret, keys: [{ kind: 'v1', secret }], now }).kind).toBe('event');
  expect(verifyWebhook({ ...bySecret, keys, now })).toEqual({ kind: 'refused', reason: 'signature_invalid' });
});

test('a challenge is answered with itself', () => {
  const message = signed({ type: 'webhook.challenge', challenge: 'abc' });
  expect(verifyWebhook({ ...message, keys, now })).toEqual({
    kind: 'challenge',
    id: 'd-1',
    answer: '{"challenge":"abc"}',
  });
});

test.each([
  ['a changed byte', { body: Buffer.from(JSON.stringify(event).replace('7', '8')) }, 'signature_invalid'],
  ['an hour later', { now: new Date(now.getTime() + 3_600_000) }, 'timestamp_too_old'],
  ['an hour before', { now: new Date(now.getTime() - 3_600_000) }, 'timestamp_too_new'],
  ['no headers', { headers: {} }, 'header_missing'],
  ['no keys', { keys: [] }, 'signature_invalid'],
])('%s is refused', (_what, change, reason) => {
  expect(verifyWebhook({ ...signed(event), keys, now, ...change })).toEqual({ kind: 'refused', reason });
});

test.each([
  'no JSON',
  'null',
  [],
  {},
  { ...event, sequence: '7' },
  { ...event, sequence: 1.5 },
  { ...event, data: null },
  { ...event, subject: undefined },
  { type: 'webhook.challenge' },
])('%j is signed, but no message of ours', (said) => {
  expect(verifyWebhook({ ...signed(said), keys, now })).toEqual({ kind: 'refused', reason: 'body_malformed' });
});

test('a captured delivery is explained step by step', () => {
  const told = (message: Parameters<typeof explainWebhook>[0]) =>
    explainWebhook(message)
      .filter(({ fits }) => !fits)
      .map(({ name }) => name);
  const message = signed(event);
  expect(told({ ...message, keys, now })).toEqual([]);
  expect(told({ ...message, keys, now: new Date(now.getTime() + 3_600_000) })).toEqual(['时间', '结论']);
  expect(told({ ...message, keys: [{ kind: 'v1', secret: newSecret() }], now })).toEqual(['签名版本', '结论']);
  const { 'webhook-id': _id, ...headers } = message.headers;
  expect(told({ ...message, headers, keys, now })).toEqual(['请求头', '结论']);
  const body = Buffer.concat([message.body, Buffer.from('\n')]);
  expect(told({ ...message, body, keys, now })).toEqual(['多余的换行', '结论']);
});
