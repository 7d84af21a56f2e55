/*
 * The profile `ippf-bank-v1` of RFC 9421: what a partner's request and our answer to it must cover, in which form, and
 * within which time. Nothing of it is negotiated.
 */

export const requestTag = 'ippf-bank-v1';
export const responseTag = 'ippf-resp-v1';
export const requestLabel = 'sig1';
export const responseLabel = 'plat';

/** Seconds: how old a signature may be and how long it may hold, and how far the signer's clock may be ahead. */
export const maxAge = 300;
export const maxAhead = 60;

/** Of each of the two signature headers, and of `Content-Digest`, in bytes. */
export const maxHeaderBytes = 2_048;

export const noncePattern = /^[A-Za-z0-9_-]{22,64}$/;
/** A partner's own serial number (流水号), bare. */
export const idempotencyKeyPattern = /^[A-Za-z0-9_-]{16,64}$/;
export const keyidPattern = /^[a-z0-9][a-z0-9.-]{3,63}$/;

export const algorithms = ['ed25519', 'ecdsa-p256-sha256', 'rsa-pss-sha512', 'sm2'] as const;
export type Algorithm = (typeof algorithms)[number];
/** SM2 has no name in the registry of RFC 9421, so its key alone says that it is meant. */
export const namedAlgorithms: readonly string[] = algorithms.filter((alg) => alg !== 'sm2');

const targetComponents = ['@method', '@authority', '@path', '@query'];
const contentComponents = ['content-type', 'content-digest'];

/** Headers that a partner may cover besides. */
export const extraComponents: readonly string[] = ['x-request-id', 'accept', 'date'];

/** What a request must cover, in the order in which our own signer names it; undefined for a method without a profile. */
export function requiredComponents(method: string): readonly string[] | undefined {
  switch (method) {
    case 'GET':
      return targetComponents;
    case 'DELETE':
      return [...targetComponents, 'idempotency-key'];
    case 'POST':
    case 'PUT':
      return [...targetComponents, ...contentComponents, 'idempotency-key'];
    default:
      return undefined;
  }
}

/** The stable codes of what can be wrong with a signed request, as `packages/problems.ts` has them. */
export type SignatureCode =
  | 'signature_malformed'
  | 'signature_components'
  | 'signature_not_yet_valid'
  | 'signature_expired'
  | 'signature_invalid'
  | 'target_not_canonical'
  | 'digest_missing'
  | 'digest_malformed'
  | 'digest_mismatch'
  | 'body_not_utf8';

/** `reason` is for the log and for those who integrate, in English; it holds nothing that was sent. */
export type Refused = { kind: 'refused'; code: SignatureCode; reason: string };

export function refused(code: SignatureCode, reason: string): Refused {
  return { kind: 'refused', code, reason };
}
