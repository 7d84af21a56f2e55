import { createHash, createPrivateKey, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Algorithm } from './profile.ts';
import { pointOf, sm2Engine, sm3 } from './sm2.ts';
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
 * Reads what a partner registers: a public key as SPKI or a certificate, in PEM. Refused is what would let somebody else
 * sign, or the partner deny that it did (`signing.md` 3.2).
 */
export function acceptKey(pem: string): AcceptedKey {
  const refuse = (reason: KeyRefusal): AcceptedKey => ({ kind: 'refused', reason });
  if (pem.length > maxPemBytes) return refuse('unreadable');
  if (pem.includes('PRIVATE KEY')) return refuse('not_public');
  const spki = spkiOf(pem);
  if (spki === undefined) return refuse('unreadable');
  const point = pointOf(spki);
  if (point !== undefined) return acceptSm2(spki, point);
  let key: KeyObject;
  try {
    key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  } catch {
    return refuse('unreadable');
  }
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

export type PrivateKey = { alg: Algorithm; key: KeyObject; pkcs8: Buffer };

/** A private key in PEM (PKCS #8, or SEC 1 for P-256). Throws on one of another kind. */
export function privateKeyOf(pem: string): PrivateKey {
  const key = createPrivateKey(pem);
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const { alg } = publicKeyOf(createPublicKey(pem).export({ format: 'pem', type: 'spki' }).toString());
  return { alg, key, pkcs8 };
}

function acceptSm2(spki: Buffer, point: Buffer): AcceptedKey {
  const accepted: AcceptedKey = { kind: 'accepted', key: { alg: 'sm2-sm3', spki, key: undefined, point } };
  if (sm2Engine() === 'portable') return accepted;
  try {
    createPublicKey({ key: spki, format: 'der', type: 'spki' });
    return accepted;
  } catch {
    return { kind: 'refused', reason: 'unreadable' };
  }
}

function spkiOf(pem: string): Buffer | undefined {
  try {
    if (pem.includes('BEGIN CERTIFICATE')) {
      return new X509Certificate(pem).publicKey.export({ format: 'der', type: 'spki' });
    }
    const body = /^-----BEGIN PUBLIC KEY-----\s([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem.trim())?.[1];
    return body === undefined ? undefined : Buffer.from(body, 'base64');
  } catch {
    return undefined;
  }
}

/** Uncompressed and not the point at infinity; that it lies on the curve was checked by the import. */
function isOnP256(spki: Buffer): boolean {
  return spki.length === 91 && spki[26] === 4;
}
