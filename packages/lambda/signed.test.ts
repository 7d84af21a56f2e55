import { createHash, X509Certificate } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { selfSigned } from '../../test/support/certificate.ts';
import { tries } from '../../test/support/effort.ts';
import { proxyContext, proxyEvent } from '../../test/support/proxy-event.ts';
import { startTable, type TestTable } from '../../test/support/table.ts';
import { commit } from '../commit.ts';
import type { Routes } from '../contract.ts';
import { networksOf } from '../networks.ts';
import { takeNonce } from '../nonces.ts';
import { done } from '../outcome.ts';
import { newNonce, type SignableRequest, signedRequest, type Signer } from '../signature/request.ts';
import { verifyResponse } from '../signature/response.ts';
import { newKeys } from '../signature/sample-keys.ts';
import { canonicalQuery, writeQuery } from '../signature/target.ts';
import { absent } from '../table.ts';
import { httpFunction } from './http.ts';
import { partnerGate, type RegisteredKey } from './signed.ts';
import { logger, metrics } from './telemetry.ts';

const Claim = z.strictObject({ claimNo: z.string().max(20), amountFen: z.int().nonnegative() });
const routes = {
  fileClaim: {
    method: 'POST',
    path: '/v1/claims',
    tag: 'claims',
    summary: 'file',
    roles: ['bank'],
    body: Claim,
    status: 201,
    answer: Claim,
  },
  listClaims: {
    method: 'GET',
    path: '/v1/claims',
    tag: 'claims',
    summary: 'list',
    roles: ['bank', 'insurer'],
    query: z.strictObject({ about: z.string().optional() }),
    status: 200,
    answer: z.strictObject({ about: z.string() }),
  },
  dropClaim: {
    method: 'DELETE',
    path: '/v1/claims/{claimNo}',
    tag: 'claims',
    summary: 'drop',
    roles: ['bank'],
    params: z.strictObject({ claimNo: z.string() }),
    status: 204,
  },
} as const satisfies Routes;

const authority = 'api.example.cn';
let now = new Date('2026-11-23T02:15:30.000Z');
const pairs = { a: newKeys('ecdsa-p256-sha256'), b: newKeys('ed25519'), ours: newKeys('ecdsa-p256-sha256') };
const ours: Signer = { key: pairs.ours.privateKey, keyid: 'ippf.test.20261101.1' };
const registered = (partnerId: string, key: RegisteredKey['key'], change: Partial<RegisteredKey> = {}) => ({
  partner: { kind: 'partner' as const, partnerId, role: 'bank' as const },
  key,
  state: 'active' as const,
  notBefore: '2026-11-01T00:00:00.000Z',
  notAfter: '2027-10-31T00:00:00.000Z',
  suspended: false,
  addresses: networksOf([]),
  ...change,
});
let keys: Map<string, RegisteredKey>;
let store: TestTable;
/** `more`: headers that stand beside those of the request; a host among them stands instead of ours. */
let send: (
  request: SignableRequest,
  more?: Record<string, string[]>,
  sourceIp?: string,
  clientCertPem?: string,
) => Promise<Answer>;
let effects = 0;
let signerThere = true;
type Answer = { status: number; headers: Map<string, string>; bytes: Buffer; code: string | undefined };

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  const handler = httpFunction({
    routes,
    table,
    clock: () => now,
    cursorSecret: async () => 'secret',
    tokens: async () => 'token_invalid',
    partners: partnerGate({
      authorities: [authority],
      keyOf: async (keyid) => keys.get(keyid),
      takeNonce: (nonce, at) => takeNonce(table, nonce, at),
      signer: async () => {
        if (!signerThere) throw Object.assign(new Error('no key'), { $metadata: {} });
        return ours;
      },
    }),
    operations: {
      fileClaim: async ({ body, receipt, caller }) => {
        const outcome = done(body);
        const pk = `CLAIM#${caller.kind === 'partner' ? caller.partnerId : ''}#${body.claimNo}`;
        const put = { kind: 'put' as const, item: { pk, sk: 'HEAD' }, condition: absent };
        if ((await commit(table, [put], receipt, outcome)) === 'written') effects += 1;
        return outcome;
      },
      listClaims: async ({ query, caller }) =>
        done({ about: `${query.about ?? ''} of ${caller.kind === 'partner' ? caller.partnerId : ''}` }),
      dropClaim: async () => done(undefined),
    },
  });
  send = async ({ method, path, query, headers, body }, more = {}, sourceIp = '203.0.113.7', clientCertPem) => {
    const beside = Object.entries({ host: [authority], ...more }).flatMap(([name, values]) =>
      values.map((value) => [name, value] as const),
    );
    const sent = [...beside, ...headers];
    const event = {
      method,
      path,
      query: new URLSearchParams(query),
      headers: sent,
      body,
      requestId: 'request-1',
      sourceIp,
      clientCertPem,
    };
    const reply = await handler(proxyEvent(event), proxyContext());
    const bytes = Buffer.from(reply.body);
    const said = bytes.length === 0 ? {} : JSON.parse(reply.body);
    const named = Object.entries(reply.headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]);
    return { status: reply.statusCode, headers: new Map(named), bytes, code: said.code };
  };
});
afterAll(() => store.stop());
beforeEach(() => {
  now = new Date('2026-11-23T02:15:30.000Z');
  keys = new Map([
    ['bank-a.test.20261101.1', registered('bank-a', pairs.a.publicKey)],
    ['bank-b.test.20261101.1', registered('bank-b', pairs.b.publicKey)],
  ]);
});

