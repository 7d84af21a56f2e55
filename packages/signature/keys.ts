import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Algorithm } from './profile.ts';
import { type Engine, sm2Engine, sm2PrivateKey, sm3 } from './sm2.ts';
import { isOnCurve, pointOf, scalarOf } from './sm2-key.ts';
import { isSmallOrder } from './small-order.ts';

/** A public key that passed every check, in the form in which signatures are verified. */
export type PublicKey = {
  alg: Algorithm;
  spki: Buffer;
  /** What Node verifies with; SM2 goes by the point. */
  key: KeyObject | undefined;
  point: Buffer | undefined;
};

export type KeyRefusal =
  | 'unreadable'
  | 'not_public'
  | 'algorithm'
  | 'rsa_too_short'
  | 'rsa_too_long'
  | 'rsa_exponent'
  | 'curve'
  | 'small_order';
export type AcceptedKey = { kind: 'accepted'; key: PublicKey } | { kind: 'refused'; reason: KeyRefusal };

const minRsaBits = 3_072;
/** A longer one only costs time, and an outsider may choose it. */
const maxRsaBits = 4_096;
const rsaExponent = 65_537n;
const maxPemBytes = 16 * 1024;

/**
 * Reads what a partner registers: a public key as SPKI or a certificate, in PEM, and nothing beside it. Refused is what
 * would let somebody else sign, or the partner deny that it did (`signing.md` 3.2). `unreadable` is also a key in any other
 * spelling than the one that we would write it in: bytes behind it, lengths that are not the shortest, parameters left
 * out; and `curve` or `algorithm` one with a compressed point. Some of these are legal, but one key has one fingerprint.
 */
export function acceptKey(pem: string): AcceptedKey {
  const refuse = (reason: KeyRefusal): AcceptedKey => ({ kind: 'refused', reason });
  if (pem.length > maxPemBytes) return refuse('unreadable');
  if (pem.includes('PRIVATE KEY')) return refuse('not_public');
  const spki = spkiOf(pem);
  if (spki === undefined) return refuse('unreadable');
  const point = pointOf(spki);
  if (point !== undefined) {
    if (!isOnCurve(point)) return refuse('unreadable');
    return { kind: 'accepted', key: { alg: 'sm2', spki, key: undefined, point } };
  }
  const key = keyOf(spki);
  if (key === undefined) return refuse('unreadable');
  const accepted = (alg: Algorithm): AcceptedKey => ({ kind: 'accepted', key: { alg, spki, key, point: undefined } });
  const details = key.asymmetricKeyDetails ?? {};
  const { asymmetricKeyType: type } = key;
  if (type === 'ed25519') return isSmallOrder(spki.subarray(-32)) ? refuse('small_order') : accepted('ed25519');
  if (type === 'ec') {
    return details.namedCurve === 'prime256v1' && isOnP256(spki) ? accepted('ecdsa-p256-sha256') : refuse('curve');
  }
  if (type !== 'rsa') return refuse('algorithm');
  if ((details.modulusLength ?? 0) < minRsaBits) return refuse('rsa_too_short');
  if ((details.modulusLength ?? 0) > maxRsaBits) return refuse('rsa_too_long');
  return details.publicExponent === rsaExponent ? accepted('rsa-pss-sha512') : refuse('rsa_exponent');
}

/** A key of ours, or one that was accepted before. Throws on what `acceptKey` refuses. */
export function publicKeyOf(pem: string): PublicKey {
  const accepted = acceptKey(pem);
  if (accepted.kind === 'refused') throw new Error(`public key refused: ${accepted.reason}`);
  return accepted.key;
}

/** SHA-256 of the SPKI, in hex: what is read out over the telephone, and by which one key is known to be another's. */
export function fingerprint({ spki }: Pick<PublicKey, 'spki'>, algorithm: 'sha256' | 'sm3' = 'sha256'): string {
  const digest = algorithm === 'sm3' ? sm3(spki) : createHash(algorithm).update(spki).digest();
  return digest.toString('hex');
}

/** SM2 goes by the bytes where this runtime has no engine of its own for it. */
export type PrivateKey =
  | { alg: Exclude<Algorithm, 'sm2'>; key: KeyObject; pkcs8: Buffer }
  | { alg: 'sm2'; key: KeyObject | undefined; pkcs8: Buffer };

/** A private key in PEM (PKCS #8, or SEC 1 for P-256 and SM2). Throws on one of another kind. */
export function privateKeyOf(pem: string, sm2By: Engine = sm2Engine()): PrivateKey {
  const scalar = scalarOf(pem);
  if (scalar !== undefined) return { alg: 'sm2', ...sm2PrivateKey(scalar, sm2By) };
  const key = createPrivateKey(pem);
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const { alg } = publicKeyOf(createPublicKey(pem).export({ format: 'pem', type: 'spki' }).toString());
  if (alg === 'sm2') throw new Error('a private key of SM2 in a form that is not read');
  return { alg, key, pkcs8 };
}

const onePem = /^-----BEGIN (PUBLIC KEY|CERTIFICATE)-----\s([A-Za-z0-9+/=\s]+)-----END \1-----$/;

function spkiOf(pem: string): Buffer | undefined {
  const [, kind, text] = onePem.exec(pem.trim()) ?? [];
  if (text === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64');
  if (kind === 'PUBLIC KEY') return bytes;
  try {
    const certificate = new X509Certificate(bytes);
    if (!certificate.raw.equals(bytes)) return undefined;
    return certificate.publicKey.export({ format: 'der', type: 'spki' });
  } catch {
    return undefined;
  }
}

/** Undefined where the bytes are no key, or are not just how it is written. */
function keyOf(spki: Buffer): KeyObject | undefined {
  try {
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return key.export({ format: 'der', type: 'spki' }).equals(spki) ? key : undefined;
  } catch {
    return undefined;
  }
}

/** Uncompressed and not the point at infinity; that it lies on the curve was checked by the import. */
function isOnP256(spki: Buffer): boolean {
  return spki.length === 91 && spki[26] === 4;
}
