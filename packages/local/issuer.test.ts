import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeProtectedHeader } from 'jose';
import { expect, onTestFinished, test } from 'vitest';
import { tokenCheck } from '../tokens.ts';
import { closeServer, listen } from './http-server.ts';
import { startIssuer } from './issuer.ts';

function stateFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'issuer-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return join(folder, 'issuer.json');
}

const clerk = { sub: 'county-clerk-411502', role: 'county-clerk', divisionCode: '411502' } as const;

test('its tokens are what the functions accept, and no longer than they hold', async () => {
  const issuer = await startIssuer(stateFile());
  onTestFinished(() => issuer.close());
  const check = tokenCheck(issuer);
  const token = await issuer.issueToken(clerk);
  expect(await check(token)).toEqual({ kind: 'person', issuer: issuer.issuer, ...clerk });
  expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
  expect(await check(await issuer.issueToken({ ...clerk, ttlSeconds: -60 }))).toBe('token_expired');
  expect(await check(`${token.slice(0, -8)}AAAAAAAA`)).toBe('token_invalid');
  await expect(issuer.issueToken({ ...clerk, role: 'bank' } as never)).rejects.toThrow();
});

test('it is an OpenID provider that publishes its keys, public halves only', async () => {
  const issuer = await startIssuer(stateFile());
  onTestFinished(() => issuer.close());
  const discovery = await fetch(`${issuer.issuer}/.well-known/openid-configuration`);
  expect(await discovery.json()).toMatchObject({ issuer: issuer.issuer, jwks_uri: issuer.jwksUrl });
  const { keys } = (await (await fetch(issuer.jwksUrl)).json()) as { keys: object[] };
  expect(keys).toHaveLength(1);
  expect(keys[0]).not.toHaveProperty('d');
});

test('after a restart it is the same issuer with the same key', async () => {
  const file = stateFile();
  const first = await startIssuer(file);
  const token = await first.issueToken(clerk);
  await first.close();
  expect(statSync(file).mode & 0o077).toBe(0);
  const second = await startIssuer(file);
  onTestFinished(() => second.close());
  expect(second.issuer).toBe(first.issuer);
  expect(await tokenCheck(second)(token)).toMatchObject({ sub: clerk.sub });
});

test('where its port was taken meanwhile, it finds another', async () => {
  const file = stateFile();
  const first = await startIssuer(file);
  await first.close();
  const squatter = createServer();
  await listen(squatter, Number(new URL(first.issuer).port));
  onTestFinished(() => closeServer(squatter));
  const second = await startIssuer(file);
  onTestFinished(() => second.close());
  expect(second.issuer).not.toBe(first.issuer);
});