const signers = {
  a: { key: pairs.a.privateKey, keyid: 'bank-a.test.20261101.1' },
  b: { key: pairs.b.privateKey, keyid: 'bank-b.test.20261101.1' },
};
let numbers = 0;
const newKey = () => `20261123-${String((numbers += 1)).padStart(12, '0')}`;

function signed(request: Partial<SignableRequest>, by: Signer = signers.a, nonce = newNonce()): SignableRequest {
  const whole: SignableRequest = {
    method: 'GET',
    path: '/v1/claims',
    query: '',
    body: new Uint8Array(),
    headers: new Map(),
    ...request,
    authority,
  };
  return signedRequest(whole, by, { now, nonce });
}

function filing(claimNo: string, key = newKey()): Partial<SignableRequest> {
  const headers = new Map([
    ['content-type', 'application/json'],
    ['idempotency-key', key],
  ]);
  return { method: 'POST', headers, body: Buffer.from(JSON.stringify({ claimNo, amountFen: 1 })) };
}

const unreached = async () => {
  throw new Error('no operation is reached');
};
const notReached = { fileClaim: unreached, listClaims: unreached, dropClaim: unreached };

/** What the bank makes of the answer: whether it is ours, and to this request. */
function judged({ status, headers, bytes }: Answer, request: SignableRequest): string {
  const keyOf = (keyid: string) => (keyid === ours.keyid ? pairs.ours.publicKey : undefined);
  const verdict = verifyResponse({ status, headers, body: bytes }, request, { now, keyOf });
  return verdict.kind === 'verified' ? 'verified' : verdict.reason;
}
/** What of the request the answer covers. */
const bound = ({ headers }: Answer) =>
  [...(headers.get('signature-input') ?? '').matchAll(/"([^"]+)";req/g)].map(([, name]) => name);

