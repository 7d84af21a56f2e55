import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signBytes } from './algorithms.ts';
import { requestValue, signatureBase } from './components.ts';
import { contentDigest } from './digest.ts';
import { authority, ed25519Pem, get, keyid, nonce, now, post, privateKeyPem } from './example.ts';
import { privateKeyOf, publicKeyOf } from './keys.ts';
import { readRequest, type SignableRequest, signedRequest, signRequest, verifyRequest } from './request.ts';

const key = privateKeyOf(privateKeyPem);
const publicKey = publicKeyOf(ed25519Pem);
const rules = { now, authorities: [authority] };
const created = Math.floor(now.getTime() / 1_000);

function judge(request: SignableRequest, at = now): string {
  const read = readRequest(request, { ...rules, now: at });
  if (read.kind === 'refused') return read.code;
  const verdict = verifyRequest(read, publicKey);
  return verdict.kind === 'refused' ? verdict.code : 'verified';
}

const withHeaders = (request: SignableRequest, headers: Record<string, string>): SignableRequest => ({
  ...request,
  headers: new Map([...request.headers, ...Object.entries(headers)]),
});
const signed = (request: SignableRequest) => signedRequest(request, { key, keyid }, { now, nonce });

type Said = { list?: string; parameters?: string; label?: string };
const names = '"@method" "@authority" "@path" "@query" "content-type" "content-digest" "idempotency-key"';
const usual = (change: Record<string, string | undefined> = {}) =>
  Object.entries({
    created: String(created),
    expires: String(created + 300),
    nonce: `"${nonce}"`,
    keyid: `"${keyid}"`,
    tag: '"ippf-bank-v1"',
    ...change,
  })
    .flatMap(([name, value]) => (value === undefined ? [] : [`;${name}=${value}`]))
    .join('');

/** A request that the key's holder signed as it says here, whatever the profile wants: the signature itself is good. */
function forged({ list = names, parameters = usual(), label = 'sig1' }: Said, request = post): SignableRequest {
  const full = withHeaders(request, { 'content-digest': contentDigest(request.body) });
  const components = [...list.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ name }));
  const listText = `(${list})${parameters}`;
  const base = signatureBase(components, listText, (component) => requestValue(component, full)) ?? '';
  const signature = signBytes(key, Buffer.from(base)).toString('base64');
  return withHeaders(full, { 'signature-input': `${label}=${listText}`, signature: `${label}=:${signature}:` });
}

const expires = (after: number) => usual({ expires: String(created + after) });

test('the forger’s usual request is good', () => {
  expect(judge(forged({}))).toBe('verified');
  expect(judge(forged({ parameters: usual({ alg: '"ed25519"' }) }))).toBe('verified');
  expect(judge(forged({ list: names.split(' ').toReversed().join(' ') }))).toBe('verified');
  expect(judge(forged({ list: `${names} "accept"` }, withHeaders(post, { accept: '*/*' })))).toBe('verified');
});

describe('a good signature over something else than the profile', () => {
  test.each<[string, Said, string]>([
    ['another label', { label: 'sig2' }, 'signature_malformed'],
    ['no list', { list: '' }, 'signature_components'],
    ['method not covered', { list: names.replace('"@method" ', '') }, 'signature_components'],
    ['host not covered', { list: names.replace('"@authority" ', '') }, 'signature_components'],
    ['query not covered', { list: names.replace('"@query" ', '') }, 'signature_components'],
    ['body not covered', { list: names.replace('"content-digest" ', '') }, 'signature_components'],
    ['key not covered', { list: names.replace(' "idempotency-key"', '') }, 'signature_components'],
    ['something more', { list: `${names} "@target-uri"` }, 'signature_components'],
    ['a header more', { list: `${names} "user-agent"` }, 'signature_components'],
    ['a component twice', { list: `${names} "@method"` }, 'signature_malformed'],
    ['a component with a parameter', { list: names.replace('"@method"', '"@method";foo') }, 'signature_components'],
    ['a component of a request', { list: names.replace('"@method"', '"@method";req') }, 'signature_components'],
    [
      'one digest of several',
      { list: names.replace('"content-digest"', '"content-digest";key="sha-512"') },
      'signature_components',
    ],
    ['more spaces', { list: names.replace(' ', '  ') }, 'signature_malformed'],
    ['a name in capitals', { list: names.replace('content-type', 'Content-Type') }, 'signature_components'],
    ['a token for a name', { list: names.replace('"@method"', 'method') }, 'signature_malformed'],
    ['no time', { parameters: usual({ created: undefined }) }, 'signature_components'],
    ['no end', { parameters: usual({ expires: undefined }) }, 'signature_components'],
    ['no nonce', { parameters: usual({ nonce: undefined }) }, 'signature_components'],
    ['no key id', { parameters: usual({ keyid: undefined }) }, 'signature_components'],
    ['no tag', { parameters: usual({ tag: undefined }) }, 'signature_components'],
    ['another tag', { parameters: usual({ tag: '"ippf-bank-v2"' }) }, 'signature_components'],
    ['an unknown parameter', { parameters: `${usual()};context="x"` }, 'signature_components'],
    ['time as text', { parameters: usual({ created: `"${created}"` }) }, 'signature_malformed'],
    ['time as decimal', { parameters: usual({ created: `${created}.0` }) }, 'signature_malformed'],
    ['time before time', { parameters: usual({ created: '-1', expires: '1' }) }, 'signature_malformed'],
    ['end as text', { parameters: usual({ expires: '"never"' }) }, 'signature_malformed'],
    ['key id as token', { parameters: usual({ keyid: 'demo' }) }, 'signature_malformed'],
    ['key id of an object', { parameters: usual({ keyid: '"__proto__"' }) }, 'signature_malformed'],
    ['short nonce', { parameters: usual({ nonce: '"short"' }) }, 'signature_malformed'],
    ['nonce as bytes', { parameters: usual({ nonce: ':AAAAAAAAAAAAAAAAAAAAAA==:' }) }, 'signature_malformed'],
    ['a parameter twice', { parameters: `${usual()};keyid="${keyid}"` }, 'signature_malformed'],
    ['another alg', { parameters: usual({ alg: '"rsa-pss-sha512"' }) }, 'signature_invalid'],
    ['an alg of a shared secret', { parameters: usual({ alg: '"hmac-sha256"' }) }, 'signature_invalid'],
    ['alg as token', { parameters: usual({ alg: 'ed25519' }) }, 'signature_malformed'],
    ['an end too far', { parameters: expires(301) }, 'signature_components'],
    ['no time at all', { parameters: expires(0) }, 'signature_components'],
    ['an end before the start', { parameters: expires(-1) }, 'signature_components'],
    ['a header too large', { parameters: usual({ nonce: `"${'n'.repeat(2_048)}"` }) }, 'signature_malformed'],
  ])('%s', (_what, said, code) => {
    expect(judge(forged(said))).toBe(code);
  });
});

