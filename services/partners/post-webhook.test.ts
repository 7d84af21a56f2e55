import type { LookupAddress } from 'node:dns';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pinnedLookup } from '#packages/addresses';
import { selfSigned } from '../../test/support/certificate.ts';
import { type Behaviour, type Receiver, startReceiver } from '../../test/support/webhook-receiver.ts';
import { postWebhook } from './post-webhook.ts';

let receiver: Receiver;
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

type Over = { url?: string; answers?: string[]; allow?: (ip: string) => boolean };
function post({ url = `http://hooks.bank.test:${receiver.port}/`, answers = ['127.0.0.1'], allow }: Over = {}) {
  const left = [...answers];
  let asked = 0;
  const resolve = async (): Promise<LookupAddress[]> => {
    asked += 1;
    return [{ address: left.length > 1 ? left.shift()! : left[0]!, family: 4 }];
  };
  const lookup = pinnedLookup({ resolve, ...(allow !== undefined && { allow }) });
  const posted = postWebhook({
    url: new URL(url),
    headers: { 'content-type': 'application/json', 'webhook-id': 'm' },
    body: Buffer.from('{"你":"好"}'),
    lookup,
    timeoutMs: 30_000,
    maxAnswerBytes: 64 * 1024,
  });
  return posted.then((result) => ({ result, asked }));
}

test('a name that leads to an address of our own network is not connected to', async () => {
  expect(await post()).toEqual({ result: { kind: 'failed', reason: 'address-not-allowed' }, asked: 1 });
  expect(receiver.received).toEqual([]);
});

test('the address that was checked is the one that is connected to, though the name leads elsewhere by then', async () => {
  const allow = (ip: string) => ip === '127.0.0.1';
  const { result, asked } = await post({ answers: ['127.0.0.1', '127.0.0.2'], allow });
  expect(result).toMatchObject({ kind: 'answered', status: 200 });
  expect(asked).toBe(1);
  expect(receiver.received).toMatchObject([
    { body: '{"你":"好"}', headers: { host: `hooks.bank.test:${receiver.port}` } },
  ]);
  // Asked anew for the next message, it is not believed for having been right once.
  expect((await post({ answers: ['127.0.0.2'], allow })).result).toMatchObject({ reason: 'address-not-allowed' });
});

test('a name that is not found, a port that nobody listens on, and plain text where TLS is spoken are told apart', async () => {
  const allow = () => true;
  const lookup = pinnedLookup({
    resolve: async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    },
  });
  const body = Buffer.from('{}');
  const limits = { headers: {}, body, timeoutMs: 30_000, maxAnswerBytes: 1_024 };
  expect(await postWebhook({ url: new URL('https://none.bank.test/'), lookup, ...limits })).toEqual({
    kind: 'failed',
    reason: 'name-not-found',
  });
  const { port } = receiver;
  expect((await post({ url: `https://hooks.bank.test:${port}/`, allow })).result).toEqual({
    kind: 'failed',
    reason: 'tls-failed',
  });
  await receiver.stop();
  expect((await post({ allow })).result).toEqual({ kind: 'failed', reason: 'connection-refused' });
  receiver = await startReceiver();
});

test('of an answer no more is read than its limit', async () => {
  const giant: Behaviour = 'giant';
  receiver.answers([giant]);
  const { result } = await post({ allow: () => true });
  expect(result.kind === 'answered' && result.body.length).toBe(64 * 1024);
});

test('over TLS only a trusted certificate for that very host is spoken to', async () => {
  const { cert, key } = selfSigned('hooks.bank.test');
  const heard: string[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    heard.push(String(request.headers['webhook-id']));
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const allow = () => true;
  const before = getCACertificates('default');
  const failed = { kind: 'failed', reason: 'tls-failed' };
  try {
    expect((await post({ url: `https://hooks.bank.test:${port}/`, allow })).result).toEqual(failed);
    setDefaultCACertificates([cert]);
    expect((await post({ url: `https://other.bank.test:${port}/`, allow })).result).toEqual(failed);
    expect(heard).toEqual([]);
    const { result } = await post({ url: `https://hooks.bank.test:${port}/`, allow });
    expect(result).toMatchObject({ kind: 'answered', status: 204 });
    expect(heard).toEqual(['m']);
  } finally {
    setDefaultCACertificates(before);
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
});