describe('a signed request', () => {
  test('is its partner’s, and the answer is signed for it', async () => {
    const request = signed({ query: canonicalQuery([['about', '信阳 & co']]) ?? '' });
    const answer = await send(request);
    expect([answer.status, answer.bytes.toString()]).toEqual([200, '{"about":"信阳 & co of bank-a"}']);
    expect(judged(answer, request)).toBe('verified');
    const other = signed({}, signers.b);
    expect((await send(other)).bytes.toString()).toContain('of bank-b');
    expect(judged(answer, other)).not.toBe('verified');
  });

  test('an answer with nothing in it is signed as well', async () => {
    const request = signed({
      method: 'DELETE',
      path: '/v1/claims/c-1',
      headers: new Map([['idempotency-key', newKey()]]),
    });
    const answer = await send(request);
    expect(answer.status).toBe(204);
    expect(judged(answer, request)).toBe('verified');
  });

  test('refusals are signed, and bound to what the request covered wherever that can be read', async () => {
    const whole = ['@method', '@authority', '@path', '@query'];
    const content = ['content-type', 'content-digest', 'idempotency-key'];
    const withHeader = (request: SignableRequest, name: string, value: string) => ({
      ...request,
      headers: new Map([...request.headers, [name, value]]),
    });
    const patch = { ...signed(filing('c')), method: 'PATCH' };
    const large = signed({ ...filing('large'), body: Buffer.alloc(256 * 1024 + 1, 0x20) });
    const late = signed(filing('late'));
    const cases: [SignableRequest, string, string[]][] = [
      [signed({ path: '/v1/unknown' }), 'not_found', whole],
      [patch, 'method_not_allowed', [...whole, ...content]],
      [large, 'body_too_large', [...whole, ...content]],
      [signed({ ...filing('c'), body: Buffer.from('{"claimNo":1}') }), 'validation_failed', [...whole, ...content]],
      [withHeader(signed({}), 'signature', 'nonsense'), 'signature_malformed', whole],
      [withHeader(signed({}), 'signature-input', 'sig1=("@path")'), 'signature_components', ['@path']],
      [withHeader(signed({}), 'signature-input', 'nonsense'), 'signature_malformed', whole.slice(0, 3)],
      [withHeader(signed({}), 'authorization', 'Bearer x'), 'credentials_ambiguous', whole],
      [{ ...late, body: Buffer.from('{}') }, 'digest_mismatch', [...whole, ...content]],
    ];
    for (const [request, code, covered] of cases) {
      const answer = await send(request);
      expect([answer.code, bound(answer), judged(answer, request)]).toEqual([code, covered, 'verified']);
    }
    now = new Date(now.getTime() + 301_000);
    expect([(await send(late)).code, judged(await send(late), late)]).toEqual(['signature_expired', 'verified']);
  });

  test('the host is known in capitals too', async () => {
    const request = signed({});
    const answer = await send(request, { host: [authority.toUpperCase()] });
    expect([answer.status, judged(answer, request)]).toEqual([200, 'verified']);
  });

  test.each<[string, Record<string, string[]>, string[]]>([
    ['host', { host: [authority, 'evil.example'] }, ['@method', '@authority', '@path', '@query']],
    ['host, the same twice', { host: [authority, authority] }, ['@method', '@authority', '@path', '@query']],
    ['signature', { signature: ['sig1=:AAAA:'] }, ['@method', '@authority', '@path', '@query']],
    ['signature-input', { 'signature-input': ['sig1=("@path")'] }, ['@method', '@authority', '@path']],
    ['content-type', { 'content-type': ['a', 'b'] }, ['@method', '@authority', '@path', '@query']],
  ])('a doubled header is refused as that before anything else, and signed: %s', async (_name, more, covered) => {
    const request = signed({ path: '/v1/unknown' });
    const answer = await send(request, more);
    expect([answer.status, answer.code]).toEqual([400, 'header_duplicated']);
    expect(bound(answer)).toEqual(covered);
    if (covered.includes('@query')) expect(judged(answer, request)).toBe('verified');
  });

  test('without our own key the answer says that it cannot be given now', async () => {
    signerThere = false;
    const answer = await send(signed({}));
    signerThere = true;
    expect([answer.status, answer.code, answer.headers.has('signature')]).toEqual([503, 'unavailable', false]);
  });

  test('without a key of its own for the call it is refused', async () => {
    const bare = filing('no-key');
    const headers = new Map([['content-type', 'application/json']]);
    expect(() => signed({ ...bare, headers })).toThrow('idempotency-key');
  });
});