test.each([
  ['a line’s end', '*/*\n"date": now'],
  ['a carriage return', '*/*\r'],
  ['half a letter', '*/*\ud800'],
])('a covered header with %s has no base, whoever signed it', (_what, accept) => {
  const one = withHeaders(post, { accept });
  expect(signatureBase([{ name: 'accept' }], '()', (part) => requestValue(part, one))).toBeUndefined();
  const two = forged({ list: `${names} "accept"` }, withHeaders(post, { accept: '*/*' }));
  expect(judge(withHeaders(two, { accept }))).toBe('signature_components');
});

describe('the time window', () => {
  const at = (seconds: number) => new Date(now.getTime() + seconds * 1_000);

  test.each<[number, string]>([
    [-61, 'signature_not_yet_valid'],
    [-60, 'verified'],
    [300, 'verified'],
    [301, 'signature_expired'],
  ])('read %i seconds after it was made', (seconds, code) => {
    expect(judge(forged({}), at(seconds))).toBe(code);
  });

  test('an early end holds', () => {
    expect(judge(forged({ parameters: expires(10) }), at(10))).toBe('verified');
    expect(judge(forged({ parameters: expires(10) }), at(11))).toBe('signature_expired');
  });
});

describe('what stands in the request, but was not signed', () => {
  const good = signed(post);
  const header = (name: string) => good.headers.get(name) ?? '';
  const list = header('signature-input');
  const other = privateKeyOf(`-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f
-----END PRIVATE KEY-----
`);
  const foreign = signRequest(post, { key: other, keyid }, { now, nonce });

  test.each<[string, SignableRequest, string]>([
    ['post in small letters', { ...good, method: 'post' }, 'signature_components'],
    ['another method', { ...good, method: 'PUT' }, 'signature_invalid'],
    ['a method without a profile', { ...good, method: 'PATCH' }, 'signature_components'],
    ['an authority of somebody else', { ...good, authority: 'evil.example' }, 'signature_invalid'],
    ['the authority with a port', { ...good, authority: `${authority}:443` }, 'signature_invalid'],
    ['dots in the path', { ...good, path: '/bank/v1/./applications' }, 'target_not_canonical'],
    ['dots, escaped', { ...good, path: '/bank/%2e%2e/v1' }, 'target_not_canonical'],
    ['a backslash', { ...good, path: '/bank\\v1' }, 'target_not_canonical'],
    ['a tab', { ...good, path: '/bank/\tv1' }, 'target_not_canonical'],
    ['a slash at the end', { ...good, path: `${good.path}/` }, 'target_not_canonical'],
    ['a query that is not sorted', { ...good, query: 'b=1&a=1' }, 'target_not_canonical'],
    ['a name twice', { ...good, query: 'a=1&a=2' }, 'target_not_canonical'],
    ['a name without value', { ...good, query: 'a' }, 'target_not_canonical'],
    ['an escape that need not be', { ...good, query: 'a=%41' }, 'target_not_canonical'],
    ['an escape in small letters', { ...good, query: 'a=%e4%bf%a1' }, 'target_not_canonical'],
    ['a plus for a space', { ...good, query: 'a=1+1' }, 'target_not_canonical'],
    ['another query', { ...good, query: 'a=1' }, 'signature_invalid'],
    ['another body', { ...good, body: Buffer.from('{}') }, 'digest_mismatch'],
    [
      'another body with its digest',
      withHeaders({ ...good, body: Buffer.from('{}') }, { 'content-digest': contentDigest(Buffer.from('{}')) }),
      'signature_invalid',
    ],
    ['a body that is no text', { ...good, body: Buffer.of(0x7b, 0xff, 0x7d) }, 'body_not_utf8'],
    [
      'no digest',
      { ...good, headers: new Map([...good.headers].filter(([name]) => name !== 'content-digest')) },
      'digest_missing',
    ],
    [
      'another digest beside it',
      withHeaders(good, { 'content-digest': `${header('content-digest')}, sha-512=:AAAA:` }),
      'digest_mismatch',
    ],
    ['a digest that is none', withHeaders(good, { 'content-digest': 'sha-256=abc' }), 'digest_malformed'],
    ['a weak digest alone', withHeaders(good, { 'content-digest': 'md5=:AAAA:' }), 'digest_malformed'],
    ['two lists joined', withHeaders(good, { 'signature-input': `${list}, ${list}` }), 'signature_malformed'],
    [
      'a second label',
      withHeaders(good, {
        'signature-input': `${list}, ${list.replace('sig1', 'sig2')}`,
        signature: `${header('signature')}, ${header('signature').replace('sig1', 'sig2')}`,
      }),
      'signature_malformed',
    ],
    [
      'only one of the two',
      { ...good, headers: new Map([...good.headers].filter(([name]) => name !== 'signature')) },
      'signature_malformed',
    ],
    [
      'base64 with a bit too many',
      withHeaders(good, { signature: header('signature').replace('CA==:', 'CB==:') }),
      'signature_malformed',
    ],
    ['a signature as a string', withHeaders(good, { signature: 'sig1="abc"' }), 'signature_malformed'],
    ['a short signature', withHeaders(good, { signature: 'sig1=:AAAA:' }), 'signature_invalid'],
    ['a host with a line of its own', { ...good, authority: `${authority}\n"@path": /` }, 'signature_invalid'],
    ['no signature', withHeaders(good, { signature: 'sig1=::' }), 'signature_invalid'],
    ['another key', withHeaders(good, foreign), 'signature_invalid'],
    [
      'another idempotency key',
      withHeaders(good, { 'idempotency-key': '2026112310153000000000000043' }),
      'signature_invalid',
    ],
    [
      'no idempotency key',
      { ...good, headers: new Map([...good.headers].filter(([name]) => name !== 'idempotency-key')) },
      'signature_components',
    ],
  ])('%s', (_what, request, code) => {
    expect(judge(request)).toBe(code);
  });
});

