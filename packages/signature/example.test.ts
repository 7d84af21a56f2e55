import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { authority, ed25519Pem, get, keyid, nonce, now, p256Pem, post, privateKeyPem } from './example.ts';
import { privateKeyOf, type PublicKey, publicKeyOf } from './keys.ts';
import { readRequest, type SignableRequest, signRequest, verifyRequest } from './request.ts';
import { signResponse, verifyResponse } from './response.ts';
import { knownAnswer } from './sm2.ts';
import { spkiOfPoint } from './sm2-key.ts';

/* Every value of `signing.md` 1.9, byte for byte. */

const signer = { key: privateKeyOf(privateKeyPem), keyid };
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const signed = (request: SignableRequest, headers: Record<string, string>): SignableRequest => ({
  ...request,
  headers: new Map([...request.headers, ...Object.entries(headers)]),
});
const read = (request: SignableRequest) => {
  const answer = readRequest(request, { now, authorities: [authority] });
  if (answer.kind === 'refused') throw new Error(answer.reason);
  return answer;
};

describe('the request of the example', () => {
  const headers = signRequest(post, signer, { now, nonce });

  test('has this digest, this list and this signature', () => {
    expect(post.body).toHaveLength(182);
    expect(headers).toEqual({
      'content-digest': 'sha-256=:9eW9JP0fyxpKUs9eEg9FtnvzsjQ8xDsSxxBe1pMdbB4=:',
      'signature-input':
        'sig1=("@method" "@authority" "@path" "@query" "content-type" "content-digest" "idempotency-key");created=1795400130;expires=1795400430;nonce="Zk3v9Qd1m0xT7cYh2LrPqA";keyid="demo-bank.test.20261101.1";tag="ippf-bank-v1"',
      signature: 'sig1=:3/D159krYvgUzW1ZpXRkpCR+DDFEdyKWvIZCXZWgbsCsE7oyMJEByrw0vexFBQdqFTLiGhHgizLD8nFyWWv1CA==:',
    });
  });

  test('has this base', () => {
    const { base } = read(signed(post, headers));
    expect(base).toHaveLength(512);
    expect(sha256(base)).toBe('1820e5c78853136b1e50b9cb699d6b2b08173f3c26aa396ff5fff5e4ddb71197');
    expect(base.toString().split('\n')).toEqual([
      '"@method": POST',
      '"@authority": api.ip-pledge.example.cn',
      '"@path": /bank/v1/applications/IPF-2026-000123/decisions',
      '"@query": ?',
      '"content-type": application/json',
      '"content-digest": sha-256=:9eW9JP0fyxpKUs9eEg9FtnvzsjQ8xDsSxxBe1pMdbB4=:',
      '"idempotency-key": 2026112310153000000000000042',
      `"@signature-params": ${headers['signature-input']?.slice('sig1='.length)}`,
    ]);
  });

  test('is the key holder’s', () => {
    const answer = read(signed(post, headers));
    expect(verifyRequest(answer, publicKeyOf(ed25519Pem))).toEqual({ kind: 'verified' });
    expect(verifyRequest(answer, publicKeyOf(p256Pem))).toMatchObject({ code: 'signature_invalid' });
    expect(verifyRequest(answer, undefined)).toMatchObject({ code: 'signature_invalid' });
  });
});

const sm2Key = publicKeyOf(
  `-----BEGIN PUBLIC KEY-----\n${spkiOfPoint(Buffer.from(knownAnswer.publicKey, 'hex')).toString('base64')}\n-----END PUBLIC KEY-----\n`,
);