describe('is refused', () => {
  const withKey = (change: Partial<RegisteredKey>) => {
    keys.set(signers.a.keyid, registered('bank-a', pairs.a.publicKey, change));
  };

  test.each<[string, Partial<RegisteredKey>, string]>([
    ['a revoked key', { state: 'revoked' }, 'signature_invalid'],
    ['a key that nobody approved yet', { state: 'pending' }, 'signature_invalid'],
    ['a key before its time', { notBefore: '2026-11-24T00:00:00.000Z' }, 'signature_invalid'],
    ['a key after its time', { notAfter: '2026-11-23T02:15:30.000Z' }, 'signature_invalid'],
    ['another’s key under this id', { key: pairs.b.publicKey }, 'signature_invalid'],
    ['an address that is not the partner’s', { addresses: networksOf(['198.51.100.0/24']) }, 'ip_not_allowed'],
    ['any address, where the networks cannot be read', { addresses: networksOf(['203.0.113.0/']) }, 'ip_not_allowed'],
    [
      'a call without the certificate that is bound to the partner',
      { clientCertificate: '0'.repeat(64) },
      'certificate_mismatch',
    ],
    ['a suspended partner', { suspended: true }, 'partner_suspended'],
    ['a role without the route', { partner: { kind: 'partner', partnerId: 'bank-a', role: 'insurer' } }, 'forbidden'],
  ])('%s', async (_what, change, code) => {
    withKey(change);
    const request = signed(filing('refused'));
    const before = effects;
    const answer = await send(request);
    expect([answer.code, judged(answer, request), effects - before]).toEqual([code, 'verified', 0]);
  });

  test('a retiring key and an address of the partner’s are good', async () => {
    withKey({ state: 'retiring', addresses: networksOf(['198.51.100.0/24', '203.0.113.7/32', '2001:db8::/32']) });
    expect((await send(signed({}))).status).toBe(200);
    expect((await send(signed({}), {}, '2001:db8::1')).status).toBe(200);
    expect((await send(signed({}), {}, '::ffff:203.0.113.7')).status).toBe(200);
    expect((await send(signed({}), {}, '')).code).toBe('ip_not_allowed');
  });

  test('the certificate that is bound to the partner is good, another or none is not', async () => {
    const [own, other] = [selfSigned('bank-a.example').cert, selfSigned('bank-a.example').cert];
    const clientCertificate = createHash('sha256').update(new X509Certificate(own).raw).digest('hex');
    withKey({ clientCertificate });
    expect((await send(signed({}), {}, undefined, own)).status).toBe(200);
    for (const shown of [other, 'none of any kind']) {
      expect((await send(signed({}), {}, undefined, shown)).code).toBe('certificate_mismatch');
    }
  });

  test('an unknown key, in the same words as a bad signature', async () => {
    const nobody = await send(signed({}, { ...signers.a, keyid: 'bank-z.test.20261101.1' }));
    const bad = await send(signed({}, { ...signers.b, keyid: signers.a.keyid }));
    const words = ({ bytes }: Answer) => bytes.toString();
    expect([nobody.status, words(nobody)]).toEqual([bad.status, words(bad)]);
    expect(bad.code).toBe('signature_invalid');
  });

  test('a parameter that is there twice, once the signature itself can be read', async () => {
    const request = { ...signed({ query: 'about=1' }), query: 'about=1&about=2' };
    const answer = await send(request);
    expect([answer.code, judged(answer, request)]).toEqual(['target_not_canonical', 'verified']);
    const malformed = { ...request, headers: new Map([...request.headers, ['signature', 'nonsense'] as const]) };
    expect((await send(malformed)).code).toBe('signature_malformed');
    const foreign = await send(request, { host: ['evil.example'] });
    expect(foreign.code).toBe('signature_invalid');
  });

  test('a line’s end in a parameter is no second one', async () => {
    const request = signed({ query: canonicalQuery([['about', 'a\nb']]) ?? '' });
    expect((await send(request)).bytes.toString()).toContain(String.raw`a\nb of bank-a`);
  });

  test('a body that is too large, before anything is made of it', async () => {
    const request = signed({ ...filing('large'), body: Buffer.alloc(256 * 1024 + 1, 0x20) });
    expect((await send(request)).code).toBe('body_too_large');
  });
});

