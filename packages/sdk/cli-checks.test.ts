import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type SmallPlatform, startSmallPlatform } from '../../test/support/small-platform.ts';
import { verifyBytes } from '../signature/algorithms.ts';
import { fingerprint, privateKeyOf, publicKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { signWebhook } from '../signature/standard-webhooks.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'zhirong-checks-'));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
let platform: SmallPlatform;
beforeAll(async () => {
  platform = await startSmallPlatform();
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

// The platform answers in this process, so it must not stand still meanwhile.
const run = (...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    execFile(process.execPath, [cli, ...args], (error, out, err) =>
      done({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });

const pair = newKeyPair('ecdsa-p256-sha256');
const challenge = 'ippf-key-proof\nbank-a\nbank-a.test.20261101.2\nabc';

test('a challenge is proved from the answer that it came with, or as its text, and nothing else is signed', async () => {
  const key = file('private.pem', pair.privateKeyPem);
  for (const said of [JSON.stringify({ keyid: 'k', challenge }), challenge, `${challenge}\n`]) {
    const { out } = await run('prove', file('challenge', said), '--key', key);
    const signature = Buffer.from(out.trim(), 'base64');
    expect(verifyBytes(publicKeyOf(pair.publicKeyPem), Buffer.from(challenge), signature)).toBe(true);
  }
  const other = await run('prove', file('other', '"@method": POST'), '--key', key);
  expect(other).toMatchObject({ code: 1, out: '', err: expect.stringContaining('no challenge') });
});

test('a captured delivery is looked at with the keys that the platform publishes', async () => {
  const body = JSON.stringify({ type: 'webhook.challenge', challenge: 'x' });
  const { privateKeyPem } = platform.state.keys.find(({ use }) => use === 'webhooks')!;
  const privateKey = privateKeyOf(privateKeyPem).key!;
  const timestamp = Math.floor(Date.now() / 1_000);
  const signed = signWebhook({ id: 'd-1', timestamp, body: Buffer.from(body), keys: [{ kind: 'v1a', privateKey }] });
  const head = Object.entries(signed).map((pairOf) => pairOf.join(': '));
  const captured = file('delivery', ['POST /hooks HTTP/1.1', 'host: hooks.bank.cn', ...head, '', body].join('\r\n'));
  const from = ['--base-url', platform.baseUrl];
  expect(await run('webhook-verify', captured, ...from)).toMatchObject({
    code: 0,
    out: expect.stringContaining('✓ 结论\n  归属挑战：应答 200 与 {"challenge":"x"}'),
  });
  const late = await run('webhook-verify', captured, ...from, '--at', '2099-01-01T00:00:00Z');
  expect(late).toMatchObject({ code: 1, out: expect.stringContaining('✗ 结论\n  timestamp_too_old') });
});

test('the fate of a call is asked for, of a platform that a fingerprint names', async () => {
  const print = fingerprint(publicKeyOf(platform.state.keys[0]!.publicKeyPem));
  platform.state.answer = { idempotencyKey: '20261123101530-0000000001', status: 'unknown' };
  const key = file('private.pem', pair.privateKeyPem);
  const asked = [
    'requests',
    '20261123101530-0000000001',
    '--base-url',
    platform.baseUrl,
    '--keyid',
    'a.test.20261101.1',
  ];
  expect(await run(...asked, '--key', key, '--fingerprint', print)).toMatchObject({
    code: 0,
    out: expect.stringContaining('"status": "unknown"'),
  });
  expect(await run(...asked, '--key', key, '--fingerprint', 'ab')).toMatchObject({
    code: 1,
    err: expect.stringContaining('not pinned'),
  });
});
