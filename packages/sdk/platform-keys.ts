import { acceptKey, fingerprint, type PublicKey, publicKeyOf } from '../signature/keys.ts';
import { verifyResponse } from '../signature/response.ts';
import type { VerificationKey } from '../signature/standard-webhooks.ts';
import { operations, type OwnKey } from './operations.ts';
import { bodyOf } from './read-body.ts';

const algorithmOfWebhooks = 'ed25519';
const { path } = operations.getOwnKeys;
/** An unknown key is a reason to read the list again, but not for everybody who makes one up. */
const shortestMs = 60_000;
/** A next key is listed a week before its first use, so who reads daily knows it before it signs. */
const longestMs = 24 * 3_600_000;
const timeoutMs = 10_000;
const maxBytes = 256 * 1024;

/** The platform's own keys as they were read last, each only in its time. */
export type PlatformKeys = {
  answerKey(keyid: string): PublicKey | undefined;
  /** What `verifyWebhook` takes. */
  webhookKeys(): VerificationKey[];
  list(): readonly OwnKey[];
  /** Reads the list again, at most once a minute; whether it was read. Never throws: what is held goes on. */
  refresh(): Promise<boolean>;
  /** The same where the list is over a day old. */
  keepFresh(): Promise<unknown>;
};

/** The list could not be read, or nothing proves that it is the platform's. */
export class KeysNotBelieved extends Error {
  override name = 'KeysNotBelieved';
}

export type PlatformKeysOptions = {
  /** SHA-256 fingerprints of keys for answers, in hex, had from the platform's office by another way. */
  fingerprints?: readonly string[];
  clock?: () => Date;
};

/**
 * Reads `/.well-known/ippf-keys`. The list is signed with one of its own keys for answers: that one has to have a pinned
 * fingerprint or, where the list is read again, to be in the list held before. Without fingerprints TLS alone says whose
 * the list is, so they are asked for where there is none, but for this machine's own.
 * @throws KeysNotBelieved, RangeError on an address that is more than scheme and host
 */
export async function fetchPlatformKeys(baseUrl: string, options: PlatformKeysOptions = {}): Promise<PlatformKeys> {
  const base = new URL(baseUrl);
  if (base.href !== `${base.origin}/`) throw new RangeError(`"${baseUrl}" is more than a scheme and a host`);
  const clock = options.clock ?? (() => new Date());
  const pinned = options.fingerprints?.map((text) => text.replaceAll(/[\s:]/g, '').toLowerCase());
  const isLocal = ['127.0.0.1', '[::1]', 'localhost'].includes(base.hostname);
  if (pinned === undefined && base.protocol !== 'https:' && !isLocal) {
    throw new KeysNotBelieved('without TLS a fingerprint has to say whose the keys are');
  }
  let held = await load(undefined);
  let [triedAt, readAt] = [clock().getTime(), clock().getTime()];
  let underway: Promise<boolean> | undefined;

  async function load(before: Held | undefined): Promise<Held> {
    const reply = await fetch(new URL(path, base), { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
    const body = await bodyOf(reply, maxBytes);
    if (reply.status !== 200 || body === undefined) throw new KeysNotBelieved(`${path} answers ${reply.status}`);
    const next = readList(body);
    const request = { method: 'GET', authority: base.host, path, query: '', headers: new Map<string, string>() };
    const now = clock();
    const verdict = verifyResponse({ status: reply.status, headers: new Map(reply.headers), body }, request, {
      now,
      keyOf: (keyid) => validKey(next, keyid, now),
    });
    if (verdict.kind === 'refused')
      throw new KeysNotBelieved(`the list is not signed by its own key: ${verdict.reason}`);
    const signer = next.parsed.get(verdict.keyid);
    const print = signer === undefined ? '' : fingerprint(signer);
    const known = before?.parsed.get(verdict.keyid);
    const isHeld = known !== undefined && fingerprint(known) === print;
    if (pinned !== undefined && !pinned.includes(print) && !isHeld) {
      throw new KeysNotBelieved(`the list is signed by ${verdict.keyid} (${print}), which is not pinned`);
    }
    return next;
  }

  async function reload(): Promise<boolean> {
    triedAt = clock().getTime();
    try {
      held = await load(held);
      readAt = clock().getTime();
      return true;
    } catch {
      return false;
    } finally {
      underway = undefined;
    }
  }

  async function refresh(): Promise<boolean> {
    if (underway === undefined && clock().getTime() - triedAt < shortestMs) return false;
    underway ??= reload();
    return underway;
  }

  return {
    answerKey: (keyid) => validKey(held, keyid, clock()),
    webhookKeys: () => webhookKeysOf(held, clock()),
    list: () => held.list,
    refresh,
    keepFresh: async () => clock().getTime() - readAt >= longestMs && refresh(),
  };
}

/** Keys in PEM by their ids as a source that never changes; a source as it is. */
export function pinnedKeys(given: PlatformKeys | Readonly<Record<string, string>>): PlatformKeys {
  if (isSource(given)) return given;
  const parsed = new Map(Object.entries(given).map(([keyid, pem]) => [keyid, publicKeyOf(pem)]));
  return {
    answerKey: (keyid) => parsed.get(keyid),
    webhookKeys: () => [...parsed.values()].flatMap(verificationKey),
    list: () => [],
    refresh: async () => false,
    keepFresh: async () => false,
  };
}

function isSource(given: PlatformKeys | Readonly<Record<string, string>>): given is PlatformKeys {
  return typeof given['answerKey'] === 'function';
}

type Held = { list: readonly OwnKey[]; parsed: ReadonlyMap<string, PublicKey> };

function readList(body: Uint8Array): Held {
  try {
    const { keys }: { keys: OwnKey[] } = JSON.parse(Buffer.from(body).toString('utf8'));
    // A key of an algorithm that this version does not know is nothing to stumble over.
    const parsed = keys.flatMap(({ keyid, publicKeyPem }): [string, PublicKey][] => {
      const accepted = acceptKey(publicKeyPem);
      return accepted.kind === 'accepted' ? [[keyid, accepted.key]] : [];
    });
    return { list: keys, parsed: new Map(parsed) };
  } catch (error) {
    throw new KeysNotBelieved(`${path} gives no list of keys`, { cause: error });
  }
}

function holds({ notBefore, notAfter }: OwnKey, now: Date): boolean {
  // A minute is what two clocks may differ by.
  const at = now.getTime();
  return Date.parse(notBefore) <= at + shortestMs && at < Date.parse(notAfter) + shortestMs;
}

function validKey({ list, parsed }: Held, keyid: string, now: Date): PublicKey | undefined {
  const key = list.find((one) => one.keyid === keyid);
  return key?.use === 'answers' && holds(key, now) ? parsed.get(keyid) : undefined;
}

function webhookKeysOf({ list, parsed }: Held, now: Date): VerificationKey[] {
  return list
    .filter((key) => key.use === 'webhooks' && holds(key, now))
    .flatMap(({ keyid }) => verificationKey(parsed.get(keyid)));
}

function verificationKey(key: PublicKey | undefined): VerificationKey[] {
  return key?.key === undefined || key.alg !== algorithmOfWebhooks ? [] : [{ kind: 'v1a', publicKey: key.key }];
}