describe('the same request again', () => {
  test('is a replay, however long the signature still holds, and whoever sends it', async () => {
    const request = signed(filing('again'));
    expect((await send(request)).status).toBe(201);
    expect((await send(request)).code).toBe('signature_replayed');
    now = new Date(now.getTime() + 300_000);
    expect((await send(request)).code).toBe('signature_replayed');
    now = new Date(now.getTime() + 1_000);
    expect((await send(request)).code).toBe('signature_expired');
  });

  test('under a new key of the bank the nonce stays taken; another bank may use it', async () => {
    const nonce = newNonce();
    keys.set('bank-a.test.20261101.2', registered('bank-a', pairs.b.publicKey));
    expect((await send(signed({}, signers.a, nonce))).status).toBe(200);
    const rotated = { key: pairs.b.privateKey, keyid: 'bank-a.test.20261101.2' };
    expect((await send(signed({}, rotated, nonce))).code).toBe('signature_replayed');
    expect((await send(signed({}, signers.b, nonce))).status).toBe(200);
  });

  test('sent by fifty at once is taken once', async () => {
    const request = signed(filing('fifty'));
    const before = effects;
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(request)));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'signature_replayed')).toHaveLength(49);
    expect(effects - before).toBe(1);
  });

  test('signed anew under the same idempotency key answers as before, with a new signature', async () => {
    const body = filing('kept', newKey());
    const before = effects;
    const first = await send(signed(body));
    const request = signed(body);
    const again = await send(request);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect([again.status, again.bytes]).toEqual([first.status, first.bytes]);
    expect(judged(again, request)).toBe('verified');
    expect(again.headers.get('signature')).not.toBe(first.headers.get('signature'));
    expect(effects - before).toBe(1);
  });

  test('signed anew by fifty at once has one effect', async () => {
    const body = filing('storm', newKey());
    const before = effects;
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(signed(body))));
    expect(effects - before).toBe(1);
    for (const { status, code } of answers) expect([201, 'idempotency_in_progress']).toContain(code ?? status);
  });

  test('a key of one bank is free for another', async () => {
    const body = filing('same-key', newKey());
    expect((await send(signed(body))).status).toBe(201);
    const other = await send(signed(body, signers.b));
    expect([other.status, other.headers.has('idempotency-replayed')]).toEqual([201, false]);
  });
});

