import { describe, expect, test } from 'vitest';
import { ed25519Pem, nonce, now, post, privateKeyPem } from './example.ts';
import { privateKeyOf, publicKeyOf } from './keys.ts';
import { type SignableRequest, signRequest } from './request.ts';
import { type SignableResponse, signResponse, verifyResponse } from './response.ts';

const key = privateKeyOf(privateKeyPem);
const ours = { key, keyid: 'ippf.test.20261101.1' };
const keyOf = (id: string) => (id === ours.keyid ? publicKeyOf(ed25519Pem) : undefined);

const made = signRequest(post, { key, keyid: 'demo-bank.test.20261101.1' }, { now, nonce });
const request: SignableRequest = { ...post, headers: new Map([...post.headers, ...Object.entries(made)]) };
const problem: SignableResponse = {
  status: 409,
  headers: new Map([
    ['content-type', 'application/problem+json'],
    ['x-request-id', 'request-1'],
  ]),
  body: Buffer.from('{"code":"already_exists"}'),
};

function sent(response: SignableResponse = problem, of: SignableRequest = request): SignableResponse {
  const headers = signResponse(response, of, ours, now);
  return { ...response, headers: new Map([...response.headers, ...Object.entries(headers)]) };
}
const judge = (response: SignableResponse, of: SignableRequest = request, at = now) => {
  const verdict = verifyResponse(response, of, { now: at, keyOf });
  return verdict.kind === 'verified' ? verdict.kind : verdict.reason;
};
const withHeader = <Message extends { headers: ReadonlyMap<string, string> }>(
  message: Message,
  name: string,
  value: string,
) => ({ ...message, headers: new Map([...message.headers, [name, value] as const]) });
const listed = (list: string) => withHeader(request, 'signature-input', list);

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

test('a type that a gateway adds to nothing is left alone', () => {
  const empty = { status: 204, headers: new Map([['x-request-id', 'request-1']]), body: new Uint8Array() };
  expect(judge(withHeader(sent(empty), 'content-type', 'application/json'))).toBe('verified');
});

describe('an answer covers of its request', () => {
  const coveredBy = (of: SignableRequest) =>
    [...(sent(problem, of).headers.get('signature-input') ?? '').matchAll(/"([^"]+)";req/g)].map(([, name]) => name);
  const short = ['@method', '@authority', '@path'];

  test.each<[string, string, string[]]>([
    [
      'what the profile wants',
      made['signature-input'] ?? '',
      ['@method', '@authority', '@path', '@query', 'content-type', 'content-digest', 'idempotency-key'],
    ],
    ['less, where its signature covered less', 'sig1=("@method")', ['@method']],
    ['more', 'sig1=("@path" "@query" "idempotency-key");created=1', ['@path', '@query', 'idempotency-key']],
  ])('just what its signature covered: %s', (_what, list, covered) => {
    expect(coveredBy(listed(list))).toEqual(covered);
    expect(judge(sent(problem, listed(list)), listed(list))).toBe('verified');
  });

  test.each([
    ['no list at all', ''],
    ['junk', '\u0000"'],
    ['another label', 'sig2=("@method")'],
    ['two labels', 'sig1=("@method"), sig2=("@path")'],
    ['an empty list', 'sig1=()'],
    ['a name twice', 'sig1=("@method" "@method")'],
    ['a name in part', 'sig1=("content-digest";key="sha-256")'],
    ['a name of another message', 'sig1=("@method";req)'],
    ['a header that is not there', 'sig1=("@method" "x-absent")'],
    ['more than is read', `sig1=("@method");nonce="${'n'.repeat(2_048)}"`],
    ['spaces', 'sig1=( "@method" )'],
  ])('its method, host and path where it has %s', (_what, list) => {
    expect(coveredBy(listed(list))).toEqual(short);
    expect(judge(sent(problem, listed(list)), listed(list))).toBe('verified');
  });
});

describe('not taken is', () => {
  const other: SignableRequest = {
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
    ['an answer that covers less', judge(sent(problem, listed('sig1=("@method")'))), 'signature_components'],
    ['an answer as to a request that nobody can read', judge(sent(problem, listed(''))), 'signature_components'],
    [
      'another parameter',
      judge(withHeader(answer, 'signature-input', `${list};alg="ed25519"`)),
      'signature_components',
    ],
    [
      'part of a second',
      judge(withHeader(answer, 'signature-input', list.replace(/created=(\d+)/, 'created=$1.5'))),
      'signature_expired',
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
