import { setTimeout as sleep } from 'node:timers/promises';
import { privateKeyOf, type PublicKey, publicKeyOf } from '../signature/keys.ts';
import { newNonce, type SignableRequest, signedRequest } from '../signature/request.ts';
import { verifyResponse } from '../signature/response.ts';
import { type Call, requestOf } from './calls.ts';

export type { Call };

export type ClientSettings = {
  /** E.g. `https://api.example.cn`, without a path. */
  baseUrl: string;
  keyid: string;
  /** PKCS #8 in PEM; its algorithm is the key's. */
  privateKeyPem: string;
  /** The platform's public keys by their ids, as `/.well-known/ippf-keys` gives them. */
  platformKeys: Readonly<Record<string, string>>;
  /** How often a call is sent at most; 4. */
  attempts?: number;
  /** Of one attempt, in milliseconds; 30,000. */
  timeoutMs?: number;
  clock?: () => Date;
  wait?: (milliseconds: number) => Promise<unknown>;
};

/** `problem`: the platform's refusal with its stable code. Either is proved to be the platform's, and to this call. */
export type Answer =
  | { kind: 'done'; status: number; body: unknown; replayed: boolean; requestId: string; idempotencyKey?: string }
  | { kind: 'problem'; status: number; code: string; problem: unknown; requestId: string; idempotencyKey?: string };

/** Nothing that could be believed came back. What was done is found out by asking with the same idempotency key. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
  readonly idempotencyKey: string | undefined;
  constructor(reason: string, idempotencyKey: string | undefined, cause?: unknown) {
    super(reason, { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

const defaultAttempts = 4;
const defaultTimeoutMs = 30_000;
const firstWaitMs = 500;
const longestWaitMs = 30_000;
/** What may be different the next time, and has had no effect or one that the idempotency key tells. */
const passing = new Set([429, 500, 502, 503, 504]);
const passingCodes = new Set(['idempotency_in_progress', 'signature_replayed']);

export type Client = {
  call(call: Call): Promise<Answer>;
  pages(path: string, query?: Call['query']): AsyncGenerator<unknown>;
};

/**
 * Signs each call, sends it, and believes an answer only where it is signed by the platform and bound to the call. What
 * fails in passing is sent again, signed anew with a new nonce under the same idempotency key, so that it has one effect.
 */
export function openClient(settings: ClientSettings): Client {
  const signer = { key: privateKeyOf(settings.privateKeyPem), keyid: settings.keyid };
  const keys = new Map<string, PublicKey>();
  for (const [keyid, pem] of Object.entries(settings.platformKeys)) keys.set(keyid, publicKeyOf(pem));
  const clock = settings.clock ?? (() => new Date());
  const wait = settings.wait ?? sleep;
  const attempts = settings.attempts ?? defaultAttempts;
  const base = new URL(settings.baseUrl);

  async function send(
    request: SignableRequest,
  ): Promise<{ answer: Answer; retryAfterMs: number } | { unsigned: number }> {
    const sent = signedRequest(request, signer, { now: clock(), nonce: newNonce() });
    const target = request.query === '' ? request.path : `${request.path}?${request.query}`;
    const reply = await fetch(new URL(target, base), {
      method: request.method,
      headers: Object.fromEntries(sent.headers),
      redirect: 'error',
      signal: AbortSignal.timeout(settings.timeoutMs ?? defaultTimeoutMs),
      ...(request.body.length > 0 && { body: Buffer.from(request.body) }),
    });
    const body = new Uint8Array(await reply.arrayBuffer());
    const response = { status: reply.status, headers: new Map(reply.headers), body };
    if (!response.headers.has('signature')) return { unsigned: reply.status };
    const verdict = verifyResponse(response, sent, { now: clock(), keyOf: (keyid) => keys.get(keyid) });
    if (verdict.kind === 'refused') throw new NoAnswer(`answer not believed: ${verdict.reason}`, keyOf(request));
    return {
      answer: read(response, keyOf(request)),
      retryAfterMs: waitOf(response.headers.get('retry-after')),
    };
  }

  async function call(asked: Call): Promise<Answer> {
    const request = requestOf(asked, base.host, clock());
    let last: Answer | undefined;
    let failure: unknown;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      let asksToWaitMs = 0;
      try {
        const got = await send(request);
        if ('unsigned' in got) {
          if (!passing.has(got.unsigned)) throw new NoAnswer(`unsigned answer ${got.unsigned}`, keyOf(request));
          failure = new NoAnswer(`unsigned answer ${got.unsigned}`, keyOf(request));
        } else {
          const { answer, retryAfterMs } = got;
          if (!mayPass(answer)) return answer;
          [last, asksToWaitMs] = [answer, retryAfterMs];
        }
      } catch (error) {
        if (error instanceof NoAnswer) throw error;
        failure = error;
      }
      if (attempt < attempts) await wait(Math.max(asksToWaitMs, Math.random() * backoff(attempt)));
    }
    if (last !== undefined) return last;
    throw new NoAnswer('no answer', keyOf(request), failure);
  }

  async function* pages(path: string, query: Call['query'] = {}): AsyncGenerator<unknown> {
    let cursor: string | undefined;
    do {
      const answer = await call({ method: 'GET', path, query: { ...query, cursor } });
      if (answer.kind === 'problem') throw new Error(`${path}: ${answer.code}`);
      const items = fieldOf(answer.body, 'items');
      const nextCursor = fieldOf(answer.body, 'nextCursor');
      if (!Array.isArray(items)) throw new Error(`${path} is no list`);
      yield* items;
      cursor = typeof nextCursor === 'string' ? nextCursor : undefined;
    } while (cursor !== undefined);
  }

  return { call, pages };
}

const keyOf = ({ headers }: SignableRequest) => headers.get('idempotency-key');
/** The header is not signed, so nobody waits longer for it than for anything else. */
function waitOf(retryAfter = ''): number {
  return /^\d{1,6}$/.test(retryAfter) ? Math.min(Number(retryAfter) * 1_000, longestWaitMs) : 0;
}
const backoff = (attempt: number) => Math.min(firstWaitMs * 2 ** attempt, longestWaitMs);

function mayPass(answer: Answer): boolean {
  return answer.kind === 'problem' && (passing.has(answer.status) || passingCodes.has(answer.code));
}

function read(
  { status, headers, body }: { status: number; headers: ReadonlyMap<string, string>; body: Uint8Array },
  idempotencyKey: string | undefined,
): Answer {
  const said: unknown = body.length === 0 ? undefined : JSON.parse(Buffer.from(body).toString('utf8'));
  const requestId = headers.get('x-request-id') ?? '';
  const serial = idempotencyKey === undefined ? {} : { idempotencyKey };
  if (status < 400) {
    return { kind: 'done', status, body: said, replayed: headers.has('idempotency-replayed'), requestId, ...serial };
  }
  const code = String(fieldOf(said, 'code'));
  return { kind: 'problem', status, code, problem: said, requestId, ...serial };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
