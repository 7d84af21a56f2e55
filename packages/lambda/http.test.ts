import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { proxyContext, proxyEvent } from '../../test/support/proxy-event.ts';
import { startTable, type TestTable } from '../../test/support/table.ts';
import type { Person } from '../access.ts';
import { commit } from '../commit.ts';
import type { Routes } from '../contract.ts';
import { done, refused } from '../outcome.ts';
import { pageOf, pageQuery } from '../pages.ts';
import { absent } from '../table.ts';
import { httpFunction } from './http.ts';

const Note = z.strictObject({ noteId: z.string().min(1).max(8), amount: z.int().nonnegative() });
const routes = {
  addNote: {
    method: 'POST',
    path: '/v1/notes',
    tag: 'notes',
    summary: 'add',
    roles: ['city-admin'],
    body: Note,
    status: 201,
    answer: Note,
    refusals: { already_exists: { status: 409, title: '已有' } },
  },
  listNotes: {
    method: 'GET',
    path: '/v1/notes',
    tag: 'notes',
    summary: 'list',
    roles: ['city-admin', 'auditor'],
    query: z.strictObject({ about: z.string().optional(), ...pageQuery }),
    status: 200,
    answer: pageOf(Note),
  },
  dropNote: {
    method: 'DELETE',
    path: '/v1/notes/{noteId}',
    tag: 'notes',
    summary: 'drop',
    roles: ['city-admin'],
    params: z.strictObject({ noteId: z.string() }),
    status: 204,
  },
  breakNote: {
    method: 'POST',
    path: '/v1/notes/{noteId}/breaks',
    tag: 'notes',
    summary: 'fault',
    roles: ['city-admin'],
    params: z.strictObject({ noteId: z.string() }),
    status: 200,
    answer: Note,
  },
} as const satisfies Routes;

const now = new Date('2026-11-23T02:15:30.000Z');
let store: TestTable;
let call: (request: Partial<Sent>) => Promise<Answer>;
let effects = 0;

type Sent = {
  method: string;
  path: string;
  query: Record<string, string[]>;
  headers: Record<string, string | string[] | undefined>;
  body: string;
};
type Answer = { status: number; headers: Record<string, unknown>; body: Record<string, unknown> };

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  const handler = httpFunction({
    routes,
    table,
    clock: () => now,
    cursorSecret: async () => 'secret',
    tokens: async (token) => {
      if (token === 'expired') return 'token_expired';
      if (token === 'outage') throw Object.assign(new Error('no keys'), { code: 'ECONNREFUSED' });
      const [sub = '', role] = token.split('.');
      const person: Person = {
        kind: 'person',
        issuer: 'test',
        sub,
        role: role === 'auditor' ? 'auditor' : 'city-admin',
      };
      return token.includes('.') ? person : 'token_invalid';
    },
    operations: {
      addNote: async ({ body, receipt }) => {
        const outcome = done(body, `/v1/notes/${body.noteId}`);
        const put = {
          kind: 'put' as const,
          item: { pk: 'NOTE', sk: body.noteId, amount: body.amount },
          condition: absent,
        };
        const written = await commit(table, [put], receipt, outcome);
        if (written === 'moved') return refused('already_exists');
        effects += 1;
        return outcome;
      },
      listNotes: async ({ query, position, seal }) => {
        const start = Number(position?.['at'] ?? '0');
        const next = start + query.pageSize;
        return done({
          items: [{ noteId: String(start), amount: 0 }],
          nextCursor: next < 4 ? seal({ at: String(next) }) : null,
        });
      },
      dropNote: async () => done(undefined),
      breakNote: async ({ params }) => {
        throw params.noteId === 'store' ? Object.assign(new Error('x'), { $metadata: {} }) : new TypeError('a bug');
      },
    },
  });
  call = async (request) => {
    const answer = await handler(eventOf(request), proxyContext());
    return readAnswer(answer);
  };
});
afterAll(() => store.stop());

let calls = 0;
function eventOf({
  method = 'POST',
  path = '/v1/notes',
  query = {},
  headers = {},
  body = '',
}: Partial<Sent>): APIGatewayProxyEvent {
  calls += 1;
  const all: Sent['headers'] = {
    authorization: 'Bearer one.admin',
    ...(method === 'POST' && {
      'content-type': 'application/json',
      'idempotency-key': `a-key-of-its-own-${calls}`,
    }),
    ...headers,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined);
  return proxyEvent({
    method,
    path,
    query: Object.entries(query).flatMap(([name, values]) => values.map((value) => [name, value] as const)),
    headers: given.flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const)),
    body: Buffer.from(body),
    requestId: `request-${calls}`,
  });
}

