import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type Component, requestValue } from '../../signature/components.ts';
import { writeSignature } from '../../signature/parameters.ts';
import { maxAge, requestLabel, requestTag, requiredComponents } from '../../signature/profile.ts';
import { newNonce, type SignableRequest, type Signer } from '../../signature/request.ts';
import { verifyResponse } from '../../signature/response.ts';
import { fieldOf } from '../answers.ts';
import type { PlatformKeys } from '../platform-keys.ts';

/** `code`: the problem's, or nothing. `replayed`: an answer that was kept. */
export type Reply = { status: number; code: string; replayed: boolean; body: unknown };

const timeoutMs = 30_000;

/**
 * Sends what is given as it is, once: nothing about it is put right. Throws where a signed request comes back with an answer
 * that is not the platform's to this very request, whatever the answer says.
 */
export async function sendRaw(base: URL, request: SignableRequest, keys: PlatformKeys): Promise<Reply> {
  const { status, headers, body } = await exchange(base, request);
  if (request.headers.has('signature-input')) {
    const verdict = verifyResponse({ status, headers, body }, request, {
      now: new Date(),
      keyOf: (keyid) => keys.answerKey(keyid),
    });
    if (verdict.kind === 'refused') throw new Error(`应答 ${status} 的签名不成立：${verdict.reason}`);
  }
  const said: unknown = body.length === 0 ? undefined : JSON.parse(body.toString('utf8'));
  const code = fieldOf(said, 'code');
  return {
    status,
    code: typeof code === 'string' ? code : '',
    replayed: headers.has('idempotency-replayed'),
    body: said,
  };
}

/** `200`, `409 key_taken`. */
export function told({ status, code }: Reply): string {
  return code === '' ? String(status) : `${status} ${code}`;
}

async function exchange(base: URL, { method, path, query, headers, body }: SignableRequest) {
  const target = query === '' ? path : `${path}?${query}`;
  const send = base.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<{ status: number; headers: Map<string, string>; body: Buffer }>((resolve, reject) => {
    const sent = send(
      {
        host: base.hostname.replaceAll(/[[\]]/g, ''),
        port: base.port,
        method,
        path: target,
        headers: { ...Object.fromEntries(headers), ...(body.length > 0 && { 'content-length': body.length }) },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.on('error', reject);
        reply.on('end', () => {
          const pairs = Object.entries(reply.headers).map(([name, value]): [string, string] => [name, String(value)]);
          resolve({ status: reply.statusCode ?? 0, headers: new Map(pairs), body: Buffer.concat(parts) });
        });
      },
    );
    sent.on('error', reject);
    sent.end(Buffer.from(body));
  });
}

/** How a signature is to differ from what the profile says. */
export type Deviation = { tag?: string; without?: string; holdsSeconds?: number };

/** Signs with a deviation. The request has its `content-digest` already, if it needs one. */
export function signedOddly(
  request: SignableRequest,
  { key, keyid }: Signer,
  { tag = requestTag, without, holdsSeconds = maxAge }: Deviation,
): SignableRequest {
  const components = (requiredComponents(request.method) ?? []).filter((name) => name !== without);
  const created = Math.floor(Date.now() / 1_000);
  const parameters = `created=${created};expires=${created + holdsSeconds};nonce="${newNonce()}";keyid="${keyid}";tag="${tag}"`;
  const signature = writeSignature(
    key,
    { label: requestLabel, components: components.map((name): Component => ({ name })), parameters },
    (component) => requestValue(component, request),
  );
  if (signature === undefined) throw new Error('a request without what its signature covers');
  return withHeaders(request, signature);
}

export function withHeaders(request: SignableRequest, changed: Readonly<Record<string, string>>): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...Object.entries(changed)]) };
}
