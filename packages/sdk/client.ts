import { setTimeout as sleep } from 'node:timers/promises';
import { privateKeyOf } from '../signature/keys.ts';
import { newNonce, type SignableRequest, signedRequest } from '../signature/request.ts';
import { verifyResponse } from '../signature/response.ts';
import {
  type Answer,
  fieldOf,
  mayPass,
  NoAnswer,
  PageRefused,
  readAnswer,
  settled,
  staysOpen,
  UnreadableAnswer,
} from './answers.ts';
import { type Call, requestOf } from './calls.ts';
import { type PlatformKeys, pinnedKeys } from './platform-keys.ts';
import { bodyOf } from './read-body.ts';
import { type Calls, bindCalls, bindLists, type Lists } from './typed.ts';

export type ClientSettings = {
  /** E.g. `https://api.example.cn`, without a path. */
  baseUrl: string;
  keyid: string;
  /** PKCS #8 in PEM; its algorithm is the key's. */
  privateKeyPem: string;
  /** What `fetchPlatformKeys` gives, which follows the platform's changes of key; or keys in PEM by their ids, for good. */
  platformKeys: PlatformKeys | Readonly<Record<string, string>>;
  /** How often a call is sent at most; 4. */
  attempts?: number;
  /** Of one attempt, in milliseconds; 30,000. */
  timeoutMs?: number;
  clock?: () => Date;
  wait?: (milliseconds: number) => Promise<unknown>;
};

const defaultAttempts = 4;
const defaultTimeoutMs = 30_000;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** More than the platform ever says, and than anybody who stands in for it may make us read. */
const maxAnswerBytes = 16 * 1024 * 1024;

/** Every operation of the contract by its name, e.g. `listWhitelist`; `each` goes through the pages of a list. */
export type Client = Calls & {
  readonly each: Lists;
  /** The same for what the contract of this version does not know. */
  call(call: Call): Promise<Answer>;
  /** @throws PageRefused */
  pages(path: string, query?: Call['query']): AsyncGenerator<unknown>;
};

/**
 * Signs each call, sends it, and believes an answer only where it is signed by the platform and bound to the call. What
 * fails in passing is sent again, signed anew with a new nonce under the same idempotency key, so that it has one effect.
 */
export function openClient(settings: ClientSettings): Client {
  const signer = { key: privateKeyOf(settings.privateKeyPem), keyid: settings.keyid };
  const clock = settings.clock ?? (() => new Date());
  const keys = pinnedKeys(settings.platformKeys);
  const wait = settings.wait ?? sleep;
  const attempts = settings.attempts ?? defaultAttempts;
  const base = new URL(settings.baseUrl);
  if (base.href !== `${base.origin}/`) throw new RangeError(`"${settings.baseUrl}" is more than a scheme and a host`);

  async function send(sent: SignableRequest): Promise<{ answer: Answer; retryAfterMs: number } | { unsigned: number }> {
    const target = sent.query === '' ? sent.path : `${sent.path}?${sent.query}`;
    const reply = await fetch(new URL(target, base), {
      method: sent.method,
      headers: Object.fromEntries(sent.headers),
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? defaultTimeoutMs),
      ...(sent.body.length > 0 && { body: Buffer.from(sent.body) }),
    });
    const body = await bodyOf(reply, maxAnswerBytes);
    if (body === undefined) throw new NoAnswer('answer too large', keyOf(sent));
    const response = { status: reply.status, headers: new Map(reply.headers), body };
    if (!response.headers.has('signature')) return { unsigned: reply.status };
    const judge = () => verifyResponse(response, sent, { now: clock(), keyOf: (keyid) => keys.answerKey(keyid) });
    let verdict = judge();
    // The platform may have gone over to its next key since its keys were read.
    if (verdict.kind === 'refused' && verdict.reason === 'key_unknown' && (await keys.refresh())) verdict = judge();
    if (verdict.kind === 'refused') throw new NoAnswer(`answer not believed: ${verdict.reason}`, keyOf(sent));
    return {
      answer: readAnswer(response, keyOf(sent)),
      retryAfterMs: waitOf(response.headers.get('retry-after')),
    };
  }

  async function call(asked: Call): Promise<Answer> {
    const request = requestOf(asked, base.host, clock());
    await keys.keepFresh();
    /** What the last attempt came to: a refusal counts only as long as no attempt behind it was lost. */
    let last: Answer | undefined;
    let failure: unknown;
    let open = false;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      let asksToWaitMs = 0;
      const sent = signedRequest(request, signer, { now: clock(), nonce: newNonce() });
      try {
        last = undefined;
        const got = await send(sent);
        if ('unsigned' in got) {
          failure = new NoAnswer(`unsigned answer ${got.unsigned}`, keyOf(request));
          if (!mayPass({ status: got.unsigned })) throw failure;
          open = true;
        } else {
          last = settled(got.answer, open);
          if (last.kind === 'done' || !mayPass(last)) return last;
          open ||= staysOpen(last);
          asksToWaitMs = got.retryAfterMs;
        }
      } catch (error) {
        if (error instanceof NoAnswer || error instanceof UnreadableAnswer) throw error;
        [failure, open] = [error, true];
      }
      if (attempt < attempts) await wait(Math.max(asksToWaitMs, Math.random() * backoff(attempt)));
    }
    if (last !== undefined) return last;
    throw new NoAnswer('no answer', keyOf(request), failure);
  }

  async function* pages(path: string, query: Call['query'] = {}): AsyncGenerator<unknown> {
    let cursor = typeof query['cursor'] === 'string' ? query['cursor'] : undefined;
    do {
      const answer = await call({ method: 'GET', path, query: { ...query, cursor } });
      if (answer.kind === 'problem') throw new PageRefused(path, answer);
      const items = fieldOf(answer.body, 'items');
      const nextCursor = fieldOf(answer.body, 'nextCursor');
      if (!Array.isArray(items)) throw new Error(`${path} is no list`);
      if (typeof nextCursor === 'string' && nextCursor === cursor) throw new Error(`${path} leads to the same page`);
      yield* items;
      cursor = typeof nextCursor === 'string' ? nextCursor : undefined;
    } while (cursor !== undefined);
  }

  return { ...bindCalls(call), each: bindLists(pages), call, pages };
}

const keyOf = ({ headers }: SignableRequest) => headers.get('idempotency-key');
/** The header is not signed, so nobody waits longer for it than for anything else. */
function waitOf(retryAfter = ''): number {
  return /^\d{1,6}$/.test(retryAfter) ? Math.min(Number(retryAfter) * 1_000, longestWaitMs) : 0;
}
const backoff = (attempt: number) => Math.min(firstWaitMs * 2 ** attempt, longestWaitMs);