function readAnswer({ statusCode, headers, body }: APIGatewayProxyResult): Answer {
  return { status: statusCode, headers: headers ?? {}, body: body === '' ? {} : JSON.parse(body) };
}

const note = (noteId: string, amount = 1) => JSON.stringify({ noteId, amount });

describe('every refusal is a problem with a stable code', () => {
  test.each<[string, number, Partial<Sent>]>([
    ['not_found', 404, { path: '/v1/unknown' }],
    ['not_found', 404, { path: '/v1/notes/' }],
    ['not_found', 404, { path: '/v1/notes/%61', method: 'DELETE' }],
    ['method_not_allowed', 405, { method: 'PATCH' }],
    ['signature_missing', 401, { headers: { authorization: undefined } }],
    ['credentials_ambiguous', 400, { headers: { signature: 'sig1=:AA==:' } }],
    [
      'signature_invalid',
      401,
      { headers: { authorization: undefined, signature: 'sig1=:AA==:', 'signature-input': 'sig1=()' } },
    ],
    ['token_invalid', 401, { headers: { authorization: 'Basic eA==' } }],
    ['token_invalid', 401, { headers: { authorization: 'Bearer nonsense' } }],
    ['token_expired', 401, { headers: { authorization: 'Bearer expired' } }],
    ['forbidden', 403, { headers: { authorization: 'Bearer one.auditor' }, body: note('n') }],
    ['header_duplicated', 400, { headers: { authorization: ['Bearer one.admin', 'Bearer two.admin'] } }],
    ['not_acceptable', 406, { headers: { accept: 'text/html' }, body: note('n') }],
    ['media_type_unsupported', 415, { headers: { 'content-type': 'text/plain' }, body: note('n') }],
    ['media_type_unsupported', 415, { headers: { 'content-type': undefined }, body: note('n') }],
    ['media_type_unsupported', 415, { headers: { 'content-encoding': 'gzip' }, body: note('n') }],
    ['body_too_large', 413, { body: `"${'x'.repeat(256 * 1024)}"` }],
    ['body_not_allowed', 400, { method: 'GET', body: '{}' }],
    ['json_malformed', 400, { body: '' }],
    ['json_malformed', 400, { body: '{"noteId":' }],
    ['json_duplicate_key', 400, { body: '{"noteId":"a","noteId":"b","amount":1}' }],
    ['idempotency_key_missing', 400, { headers: { 'idempotency-key': undefined }, body: note('n') }],
    ['idempotency_key_malformed', 400, { headers: { 'idempotency-key': 'short' }, body: note('n') }],
    ['cursor_invalid', 400, { method: 'GET', query: { cursor: ['made-up'] } }],
    ['unavailable', 503, { headers: { authorization: 'Bearer outage' } }],
    ['unavailable', 503, { path: '/v1/notes/store/breaks', body: '{}' }],
    ['internal', 500, { path: '/v1/notes/bug/breaks', body: '{}' }],
  ])('%s is %i', async (code, status, request) => {
    const answer = await call(request);
    expect(answer).toMatchObject({ status, body: { code, status, requestId: expect.stringMatching(/^request-/) } });
    expect(Object.keys(answer.body).toSorted()).toEqual([
      'code',
      'detail',
      'requestId',
      'serverTime',
      'status',
      'title',
      'type',
    ]);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.body['serverTime']).toBe(now.toISOString());
  });

  test.each<[string, Partial<Sent>]>([
    ['/amount', { body: '{"noteId":"a","amount":1.0}' }],
    ['/amount', { body: '{"noteId":"a","amount":"1"}' }],
    ['/amount', { body: '{"noteId":"a"}' }],
    ['/more', { body: '{"noteId":"a","amount":1,"more":true}' }],
    ['/noteId', { body: '{"noteId":"far too long","amount":1}' }],
    ['/noteId', { body: '{"noteId":null,"amount":1}' }],
    ['?more', { method: 'GET', query: { more: ['1'] } }],
    ['?pageSize', { method: 'GET', query: { pageSize: ['201'] } }],
    ['?pageSize', { method: 'GET', query: { pageSize: ['1', '2'] } }],
    ['?pageSize', { method: 'GET', query: { pageSize: ['1e1'] } }],
  ])('what is wrong is named: %s', async (pointer, request) => {
    const answer = await call(request);
    expect(answer).toMatchObject({ status: 422, body: { code: 'validation_failed', errors: [{ pointer }] } });
  });

  test('405 names the methods there are; 401 shows what is wanted', async () => {
    expect((await call({ method: 'PUT' })).headers['allow']).toBe('GET, POST');
    const missing = await call({ headers: { authorization: undefined } });
    expect(missing.headers['accept-signature']).toContain('tag="ippf-bank-v1"');
  });

  test("the caller's own request id comes back, and nothing that could not be one", async () => {
    expect((await call({ headers: { 'x-request-id': 'mine.1' } })).headers['x-request-id']).toBe('mine.1');
    expect((await call({ headers: { 'x-request-id': 'a\r\nb' } })).headers['x-request-id']).toMatch(/^request-/);
  });
});