describe('whatever is changed', () => {
  test('in what was covered, the request is refused', () => {
    const parts = [
      'method',
      'authority',
      'path',
      'query',
      'body',
      'content-type',
      'content-digest',
      'idempotency-key',
      'signature-input',
      'signature',
    ] as const;
    const request = signed({ ...post, query: 'a=1&b=2' });
    fc.assert(
      fc.property(fc.constantFrom(...parts), fc.nat(), fc.integer({ min: 1, max: 94 }), (part, place, step) => {
        const text = part === 'body' ? Buffer.from(request.body).toString() : textOf(request, part);
        const at = place % text.length;
        const letter = String.fromCharCode(((text.charCodeAt(at) - 32 + step) % 95) + 32);
        const changed = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
        expect(judge(withPart(request, part, changed))).not.toBe('verified');
      }),
      { numRuns: 3_000 },
    );
  });

  test('no header makes it throw, and none is believed', () => {
    const junk = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.stringMatching(/^sig1=\([" @a-z;-]{0,40}\)(;[a-z]{1,7}=["0-9:A-z]{0,20}){0,6}$/),
    );
    fc.assert(
      fc.property(junk, junk, junk, (input, signature, digest) => {
        const request = withHeaders(post, { 'signature-input': input, signature, 'content-digest': digest });
        expect(judge(request)).not.toBe('verified');
      }),
      { numRuns: 3_000 },
    );
  });

  test('a GET carries no digest and no key, and its query is covered', () => {
    const request = signed(get);
    expect(judge(request)).toBe('verified');
    expect(judge({ ...request, query: request.query.replace('50', '51') })).toBe('signature_invalid');
  });
});

function textOf(request: SignableRequest, part: string): string {
  if (part === 'method' || part === 'authority' || part === 'path' || part === 'query') return request[part];
  return request.headers.get(part) ?? '';
}

function withPart(request: SignableRequest, part: string, text: string): SignableRequest {
  if (part === 'body') return { ...request, body: Buffer.from(text) };
  if (part === 'method' || part === 'authority' || part === 'path' || part === 'query') {
    return { ...request, [part]: text };
  }
  return withHeaders(request, { [part]: text });
}
