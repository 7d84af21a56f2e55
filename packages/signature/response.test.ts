import { describe, expect, test } from 'vitest';
import { ed25519Pem, nonce, now, post, privateKeyPem } from './example.ts';
import { privateKeyOf, publicKeyOf } from './keys.ts';
import { requiredComponents } from './profile.ts';
import { signRequest } from './request.ts';
import {
  type Answered,
  type SignableResponse,
  signResponse,
  unreadableComponents,
  verifyResponse,
} from './response.ts';

const key = privateKeyOf(privateKeyPem);
const ours = { key, keyid: 'ippf.test.20261101.1' };
const keyOf = (id: string) => (id === ours.keyid ? publicKeyOf(ed25519Pem) : undefined);

const made = signRequest(post, { key, keyid: 'demo-bank.test.20261101.1' }, { now, nonce });
const request: Answered = {
  ...post,
  headers: new Map([...post.headers, ...Object.entries(made)]),
  components: requiredComponents('POST') ?? [],
};
const problem: SignableResponse = {
  status: 409,
  headers: new Map([
    ['content-type', 'application/problem+json'],
    ['x-request-id', 'request-1'],
  ]),
  body: Buffer.from('{"code":"already_exists"}'),
};

function sent(response: SignableResponse = problem, of: Answered = request): SignableResponse {
  const headers = signResponse(response, of, ours, now);
  return { ...response, headers: new Map([...response.headers, ...Object.entries(headers)]) };
}
const judge = (response: SignableResponse, of: Answered = request, at = now) => {
  const verdict = verifyResponse(response, of, { now: at, keyOf });
  return verdict.kind === 'verified' ? verdict.kind : verdict.reason;
};
const withHeader = (response: SignableResponse, name: string, value: string) => ({
  ...response,
  headers: new Map([...response.headers, [name, value] as const]),
});

test('refusals are signed like answers', () => {
  expect(judge(sent())).toBe('verified');
});

test('an empty answer has the digest of nothing and no content type', () => {
  const empty = { status: 204, headers: new Map([['x-request-id', 'request-1']]), body: new Uint8Array() };
  const answer = sent(empty);
  expect(answer.headers.get('content-digest')).toBe('sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:');
  expect(answer.headers.get('signature-input')).toMatch(/^plat=\("@status" "content-digest" "x-request-id" /);
  expect(judge(answer)).toBe('verified');
});

test('an answer to what could not be read covers its method, host and path', () => {
  const unread = { ...request, components: unreadableComponents };
  expect(judge(sent(problem, unread), unread)).toBe('verified');
});

describe('not taken is', () => {
  const other: Answered = {
    ...request,
    headers: new Map([...request.headers, ['idempotency-key', '2026112310153000000000000043'] as const]),
  };
  const answer = sent();
  const later = (seconds: number) => new Date(now.getTime() + seconds * 1_000);
  const list = answer.headers.get('signature-input') ?? '';

  test.each<[string, string]>([
    ['the answer to another request', judge(sent(), other)],
    ['another status', judge({ ...answer, status: 200 })],
    ['another request id', judge(withHeader(answer, 'x-request-id', 'request-2'))],
    ['another type', judge(withHeader(answer, 'content-type', 'application/json'))],
  ])('%s', (_what, verdict) => {
    expect(verdict).toBe('signature_invalid');
  });

  test.each<[string, string, string]>([
    ['another body', judge({ ...answer, body: Buffer.from('{}') }), 'digest'],
    ['an answer without signature', judge(problem), 'signature_missing'],
    [
      'an answer that covers less',
      judge(sent(problem, { ...request, components: ['@method'] })),
      'signature_components',
    ],
    [
      'a signature of somebody’s request',
      judge(withHeader(answer, 'signature-input', made['signature-input'] ?? '')),
      'signature_malformed',
    ],
    [
      'another tag',
      judge(withHeader(answer, 'signature-input', list.replace('ippf-resp-v1', 'ippf-resp-v2'))),
      'signature_components',
    ],
    [
      'a key that we do not publish',
      judge(withHeader(answer, 'signature-input', list.replace('ippf.test.20261101.1', 'ippf.test.20261101.2'))),
      'key_unknown',
    ],
    ['an old answer', judge(answer, request, later(301)), 'signature_expired'],
    ['an answer from the future', judge(answer, request, later(-61)), 'signature_expired'],
  ])('%s', (_what, verdict, reason) => {
    expect(verdict).toBe(reason);
  });
});
