import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';

/** What became of one message. `body` is what was read of the answer. */
export type Posted =
  | { kind: 'answered'; status: number; retryAfter: string | undefined; body: Buffer }
  | { kind: 'failed'; reason: string };

export type Post = {
  url: URL;
  headers: Record<string, string>;
  body: Buffer;
  lookup: LookupFunction;
  /** For everything together, from the look-up to the last byte. */
  timeoutMs: number;
  /** More is not read, and not waited for. */
  maxAnswerBytes: number;
};

/** What a receiver's people read in the log, kebab-case; errors that are not here are `connection-failed`. */
const reasons: Record<string, string> = {
  ADDRESS_NOT_ALLOWED: 'address-not-allowed',
  ENOTFOUND: 'name-not-found',
  EAI_AGAIN: 'name-not-found',
  ECONNREFUSED: 'connection-refused',
  ECONNRESET: 'connection-reset',
  EPIPE: 'connection-reset',
  ETIMEDOUT: 'timeout',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
};
/** How OpenSSL and Node name what is wrong with a certificate. */
const tlsCode = /^(?:ERR_SSL|ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|EPROTO)/;

/**
 * Sends one message on a connection of its own, so that its address is looked up and checked for it. Follows nothing;
 * never throws on what a network does.
 */
export async function postWebhook({ url, headers, body, lookup, timeoutMs, maxAnswerBytes }: Post): Promise<Posted> {
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(url, {
      method: 'POST',
      agent: false,
      lookup,
      maxHeaderSize: 16 * 1024,
      headers: { ...headers, 'content-length': String(body.length) },
    });
    const timer = setTimeout(() => end({ kind: 'failed', reason: 'timeout' }), timeoutMs);
    const end = (posted: Posted) => {
      clearTimeout(timer);
      resolve(posted);
      request.destroy();
    };
    request.on('response', (response) => read(response, maxAnswerBytes, end));
    request.on('error', (error) => end({ kind: 'failed', reason: reasonOf(error) }));
    // A 1xx may come before the answer, an upgrade instead of it: neither is one.
    request.on('upgrade', () => end({ kind: 'failed', reason: 'no-answer' }));
    request.end(body);
  });
}

function read(response: IncomingMessage, maxBytes: number, end: (posted: Posted) => void): void {
  const chunks: Buffer[] = [];
  let size = 0;
  const answered = (): Posted => ({
    kind: 'answered',
    status: response.statusCode ?? 0,
    retryAfter: response.headers['retry-after'],
    body: Buffer.concat(chunks).subarray(0, maxBytes),
  });
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    size += chunk.length;
    if (size > maxBytes) end(answered());
  });
  response.on('end', () => end(answered()));
  response.on('error', (error) => end({ kind: 'failed', reason: reasonOf(error) }));
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  return reasons[code] ?? (tlsCode.test(code) ? 'tls-failed' : 'connection-failed');
}