describe('an idempotency key', () => {
  const keyed = (key: string, body: string, token = 'one.admin') =>
    call({ headers: { 'idempotency-key': key, authorization: `Bearer ${token}` }, body });

  test('answers the same call the same way, and has one effect', async () => {
    const before = effects;
    const first = await keyed('key-of-sixteen-01', note('once'));
    const again = await keyed('key-of-sixteen-01', note('once'));
    expect(first).toMatchObject({ status: 201, body: { noteId: 'once' } });
    expect(first.headers).toMatchObject({ location: '/v1/notes/once' });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again).toMatchObject({ status: 201, body: first.body });
    expect(again.headers).toMatchObject({ location: '/v1/notes/once', 'idempotency-replayed': 'true' });
    expect(effects - before).toBe(1);
  });

  test('is used up by its content, and belongs to its caller', async () => {
    await keyed('key-of-sixteen-02', note('mine'));
    expect(await keyed('key-of-sixteen-02', note('mine', 2))).toMatchObject({
      status: 422,
      body: { code: 'idempotency_key_reused' },
    });
    expect(await keyed('key-of-sixteen-02', note('yours'), 'two.admin')).toMatchObject({ status: 201 });
  });

  test('keeps a refusal of the operation', async () => {
    await keyed('key-of-sixteen-03', note('taken'));
    const refusal = await keyed('key-of-sixteen-04', note('taken', 2));
    expect(refusal).toMatchObject({ status: 409, body: { code: 'already_exists' } });
    const again = await keyed('key-of-sixteen-04', note('taken', 2));
    expect(again).toMatchObject({ status: 409, body: refusal.body, headers: { 'idempotency-replayed': 'true' } });
  });

  test('is not used up by a call that was never understood', async () => {
    expect(await keyed('key-of-sixteen-05', '{')).toMatchObject({ status: 400 });
    expect(await keyed('key-of-sixteen-05', '{"noteId":"later"}')).toMatchObject({ status: 422 });
    expect(await keyed('key-of-sixteen-05', note('later'))).toMatchObject({ status: 201 });
  });

  test('said by fifty at once has one effect, and everybody hears of that one', async () => {
    const before = effects;
    const answers = await Promise.all(Array.from({ length: 50 }, () => keyed('key-of-sixteen-06', note('race'))));
    expect(effects - before).toBe(1);
    for (const answer of answers) {
      expect([201, 409]).toContain(answer.status);
      if (answer.status === 201) expect(answer.body).toEqual({ noteId: 'race', amount: 1 });
      else expect(answer.body['code']).toBe('idempotency_in_progress');
    }
    expect(
      answers.filter((answer) => answer.status === 201 && answer.headers['idempotency-replayed'] === undefined),
    ).toHaveLength(1);
  });
});

describe('a list', () => {
  test('goes on from its cursor, for its caller and its filter only', async () => {
    const list = (query: Record<string, string[]>, token = 'one.admin') =>
      call({ method: 'GET', query, headers: { authorization: `Bearer ${token}` } });
    const first = await list({ pageSize: ['2'], about: ['x'] });
    const cursor = String(first.body['nextCursor']);
    expect(await list({ pageSize: ['2'], about: ['x'], cursor: [cursor] })).toMatchObject({
      status: 200,
      body: { items: [{ noteId: '2' }], nextCursor: null },
    });
    const foreign = [
      list({ pageSize: ['2'], about: ['y'], cursor: [cursor] }),
      list({ about: ['x'], cursor: [cursor] }, 'two.auditor'),
    ];
    for (const answer of await Promise.all(foreign)) expect(answer.body['code']).toBe('cursor_invalid');
  });
});

test('DELETE answers 204 with nothing', async () => {
  const answer = await call({ method: 'DELETE', path: '/v1/notes/n' });
  expect(answer).toMatchObject({ status: 204, body: {} });
  expect(answer.headers).not.toHaveProperty('content-type');
});
