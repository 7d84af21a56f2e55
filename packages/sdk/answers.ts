import type { SignableResponse } from '../signature/response.ts';

/**
 * `problem`: the platform's refusal with its stable code. Either is proved to be the platform's, and to this call (its
 * status, body and request id; `replayed` is a hint). `effect` says whether the call can have had one nevertheless, by an
 * attempt whose answer was lost or that the platform did not finish: where it is `unknown`, ask with the same idempotency
 * key, by calling again or by `GET /v1/requests/{key}`, and never call under another.
 */
export type Answer<Body = unknown, Code extends string = string, Problem = unknown> =
  | { kind: 'done'; status: number; body: Body; replayed: boolean; requestId: string; idempotencyKey?: string }
  | {
      kind: 'problem';
      status: number;
      code: Code;
      problem: Problem;
      effect: 'none' | 'unknown';
      requestId: string;
      idempotencyKey?: string;
    };

/** A page of a list was refused; the refusal is in `answer`. */
export class PageRefused extends Error {
  override name = 'PageRefused';
  readonly answer: Extract<Answer, { kind: 'problem' }>;
  constructor(path: string, answer: Extract<Answer, { kind: 'problem' }>) {
    super(`${path}: ${answer.code}`);
    this.answer = answer;
  }
}

/**
 * Nothing that could be believed came back to the last attempt. Whether the call took effect is known to the platform under
 * its idempotency key alone: ask with the same one.
 */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
  readonly idempotencyKey: string | undefined;
  constructor(reason: string, idempotencyKey: string | undefined, cause?: unknown) {
    const ask = `call again with the same idempotency key, or ask GET /v1/requests/${idempotencyKey}`;
    super(idempotencyKey === undefined ? reason : `${reason}; it may have taken effect: ${ask}`, { cause });
    this.idempotencyKey = idempotencyKey;
  }
}

/** The platform's answer to this call, proved, but not in JSON: its status says what became of the call. */
export class UnreadableAnswer extends Error {
  override name = 'UnreadableAnswer';
  readonly status: number;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  constructor(status: number, requestId: string, idempotencyKey: string | undefined, cause: unknown) {
    super(`the answer ${status} is the platform's, but no JSON`, { cause });
    this.status = status;
    this.requestId = requestId;
    this.idempotencyKey = idempotencyKey;
  }
}

/** What may be different the next time. */
const passing = new Set([429, 500, 502, 503, 504]);
const passingCodes = new Set(['idempotency_in_progress', 'signature_replayed']);
/** Refusals with these are made behind the look at what the idempotency key did before, so an earlier effect is excluded. */
const settling = new Set([409, 422]);

export function mayPass(answer: { status: number; code?: string }): boolean {
  return passing.has(answer.status) || passingCodes.has(answer.code ?? '');
}

/** Whether an attempt that was answered so may have had an effect nevertheless: now, in a while, or as another copy of it. */
export function staysOpen(answer: Answer): boolean {
  return answer.kind === 'problem' && (answer.status >= 500 || passingCodes.has(answer.code));
}

/** The answer with what it leaves open; `open`: an attempt before it may have had an effect. */
export function settled(answer: Answer, open: boolean): Answer {
  if (answer.kind === 'done' || answer.idempotencyKey === undefined) return answer;
  const unknown = staysOpen(answer) || (open && !settling.has(answer.status));
  return { ...answer, effect: unknown ? 'unknown' : 'none' };
}

/** Reads an answer that was verified. Throws an UnreadableAnswer. */
export function readAnswer({ status, headers, body }: SignableResponse, idempotencyKey: string | undefined): Answer {
  const requestId = headers.get('x-request-id') ?? '';
  const serial = idempotencyKey === undefined ? {} : { idempotencyKey };
  let said: unknown;
  try {
    said = body.length === 0 ? undefined : JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    throw new UnreadableAnswer(status, requestId, idempotencyKey, error);
  }
  if (status < 400) {
    return { kind: 'done', status, body: said, replayed: headers.has('idempotency-replayed'), requestId, ...serial };
  }
  const code = String(fieldOf(said, 'code'));
  return { kind: 'problem', status, code, problem: said, effect: 'none', requestId, ...serial };
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}
