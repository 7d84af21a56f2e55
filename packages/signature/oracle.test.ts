import fc from 'fast-check';
import { createSignature, type RequestDescriptor, verifySignature } from 'http-message-sig';
import { describe, expect, test } from 'vitest';
import { signBytes, verifyBytes } from './algorithms.ts';
import { contentDigest } from './digest.ts';
import { authority, keyid, now } from './example.ts';
import { algorithms, extraComponents, requestTag, requiredComponents } from './profile.ts';
import { readRequest, type SignableRequest, signRequest, verifyRequest } from './request.ts';
import { newKeys } from './sample-keys.ts';
import { canonicalQuery, isCanonicalPath, isCanonicalQuery } from './target.ts';

/* A second reading of RFC 9421: what one signs the other takes, and what one refuses the other does not take. */

const created = Math.floor(now.getTime() / 1_000);
const word = fc.stringMatching(/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,10}$/);
const arbitraryRequest: fc.Arbitrary<SignableRequest> = fc
  .record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
    path: fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => `/${parts.join('/')}`),
    query: fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 12 }), { maxKeys: 4 }),
    body: fc.json(),
    key: fc.stringMatching(/^[A-Za-z0-9_-]{16,64}$/),
    accept: fc.option(fc.constantFrom('application/json', '*/*')),
  })
  .map(({ method, path, query, body, key, accept }) => {
    const content = method === 'POST' || method === 'PUT';
    return {
      method,
      authority,
      path,
      query: canonicalQuery(Object.entries(query)) ?? '',
      headers: new Map([
        ...(content ? [['content-type', 'application/json'] as const] : []),
        ...(method === 'GET' ? [] : [['idempotency-key', key] as const]),
        ...(accept === null ? [] : [['accept', accept] as const]),
      ]),
      body: content ? Buffer.from(body) : new Uint8Array(),
    };
  });
const arbitraryNonce = fc.stringMatching(/^[A-Za-z0-9_-]{22,64}$/);

function described({ method, path, query, headers }: SignableRequest): RequestDescriptor {
  const fields = [...headers].map(([name, value]) => ({ name, value }));
  const target = query === '' ? path : `${path}?${query}`;
  return { kind: 'request', method, targetUri: `https://${authority}${target}`, fields };
}

describe.each(algorithms)('with %s', (alg) => {
  const { privateKey, publicKey } = newKeys(alg);
  const runs = alg === 'rsa-pss-sha512' ? 200 : 1_000;
  const judge = (request: SignableRequest) => {
    const read = readRequest(request, { now, authorities: [authority] });
    return read.kind === 'refused' ? read.code : verifyRequest(read, publicKey).kind;
  };

  test('what we sign http-message-sig verifies', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRequest, arbitraryNonce, async (request, nonce) => {
        const made = signRequest(request, { key: privateKey, keyid }, { now, nonce });
        const sent = { ...request, headers: new Map([...request.headers, ...Object.entries(made)]) };
        expect(judge(sent)).toBe('verified');
        const verified = await verifySignature(described(sent), {
          label: 'sig1',
          policy: {
            algorithms: [alg],
            requiredComponents: requiredComponents(request.method) ?? [],
            requiredParameters: ['created', 'expires', 'nonce', 'keyid', 'tag'],
            maxAge: 300,
            now: created,
          },
          resolveVerifier: () => ({
            algorithm: alg,
            verify: (data, signature) => verifyBytes(publicKey, data, signature),
          }),
        });
        expect(verified).toBeDefined();
      }),
      { numRuns: runs },
    );
  });

  test('what http-message-sig signs by the profile we verify, in any order and with what may be covered besides', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRequest, arbitraryNonce, fc.nat(), async (request, nonce, turn) => {
        const digest = requiredComponents(request.method)?.includes('content-digest') === true;
        const headers = new Map([
          ...request.headers,
          ...(digest ? [['content-digest', contentDigest(request.body)] as const] : []),
        ]);
        const extra = extraComponents.filter((name) => headers.has(name));
        const all = [...(requiredComponents(request.method) ?? []), ...extra];
        const components = [...all.slice(turn % all.length), ...all.slice(0, turn % all.length)];
        const made = await createSignature(described({ ...request, headers }), {
          label: 'sig1',
          components,
          parameters: { created, expires: created + 300, nonce, keyid, tag: requestTag },
          signer: { algorithm: alg, sign: (data) => signBytes(privateKey, data) },
        });
        const signed = new Map([
          ...headers,
          ['signature-input', made.signatureInput] as const,
          ['signature', made.signature] as const,
        ]);
        expect(judge({ ...request, headers: signed })).toBe('verified');
      }),
      { numRuns: runs },
    );
  });
});

describe('the canonical target', () => {
  test('there is one way to write the parameters, whatever their order', () => {
    const parameters = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.string()), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    fc.assert(
      fc.property(parameters, (pairs) => {
        const query = canonicalQuery(pairs);
        expect(canonicalQuery(pairs.toReversed())).toBe(query);
        expect(isCanonicalQuery(query ?? '?')).toBe(true);
        const read = new Map(new URLSearchParams(query));
        expect(read).toEqual(new Map(pairs));
      }),
      { numRuns: 1_000 },
    );
  });

  test.each(['/a', '/a/b-c_d.e~f', '/v1/x..y', '/...', '/%E4%BF%A1/a', '/%28a%29'])('%s is a path', (path) => {
    expect(isCanonicalPath(path)).toBe(true);
  });

  test.each([
    '',
    '/',
    'a',
    '//',
    '/a//b',
    '/a/',
    '/.',
    '/..',
    '/a/../b',
    '/a/.',
    '/%61',
    '/a b',
    '/a?b',
    '/信阳',
    '/%e4%bf%a1',
    '/%E4',
    '/%2F',
    '/%00',
    '/%25',
    '/%2E',
  ])('"%s" is none', (path) => expect(isCanonicalPath(path)).toBe(false));

  test.each([
    '&',
    '=',
    'a',
    'a=1&',
    '=1',
    'b=1&a=1',
    'a=1&a=1',
    'a=%',
    'a=%4',
    'a=%zz',
    'a=%41',
    'a=%e4',
    'a= ',
    'a=1#',
  ])('"%s" is no query', (query) => expect(isCanonicalQuery(query)).toBe(false));
});
