import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type BreakerLimits, createBreaker } from './breaker.ts';
import type { SourceAnswer, UnavailableReason } from './facts.ts';

/** A source as data: both are asked in the same way. `purpose` is what an enterprise's consent must cover. */
export type SourceDefinition<Data> = {
  name: string;
  purpose: string;
  /** Without the path: `{baseUrl}/enterprises/{uscc}` is asked. */
  baseUrl: string;
  schema: z.ZodType<Data>;
};

/** What the adapter needs of the world. */
export type SourceWorld = {
  fetch: typeof globalThis.fetch;
  now: () => Date;
  /** Between 0 and 1, as `Math.random`. */
  random: () => number;
  wait: (milliseconds: number) => Promise<void>;
};

export type SourceLimits = {
  /** Of one attempt, from the request to the last byte. */
  timeoutMs: number;
  attempts: number;
  /** Between attempts: at least the first, at most the sum. */
  pauseMs: { least: number; jitter: number };
  maxBytes: number;
  /** How far ahead of ours the source's clock may be. */
  clockSkewMs: number;
  breaker: BreakerLimits;
};

export const defaultSourceLimits: SourceLimits = {
  timeoutMs: 2_500,
  attempts: 2,
  pauseMs: { least: 50, jitter: 150 },
  maxBytes: 256 * 1_024,
  clockSkewMs: 60_000,
  breaker: { failures: 3, openMs: 5_000 },
};

export type SourceClient<Data> = {
  /** Asks for one enterprise. Whatever goes wrong is an `unavailable` answer, never an exception. */
  pull(uscc: string, deadline?: AbortSignal): Promise<SourceAnswer<Data>>;
};

/** Failures that say the source is unwell: another attempt may help, and too many in a row open the breaker. */
const unwell: ReadonlySet<UnavailableReason> = new Set([
  'timeout',
  'unreachable',
  'rate-limited',
  'server-error',
  'truncated',
]);

const Envelope = z.strictObject({
  uscc: z.string(),
  recordId: z.string().min(1).max(128),
  observedAt: z.iso.datetime(),
  data: z.unknown(),
});
const NotFound = z.object({ code: z.literal('not_found') });

/** A failure on the way to an answer. It never leaves this file: `pull` makes an `unavailable` answer of it. */
class Unbelievable extends Error {
  readonly reason: UnavailableReason;
  /** The source asked to be left alone for a time that no attempt of ours would wait. */
  readonly leaveAlone: boolean;
  constructor(reason: UnavailableReason, leaveAlone = false) {
    super(reason);
    this.reason = reason;
    this.leaveAlone = leaveAlone;
  }
}

/**
 * The HTTP adapter of a source. It believes an answer only if it is complete, strict UTF-8, exactly of the agreed
 * shape, about the enterprise that was asked for, and observed before now.
 */
export function createSourceClient<Data>(
  source: SourceDefinition<Data>,
  world: SourceWorld,
  limits: SourceLimits = defaultSourceLimits,
): SourceClient<Data> {
  const breaker = createBreaker(limits.breaker, () => world.now().getTime());
  const fetchedAt = () => world.now().toISOString();

  async function ask(uscc: string, deadline: AbortSignal | undefined): Promise<SourceAnswer<Data> | Unbelievable> {
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(), limits.timeoutMs);
    const signal = deadline === undefined ? timer.signal : AbortSignal.any([deadline, timer.signal]);
    let answering = false;
    try {
      const url = `${source.baseUrl.replace(/\/+$/, '')}/enterprises/${encodeURIComponent(uscc)}`;
      // A redirect is not followed: where an enterprise's code is sent is configuration, not the source's choice.
      const response = await world.fetch(url, { headers: { accept: 'application/json' }, redirect: 'manual', signal });
      answering = true;
      try {
        refuseStatus(response);
        const bytes = await readBytes(response, limits.maxBytes);
        const body = parseJson(bytes);
        if (response.status === 404) return readAbsence(body);
        return readRecord(uscc, body, bytes);
      } finally {
        // Frees the connection where the body was not wanted; one that was read or broken has nothing left to cancel.
        if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined);
      }
    } catch (error) {
      if (error instanceof Unbelievable) return error;
      if (timer.signal.aborted) return new Unbelievable('timeout');
      if (deadline?.aborted === true) return new Unbelievable('deadline');
      return new Unbelievable(answering ? 'truncated' : 'unreachable');
    } finally {
      clearTimeout(timeout);
    }
  }

  function readAbsence(body: unknown): SourceAnswer<Data> {
    // A proxy's or a wrong path's 404 does not say that the source knows no such enterprise.
    if (!NotFound.safeParse(body).success) throw new Unbelievable('malformed');
    return { kind: 'unknown-there', fetchedAt: fetchedAt() };
  }

  function readRecord(uscc: string, body: unknown, bytes: Uint8Array): SourceAnswer<Data> {
    const envelope = Envelope.safeParse(body);
    if (!envelope.success) throw new Unbelievable('schema-drift');
    const { recordId, observedAt } = envelope.data;
    if (envelope.data.uscc !== uscc) throw new Unbelievable('identity-mismatch');
    if (Date.parse(observedAt) > world.now().getTime() + limits.clockSkewMs) {
      throw new Unbelievable('observed-in-future');
    }
    const data = source.schema.safeParse(envelope.data.data);
    if (!data.success) throw new Unbelievable('schema-drift');
    const digest = createHash('sha256').update(bytes).digest('hex');
    return { kind: 'known', recordId, observedAt, fetchedAt: fetchedAt(), digest, data: data.data };
  }

  return {
    async pull(uscc, deadline) {
      let reason: UnavailableReason = 'circuit-open';
      for (let attempt = 1; attempt <= limits.attempts; attempt += 1) {
        if (deadline?.aborted === true) return { kind: 'unavailable', reason: 'deadline', fetchedAt: fetchedAt() };
        if (!breaker.admits()) break;
        const answer = await ask(uscc, deadline);
        if (!(answer instanceof Unbelievable)) {
          breaker.worked();
          return answer;
        }
        reason = answer.reason;
        if (unwell.has(reason)) breaker.failed();
        else if (reason === 'deadline') breaker.abandoned();
        else breaker.worked();
        if (!unwell.has(reason) || answer.leaveAlone) break;
        if (attempt < limits.attempts) await world.wait(limits.pauseMs.least + world.random() * limits.pauseMs.jitter);
      }
      return { kind: 'unavailable', reason, fetchedAt: fetchedAt() };
    },
  };
}

function refuseStatus(response: Response): void {
  const { status } = response;
  if (status === 200 || status === 404) return;
  if (status === 429) throw new Unbelievable('rate-limited', response.headers.has('retry-after'));
  if (status >= 500) throw new Unbelievable('server-error', response.headers.has('retry-after'));
  if (status === 401 || status === 403) throw new Unbelievable('access-denied');
  if (response.type === 'opaqueredirect' || (status >= 300 && status < 400)) throw new Unbelievable('redirected');
  throw new Unbelievable('unexpected-status');
}

async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
  const [mediaType = '', ...parameters] = (response.headers.get('content-type') ?? '').toLowerCase().split(';');
  if (mediaType.trim() !== 'application/json') throw new Unbelievable('wrong-media-type');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) throw new Unbelievable('wrong-encoding');
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Unbelievable('too-large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

function parseJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Unbelievable('wrong-encoding');
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Unbelievable('malformed');
  }
}
