import {
  createHmac,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  timingSafeEqual,
  verify,
} from 'node:crypto';
import { epochSeconds } from '../epoch-seconds.ts';
import { isSmallOrder } from './small-order.ts';

export type SigningKey = { kind: 'v1'; secret: string } | { kind: 'v1a'; privateKey: KeyObject };
export type VerificationKey = { kind: 'v1'; secret: string } | { kind: 'v1a'; publicKey: KeyObject };

/** `webhook-id`, `webhook-timestamp` and `webhook-signature` as they came; undefined where one did not. */
export type WebhookHeaders = { id: string | undefined; timestamp: string | undefined; signature: string | undefined };
export type SignedHeaders = { 'webhook-id': string; 'webhook-timestamp': string; 'webhook-signature': string };

export type WebhookRefusal =
  | 'header_missing'
  | 'id_malformed'
  | 'timestamp_malformed'
  | 'signature_malformed'
  | 'timestamp_too_old'
  | 'timestamp_too_new'
  | 'signature_invalid';
export type WebhookVerdict =
  | { kind: 'verified'; id: string; timestamp: number }
  | { kind: 'refused'; reason: WebhookRefusal };

type Version = 'v1' | 'v1a';
type Signature = { version: Version; bytes: Buffer };

// Without a dot in the id and with a fixed number of digits, `id.timestamp.body` can be cut in one way only.
const idPattern = /^[A-Za-z0-9_-]{1,64}$/;
const timestampPattern = /^[1-9][0-9]{9}$/;
const versionPattern = /^[a-z0-9]{1,16}$/;
const maxSignatures = 4;
const maxSignatureChars = 8_192;
const bytesOf: Record<Version, number> = { v1: 32, v1a: 64 };
const minSecretBytes = 24;
const maxSecretBytes = 64;
const rawKeyBytes = 32;

/** DER before the 32 bytes of an Ed25519 key (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * The headers of a webhook (Standard Webhooks 1.0), with one signature per key. `timestamp` in epoch seconds, `body` the
 * very bytes that are sent.
 * @throws RangeError on an id, time, number of keys or key that no strict receiver takes.
 */
