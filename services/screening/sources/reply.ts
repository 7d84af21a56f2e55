import type { UnavailableReason } from '../facts.ts';

/** A whole reply of a source that is not yet understood: JSON in strict UTF-8, or 304 without a body. */
export type Reply = { status: number; headers: Headers; body: unknown; bytes: Uint8Array };

/** A failure on the way to an answer. It never leaves this folder: an `unavailable` is made of it. */
export class Unbelievable extends Error {
  readonly reason: UnavailableReason;
  /** How long the source asked to be left alone. */
  readonly retryAfterMs: number | undefined;
  constructor(reason: UnavailableReason, retryAfterMs?: number) {
    super(reason);
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Reads a reply of one of the statuses that the question can be answered with; throws `Unbelievable` otherwise. */
export async function readReply(
  response: Response,
  allowed: { statuses: readonly number[]; maxBytes: number; now: Date },
): Promise<Reply> {
  const { status, headers } = response;
  try {
    if (!allowed.statuses.includes(status)) refuseStatus(response, allowed.now);
    if (status === 304) return { status, headers, body: undefined, bytes: new Uint8Array() };
    refuseMediaType(headers.get('content-type') ?? '');
    const bytes = await readBytes(response, allowed.maxBytes);
    return { status, headers, body: parseJson(bytes), bytes };
  } finally {
    // Frees the connection where the body was not wanted; one that was read or broken has nothing left to cancel.
    if (!response.bodyUsed) await response.body?.cancel().catch(() => undefined);
  }
}

function refuseStatus({ status, type, headers }: Response, now: Date): never {
  if (status === 429) throw new Unbelievable('rate-limited', retryAfterMs(headers, now));
  if (status >= 500) throw new Unbelievable('server-error', retryAfterMs(headers, now));
  if (status === 401 || status === 403) throw new Unbelievable('access-denied');
  // A 304 to a question that named no version is no redirect; it is just as little an answer.
  if (type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304)) {
    throw new Unbelievable('redirected');
  }
  throw new Unbelievable('unexpected-status');
}

/** RFC 9110, 10.2.3: whole seconds, or a date. What cannot be read asks for longer than anybody would wait. */
function retryAfterMs(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const date = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(date) ? Infinity : Math.max(0, date - now.getTime());
}

function refuseMediaType(contentType: string): void {
  const [mediaType = '', ...parameters] = contentType.toLowerCase().split(';');
  if (mediaType.trim() !== 'application/json') throw new Unbelievable('wrong-media-type');
  const charset = parameters.map((parameter) => parameter.trim()).find((parameter) => parameter.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) throw new Unbelievable('wrong-encoding');
}

async function readBytes(response: Response, maxBytes: number): Promise<Uint8Array> {
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
