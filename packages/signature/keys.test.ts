import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signBytes, verifyBytes } from './algorithms.ts';
import { acceptKey, fingerprint, publicKeyOf } from './keys.ts';
import { newKeys } from './sample-keys.ts';
import { algorithms } from './profile.ts';
import { spkiOfPoint } from './sm2.ts';

const pem = (der: Buffer) => `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
const pemOf = (key: KeyObject) => key.export({ format: 'pem', type: 'spki' }).toString();
const ed25519 = (point: string) => pem(Buffer.from(`302a300506032b6570032100${point}`, 'hex'));
const p256 = (point: string) => pem(Buffer.from(`3059301306072a8648ce3d020106082a8648ce3d030107034200${point}`, 'hex'));

describe.each(algorithms)('a key of %s', (alg) => {
  const { privateKey, publicKey } = newKeys(alg);

  test('is accepted as what it is, and knows its own signature from another’s', () => {
    const accepted = acceptKey(pem(publicKey.spki));
    expect(accepted).toMatchObject({ kind: 'accepted', key: { alg } });
    expect(privateKey.alg).toBe(alg);
    const message = Buffer.from('message');
    const signature = signBytes(privateKey, message);
    expect(verifyBytes(publicKey, message, signature)).toBe(true);
    expect(verifyBytes(publicKey, Buffer.from('messagE'), signature)).toBe(false);
    expect(verifyBytes(newKeys(alg).publicKey, message, signature)).toBe(false);
    expect(verifyBytes(publicKey, message, signature.subarray(1))).toBe(false);
    expect(verifyBytes(publicKey, message, new Uint8Array())).toBe(false);
  });

  test('is known by its fingerprint', () => {
    expect(fingerprint(publicKey)).toMatch(/^[0-9a-f]{64}$/);
    expect(fingerprint(publicKey)).toBe(fingerprint(publicKeyOf(pem(publicKey.spki))));
    expect(fingerprint(publicKey)).not.toBe(fingerprint(newKeys(alg).publicKey));
  });
});

test.each<[string, string, string]>([
  ['nothing', '', 'unreadable'],
  ['no PEM', 'key', 'unreadable'],
  ['a megabyte', 'x'.repeat(1_000_000), 'unreadable'],
  [
    'a private key',
    generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    'not_public',
  ],
  ['a certificate that is none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'unreadable'],
  ['an Ed25519 point of order 1', ed25519(`01${'00'.repeat(31)}`), 'small_order'],
  ['the same with the sign bit', ed25519(`01${'00'.repeat(30)}80`), 'small_order'],
  ['an Ed25519 point of order 4', ed25519('00'.repeat(32)), 'small_order'],
  [
    'an Ed25519 point of order 8',
    ed25519('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
    'small_order',
  ],
  ['a point that is not in its shortest form', ed25519(`ee${'ff'.repeat(30)}7f`), 'small_order'],
  ['RSA of 2,048 bits', pemOf(generateKeyPairSync('rsa', { modulusLength: 2_048 }).publicKey), 'rsa_too_short'],
  [
    'RSA with the exponent 3',
    pemOf(generateKeyPairSync('rsa', { modulusLength: 3_072, publicExponent: 3 }).publicKey),
    'rsa_exponent',
  ],
  [
    'RSA-PSS with parameters of its own',
    pemOf(generateKeyPairSync('rsa-pss', { modulusLength: 3_072 }).publicKey),
    'algorithm',
  ],
  ['P-384', pemOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey), 'curve'],
  ['secp256k1', pemOf(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey), 'curve'],
  ['X25519', pemOf(generateKeyPairSync('x25519').publicKey), 'algorithm'],
  ['Ed448', pemOf(generateKeyPairSync('ed448').publicKey), 'algorithm'],
  ['a P-256 point off the curve', p256(`04${'11'.repeat(64)}`), 'unreadable'],
  [
    'the P-256 point at infinity',
    pem(Buffer.from('3019301306072a8648ce3d020106082a8648ce3d03010703020000', 'hex')),
    'curve',
  ],
  ['an SM2 point off the curve', pem(spkiOfPoint(Buffer.alloc(64, 0x11))), 'unreadable'],
])('%s is refused', (_what, text, reason) => {
  expect(acceptKey(text)).toEqual({ kind: 'refused', reason });
});

test('an RSA key with the exponent 1, under which anybody signs, is refused', () => {
  const key = generateKeyPairSync('rsa', { modulusLength: 3_072 }).publicKey.export({ format: 'der', type: 'pkcs1' });
  // The modulus stays; the exponent 65537, three bytes at the end, becomes 1 in as many.
  const forged = Buffer.concat([key.subarray(0, -3), Buffer.from([0, 0, 1])]);
  const spki = Buffer.concat([Buffer.from('308201a2300d06092a864886f70d01010105000382018f00', 'hex'), forged]);
  expect(acceptKey(pem(spki)).kind).toBe('refused');
});