export function signWebhook(webhook: {
  id: string;
  timestamp: number;
  body: Uint8Array;
  keys: readonly SigningKey[];
}): SignedHeaders {
  const { id, timestamp, body, keys } = webhook;
  const seconds = String(timestamp);
  if (!idPattern.test(id)) throw new RangeError('a webhook id is 1 to 64 letters, digits, _ or -');
  if (!timestampPattern.test(seconds)) throw new RangeError(`${seconds} is no time in epoch seconds`);
  if (keys.length < 1 || keys.length > maxSignatures) throw new RangeError(`${keys.length} keys to sign with`);
  const message = messageOf(id, seconds, body);
  const signatures = keys.map((key) => `${key.kind},${signatureBy(key, message).toString('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

/**
 * Whether one of the signatures is by one of the keys, and the time within the tolerance (whole seconds, both ends
 * included). Each key meets each signature at most once. Whether the id came before is for the caller to know.
 * @throws RangeError on an unfit key, time or tolerance of the caller's; never on what was sent.
 */
export function verifyWebhook(webhook: {
  headers: WebhookHeaders;
  body: Uint8Array;
  now: Date;
  keys: readonly VerificationKey[];
  toleranceSeconds?: number;
}): WebhookVerdict {
  const { headers, body, now, keys, toleranceSeconds = 300 } = webhook;
  const { id, timestamp, signature } = headers;
  // A repeated header may come as a list whatever its type says.
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signature !== 'string') {
    return refused('header_missing');
  }
  if (!idPattern.test(id)) return refused('id_malformed');
  if (!timestampPattern.test(timestamp)) return refused('timestamp_malformed');
  const signatures = readSignatures(signature);
  if (signatures === undefined) return refused('signature_malformed');
  const age = epochSeconds(now) - Number(timestamp);
  if (Number.isNaN(age) || !(toleranceSeconds >= 0)) throw new RangeError('now is no time, or the tolerance none');
  if (age > toleranceSeconds) return refused('timestamp_too_old');
  if (age < -toleranceSeconds) return refused('timestamp_too_new');
  const message = messageOf(id, timestamp, body);
  const fits = keys.some((key) => isSignedBy(key, signatures, message));
  return fits ? { kind: 'verified', id, timestamp: Number(timestamp) } : refused('signature_invalid');
}

/** The bytes of a `whsec_…`. @throws RangeError unless it is canonical base64 of 24 to 64 bytes. */
export function parseSecret(text: string): Buffer {
  const bytes = text.startsWith('whsec_') ? canonicalBase64(text.slice('whsec_'.length)) : undefined;
  if (bytes === undefined) throw new RangeError('a webhook secret is whsec_ and base64');
  if (bytes.length < minSecretBytes || bytes.length > maxSecretBytes) {
    throw new RangeError(
      `a webhook secret of ${bytes.length} bytes, which is not ${minSecretBytes} to ${maxSecretBytes}`,
    );
  }
  return bytes;
}

export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The key of a `whpk_…` that somebody else sent; undefined where it is none, or one for which anybody can sign. */
export function publicKeyOfText(text: string): KeyObject | undefined {
  const raw = rawKeyOf('whpk_', text);
  if (raw === undefined || isSmallOrder(raw)) return undefined;
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
}

/** `whpk_…` of a public key, or of the public half of a private one. @throws RangeError unless it is of Ed25519. */
export function textOfPublicKey(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key;
  return `whpk_${rawPublicKey(publicKey).toString('base64')}`;
}

/** Our own key, from its `whsk_…`. @throws RangeError unless it is canonical base64 of 32 bytes. */
export function privateKeyOfText(text: string): KeyObject {
  const raw = rawKeyOf('whsk_', text);
  if (raw === undefined) throw new RangeError('a private webhook key is whsk_ and base64 of 32 bytes');
  return createPrivateKey({ key: Buffer.concat([pkcs8Prefix, raw]), format: 'der', type: 'pkcs8' });
}

/** @throws RangeError unless it is a private key of Ed25519. */
export function textOfPrivateKey(key: KeyObject): string {
  const raw = ed25519Key(key, 'private').export({ format: 'der', type: 'pkcs8' }).subarray(-rawKeyBytes);
  return `whsk_${raw.toString('base64')}`;
}

function refused(reason: WebhookRefusal): WebhookVerdict {
  return { kind: 'refused', reason };
}

/** The bytes themselves: decoded as text first, two different bodies could share a signature. */
function messageOf(id: string, timestamp: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
}

function signatureBy(key: SigningKey, message: Buffer): Buffer {
  switch (key.kind) {
    case 'v1':
      return macOf(key.secret, message);
    case 'v1a':
      return sign(null, message, ed25519Key(key.privateKey, 'private'));
  }
}

function isSignedBy(key: VerificationKey, signatures: readonly Signature[], message: Buffer): boolean {
  const candidates = signatures.filter(({ version }) => version === key.kind);
  switch (key.kind) {
    case 'v1': {
      const expected = macOf(key.secret, message);
      return candidates.some(({ bytes }) => timingSafeEqual(bytes, expected));
    }
    case 'v1a': {
      if (isSmallOrder(rawPublicKey(key.publicKey))) throw new RangeError('a public key of small order');
      return candidates.some(({ bytes }) => verify(null, message, key.publicKey, bytes));
    }
  }
}

function macOf(secret: string, message: Buffer): Buffer {
  return createHmac('sha256', parseSecret(secret)).update(message).digest();
}

/** The signatures of versions that we know; undefined where the header is not well-formed from end to end. */
function readSignatures(header: string): Signature[] | undefined {
  if (header.length > maxSignatureChars) return undefined;
  const parts = header.split(' ');
  if (parts.length > maxSignatures) return undefined;
  const signatures: Signature[] = [];
  for (const part of parts) {
    const comma = part.indexOf(',');
    const version = part.slice(0, comma);
    const bytes = canonicalBase64(part.slice(comma + 1));
    if (comma < 0 || !versionPattern.test(version) || bytes === undefined) return undefined;
    if (version !== 'v1' && version !== 'v1a') continue;
    if (bytes.length !== bytesOf[version]) return undefined;
    signatures.push({ version, bytes });
  }
  return signatures;
}

/** Node decodes leniently; only the one spelling of the bytes counts, and it is not the empty one. */
function canonicalBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : undefined;
}

function rawKeyOf(prefix: string, text: string): Buffer | undefined {
  const raw = text.startsWith(prefix) ? canonicalBase64(text.slice(prefix.length)) : undefined;
  return raw?.length === rawKeyBytes ? raw : undefined;
}

function rawPublicKey(key: KeyObject): Buffer {
  return ed25519Key(key, 'public').export({ format: 'der', type: 'spki' }).subarray(-rawKeyBytes);
}

function ed25519Key(key: KeyObject, type: 'private' | 'public'): KeyObject {
  if (key.type !== type || key.asymmetricKeyType !== 'ed25519') throw new RangeError(`no ${type} key of Ed25519`);
  return key;
}
