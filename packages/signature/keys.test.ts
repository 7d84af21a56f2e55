import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signBytes, verifyBytes } from './algorithms.ts';
import { acceptKey, fingerprint, publicKeyOf } from './keys.ts';
import { newKeys } from './sample-keys.ts';
import { algorithms } from './profile.ts';
import { spkiOfPoint } from './sm2-key.ts';

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
    'unreadable',
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

/** The same key, written as no one writes it: OpenSSL reads it, and so would one key have several fingerprints. */
describe('another spelling of a key is refused:', () => {
  const der = (alg: Parameters<typeof newKeys>[0]) => newKeys(alg).publicKey.spki;
  /** The outer length in two bytes where one says it: legal in BER, not in DER. */
  const longLength = (spki: Buffer) => Buffer.concat([Buffer.from([0x30, 0x81]), spki.subarray(1)]);
  const compressed = (curve: Buffer) => {
    const head = Buffer.from(curve.subarray(0, 23));
    const point = Buffer.concat([Buffer.of(2 + ((curve.at(-1) ?? 0) & 1)), curve.subarray(27, 59)]);
    return Buffer.concat([Buffer.of(0x30, 0x39), head.subarray(2), Buffer.of(0x03, 0x22, 0x00), point]);
  };
  const rsa = der('rsa-pss-sha512');
  const small = Buffer.from(`302a300506032b6570032100${`01${'00'.repeat(31)}`}`, 'hex');

  test.each<[string, Buffer, string]>([
    ['Ed25519 with a byte behind it', Buffer.concat([der('ed25519'), Buffer.of(0)]), 'unreadable'],
    [
      'a point of small order with a good one behind it',
      Buffer.concat([small, der('ed25519').subarray(-32)]),
      'unreadable',
    ],
    ['Ed25519 with a long length', longLength(der('ed25519')), 'unreadable'],
    ['P-256 with a byte behind it', Buffer.concat([der('ecdsa-p256-sha256'), Buffer.of(0)]), 'unreadable'],
    ['P-256 with a long length', longLength(der('ecdsa-p256-sha256')), 'unreadable'],
    ['P-256 with a compressed point', compressed(der('ecdsa-p256-sha256')), 'curve'],
    ['RSA with a byte behind it', Buffer.concat([rsa, Buffer.of(0)]), 'unreadable'],
    ['SM2 with a byte behind it', Buffer.concat([der('sm2'), Buffer.of(0)]), 'unreadable'],
    ['SM2 with a long length', longLength(der('sm2')), 'unreadable'],
    ['SM2 with a compressed point', compressed(der('sm2')), 'algorithm'],
  ])('%s', (_what, spki, reason) => {
    expect(createPublicKey({ key: spki, format: 'der', type: 'spki' }).type).toBe('public');
    expect(acceptKey(pem(spki))).toEqual({ kind: 'refused', reason });
  });

  test('a text with more in it than one key', () => {
    const one = pem(der('ed25519'));
    for (const text of [`${one}${one}`, `note\n${one}`, `${one}note`, `${one}${certificate}`, `${certificate}${one}`])
      expect(acceptKey(text)).toEqual({ kind: 'refused', reason: 'unreadable' });
  });
});

/** Of Ed25519, made for this test; its private half was thrown away. */
const certificate = `-----BEGIN CERTIFICATE-----
MIIBRDCB96ADAgECAhQ/dXYZrJCUhCCoeTaLMwPv8po4BzAFBgMrZXAwFzEVMBMG
A1UEAwwMdGVzdC5leGFtcGxlMCAXDTI2MTEyNzAyNTQwOFoYDzIxMjYxMTAzMDI1
NDA4WjAXMRUwEwYDVQQDDAx0ZXN0LmV4YW1wbGUwKjAFBgMrZXADIQCUp69KuPd/
+XKzrp4UKF5jAJlzAQ93VYRjbyl79vwlYKNTMFEwHQYDVR0OBBYEFJb7GiS4Udy1
uqJfi1BptB453PzAMB8GA1UdIwQYMBaAFJb7GiS4Udy1uqJfi1BptB453PzAMA8G
A1UdEwEB/wQFMAMBAf8wBQYDK2VwA0EAZ90pfg8+e64OLvrIcsiudFcxybqsaDLh
K9qzX82Rb+GIXvMJvLmVAHZ77yY8oXt5Tb3GuQFAqZPa+K74+mlxDQ==
-----END CERTIFICATE-----
`;

test('a certificate is taken for its key, and nothing may stand behind it', () => {
  const accepted = acceptKey(certificate);
  expect(accepted).toMatchObject({ kind: 'accepted', key: { alg: 'ed25519' } });
  const bytes = Buffer.from(certificate.replaceAll(/-.*-|\s/g, ''), 'base64');
  const longer = Buffer.concat([bytes, Buffer.of(0)]).toString('base64');
  const text = `-----BEGIN CERTIFICATE-----\n${longer}\n-----END CERTIFICATE-----\n`;
  expect(acceptKey(text)).toEqual({ kind: 'refused', reason: 'unreadable' });
});