test('whatever is sent with a signature, the answer is a refusal of ours, signed and bound to it', async () => {
  const letters = fc.oneof(fc.string({ maxLength: 60 }), fc.string({ unit: 'binary', maxLength: 30 }));
  // A gateway hands on no line's end, and no half letters.
  const value = letters.map((text) => text.replaceAll(/[\r\n\p{Cs}]/gu, '').trim());
  const list = fc.oneof(
    value,
    fc.stringMatching(/^sig1=\(("@?[a-z-]{1,9}";?[a-z]{0,3} ?){0,6}\)(;[a-z]{1,7}=["0-9:A-z]{0,9}){0,4}$/),
  );
  const names = [
    'accept',
    'authorization',
    'content-type',
    'content-digest',
    'idempotency-key',
    'x-request-id',
    '__proto__',
    'constructor',
  ];
  const request = fc.record({
    method: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', '', '__proto__'),
    path: fc.oneof(fc.constantFrom('/v1/claims', '/v1/claims/__proto__', '/v1/claims/%00'), value),
    parameters: fc.array(fc.tuple(fc.oneof(fc.constantFrom('__proto__', 'about'), value), value), { maxLength: 4 }),
    list,
    signature: fc.oneof(
      value,
      fc.constant('sig1=:AAAA:'),
      fc.base64String().map((text) => `sig1=:${text}:`),
    ),
    headers: fc.dictionary(fc.constantFrom(...names), value),
    body: fc.uint8Array({ maxLength: 50 }),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ parameters, list: input, signature, headers, ...rest }) => {
      const sent = {
        ...rest,
        authority,
        query: writeQuery(parameters),
        headers: new Map([...Object.entries(headers), ['signature-input', input], ['signature', signature]]),
      };
      const answer = await send(sent);
      expect([answer.code, judged(answer, sent)]).toEqual([expect.any(String), 'verified']);
      expect(answer.status).toBeGreaterThanOrEqual(400);
      expect(answer.status).toBeLessThan(500);
    }),
    { numRuns: tries(200, 20_000) },
  );
});

test('the first signed request of a process says which engine there is for SM2', async () => {
  const told: unknown[] = [];
  const spy = vi.spyOn(metrics, 'addMetric').mockImplementation((...said) => {
    told.push(said);
    return metrics;
  });
  const facts = {
    authorities: [authority],
    keyOf: async () => undefined,
    takeNonce: async () => true,
    signer: async () => ours,
  };
  const gate = partnerGate(facts);
  const handler = httpFunction({ routes, partners: gate, clock: () => now, operations: notReached });
  const { headers, ...request } = signed({});
  const event = (given: ReadonlyMap<string, string>) =>
    proxyEvent({ ...request, query: [], headers: [['host', authority], ...given], requestId: 'request-1' });
  const engine = () => told.filter((said) => String(said).startsWith('Sm2'));
  await handler(event(new Map()), proxyContext());
  expect(engine()).toEqual([]);
  await handler(event(headers), proxyContext());
  await handler(event(headers), proxyContext());
  spy.mockRestore();
  expect(engine()).toEqual([['Sm2Native', 'Count', 1]]);
});

test('no signature, nonce, body or key reaches the log, whatever comes of the call', async () => {
  const lines: string[] = [];
  const levels = ['debug', 'info', 'warn', 'error'] as const;
  const spies = levels.map((level) =>
    vi.spyOn(logger, level).mockImplementation((...said: unknown[]) => void lines.push(inspect(said, { depth: 9 }))),
  );
  const canary = 'canary-7f3a';
  const nonce = newNonce();
  const sent = [
    signed(filing(canary), signers.a, nonce),
    signed(filing(canary), signers.a, nonce),
    signed(filing(canary), { ...signers.b, keyid: signers.a.keyid }),
    { ...signed(filing(canary)), body: Buffer.from(canary) },
    {
      ...signed(filing(canary)),
      headers: new Map([
        ['signature', `sig1=:${canary}:`],
        ['signature-input', canary],
      ]),
    },
  ];
  const codes: unknown[] = [];
  for (const request of sent) codes.push((await send(request)).code);
  for (const spy of spies) spy.mockRestore();
  expect(codes).toEqual([
    undefined,
    'signature_replayed',
    'signature_invalid',
    'digest_mismatch',
    'signature_malformed',
  ]);
  expect(lines.join('\n')).toContain('signed request refused');
  const secrets = sent.flatMap(({ headers }) => [headers.get('signature') ?? canary, nonce, canary]);
  for (const secret of secrets) expect(lines.join('\n')).not.toContain(secret);
});

test('whose key a call was signed with stands beside whatever the log says of it', async () => {
  const kept: unknown[] = [];
  const spy = vi.spyOn(logger, 'appendKeys').mockImplementation((said) => void kept.push(said));
  const bad = await send(signed({}, { ...signers.b, keyid: signers.a.keyid }));
  spy.mockRestore();
  expect(bad.code).toBe('signature_invalid');
  expect(kept).toContainEqual({ keyid: signers.a.keyid });
});
