import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLocalJWKSet, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { refusal } from './lambda/answer.ts';
import { KeysUnavailable, tokenCheck, type TokenCheck } from './tokens.ts';

const settings = { issuer: 'https://issuer.example', audience: 'zhirong', jwksUrl: 'https://issuer.example/jwks' };
let check: TokenCheck;
let keys: Awaited<ReturnType<typeof generateKeyPair>>;

beforeAll(async () => {
  keys = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
  check = tokenCheck(settings, createLocalJWKSet({ keys: [jwk] }));
});

type Change = {
  claims?: Record<string, unknown>;
  typ?: string;
  issuer?: string;
  audience?: string;
  expires?: string;
  kid?: string;
};

async function token(change: Change = {}, key = keys.privateKey): Promise<string> {
  return new SignJWT({ role: 'city-admin', ...change.claims })
    .setProtectedHeader({ alg: 'ES256', kid: change.kid ?? 'one', typ: change.typ ?? 'at+jwt' })
    .setSubject('someone')
    .setIssuer(change.issuer ?? settings.issuer)
    .setAudience(change.audience ?? settings.audience)
    .setIssuedAt()
    .setExpirationTime(change.expires ?? '10 minutes')
    .sign(key);
}

describe('a bearer token', () => {
  test('names the person, the role and what binds it', async () => {
    const claims = { role: 'county-clerk', divisionCode: '411502', name: 'not taken over' };
    expect(await check(await token({ claims }))).toEqual({
      kind: 'person',
      issuer: settings.issuer,
      sub: 'someone',
      role: 'county-clerk',
      divisionCode: '411502',
    });
  });

  test('past its time is expired', async () => {
    expect(await check(await token({ expires: '1 minute ago' }))).toBe('token_expired');
  });

  test.each<[string, Change]>([
    ['another issuer', { issuer: 'https://other.example' }],
    ['another audience', { audience: 'other' }],
    ['an ID token', { typ: 'JWT' }],
    ['an unknown key', { kid: 'two' }],
    ['no role', { claims: { role: undefined } }],
    ['a role of organisations', { claims: { role: 'bank' } }],
    ['an unknown role', { claims: { role: '__proto__' } }],
    ['a division that is none', { claims: { divisionCode: '4115' } }],
  ])('of %s is invalid', async (_case, change) => {
    expect(await check(await token(change))).toBe('token_invalid');
  });

  test('signed by another key, with HMAC, unsigned or mangled is invalid', async () => {
    const other = await generateKeyPair('ES256');
    const hmac = await new SignJWT({ role: 'city-admin' })
      .setProtectedHeader({ alg: 'HS256', kid: 'one', typ: 'at+jwt' })
      .setSubject('someone')
      .setIssuer(settings.issuer)
      .setAudience(settings.audience)
      .setIssuedAt()
      .setExpirationTime('10 minutes')
      .sign(Buffer.from(JSON.stringify(await exportJWK(keys.publicKey))));
    const unsigned = new UnsecuredJWT({ role: 'city-admin', sub: 'someone' }).setIssuer(settings.issuer).encode();
    const good = await token();
    const forged = [
      await token({}, other.privateKey),
      hmac,
      unsigned,
      good.slice(0, -4),
      'a.b.c',
      '',
      good.replace('.', '..'),
    ];
    for (const one of forged) expect(await check(one)).toBe('token_invalid');
  });

  test('cannot be judged while the keys cannot be had: a fault, not a no', async () => {
    const blind = tokenCheck({ ...settings, jwksUrl: 'http://127.0.0.1:1/jwks' });
    await expect(blind(await token())).rejects.toThrow();
  });

  test.each([
    ['answers with an error', 502, '{"keys":[]}'],
    ['has moved away', 404, 'not here'],
    ['answers with a page', 200, '<html></html>'],
    ['answers with no key set', 200, '{"keys":"none"}'],
  ])('cannot be judged while the issuer %s', async (_case, status, body) => {
    const issuer = createServer((_request, response) => response.writeHead(status).end(body));
    await new Promise<void>((resolve) => issuer.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void issuer.close());
    const { port } = issuer.address() as AddressInfo;
    const blind = tokenCheck({ ...settings, jwksUrl: `http://127.0.0.1:${port}/jwks` });
    await expect(blind(await token())).rejects.toThrow(KeysUnavailable);
    expect(refusal(await blind(await token()).catch((error: unknown) => error), 'r', new Date()).statusCode).toBe(503);
  });
});