test.each<[string, PublicKey, string, number, string, string, string]>([
  [
    'ecdsa-p256-sha256',
    publicKeyOf(p256Pem),
    '2',
    512,
    'bb6f7080',
    'sha-256=:9eW9JP0fyxpKUs9eEg9FtnvzsjQ8xDsSxxBe1pMdbB4=:',
    'kavrgg3xDZjvJ3758Sxu0h48MwN9I6jliysejjiyXUiwQjgm/1b73H2NSSQTBF/7OiQZiXoS2y30POxGun/LKQ==',
  ],
  [
    'SM2 with SM3',
    sm2Key,
    '3',
    564,
    'd1f4db9e',
    'sha-256=:9eW9JP0fyxpKUs9eEg9FtnvzsjQ8xDsSxxBe1pMdbB4=:, sm3=:FAnn7SSfk5VDR8ppFS1i7WsuS8+FlM0FmCFVuI6tJjY=:',
    'IK2ujIiIOY0D3yeeZ6AI/FlrEmEzLR0r8T9XNz4T5UXGZ2MWuS4wISXjrZuM5k5Q0sqfPysq4G3DjCS0BwMt0w==',
  ],
])('the same message signed with %s verifies', (_alg, key, number, bytes, begins, digest, signature) => {
  const list = signRequest(post, { ...signer, keyid: `demo-bank.test.20261101.${number}` }, { now, nonce });
  const answer = read(signed(post, { ...list, 'content-digest': digest, signature: `sig1=:${signature}:` }));
  expect(answer.base).toHaveLength(bytes);
  expect(sha256(answer.base).startsWith(begins)).toBe(true);
  expect(verifyRequest(answer, key)).toEqual({ kind: 'verified' });
});

test('the GET of the example has this base and this signature', () => {
  const headers = signRequest(get, signer, { now, nonce });
  const { base } = read(signed(get, headers));
  expect(base).toHaveLength(323);
  expect(sha256(base)).toBe('23e7c6ba1ce0fc6653120670434d482d334e1111ae2dfd6cf89d643c7b7d87e3');
  expect(headers['signature']).toBe(
    'sig1=:nQuaShLiqKufHaITHjRu0IkG/dFMmY710eYbfEw7kutmlQIUzKB2WxTFU9LijKHwqYncKD5bFFH3kioQHAr+DA==:',
  );
});

test('the answer of the example has this list and this signature, and is checked as a bank does', () => {
  const response = {
    status: 201,
    headers: new Map([
      ['content-type', 'application/json'],
      ['x-request-id', '01JD8Q2M3N4P5R6S7T8V9W0XYZ'],
    ]),
    body: Buffer.from(
      '{"decisionId":"DEC-2026-000777","applicationNo":"IPF-2026-000123","status":"ACCEPTED","receivedAt":"2026-11-23T02:15:31Z"}',
    ),
  };
  const sent = signed(post, signRequest(post, signer, { now, nonce }));
  // The example covers of the request what its list shows: it is the answer to one that left out the content type.
  const list = '("@method" "@authority" "@path" "@query" "content-digest" "idempotency-key")';
  const answered = signed(sent, { 'signature-input': `sig1=${list}` });
  const at = new Date('2026-11-23T02:15:31.000Z');
  const headers = signResponse(response, answered, { ...signer, keyid: 'ippf.test.20261101.1' }, at);
  expect(headers).toEqual({
    'content-digest': 'sha-256=:C331uFvicinBaXGa6P2On/w7Q1kpnNZ/FMMg6bK96V4=:',
    'signature-input':
      'plat=("@status" "content-type" "content-digest" "x-request-id" "@method";req "@authority";req "@path";req "@query";req "content-digest";req "idempotency-key";req);created=1795400131;keyid="ippf.test.20261101.1";tag="ippf-resp-v1"',
    signature: 'plat=:RTdfoBASIYJ+QKowtpGtc/OwFAHhWxg1oPw8AgGDA30cbbBYkb/E3mctIhEFTlRgKFXY4FkPBFnk2xMKtUUrAg==:',
  });
  const received = { ...response, headers: new Map([...response.headers, ...Object.entries(headers)]) };
  const keyOf = (id: string) => (id === 'ippf.test.20261101.1' ? publicKeyOf(ed25519Pem) : undefined);
  expect(verifyResponse(received, answered, { now: at, keyOf })).toEqual({
    kind: 'verified',
    keyid: 'ippf.test.20261101.1',
  });
});
