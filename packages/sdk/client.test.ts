import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { APIGatewayProxyResult } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { proxyContext, proxyEvent } from '../../test/support/proxy-event.ts';
import { startTable, type TestTable } from '../../test/support/table.ts';
import { commit } from '../commit.ts';
import type { Routes } from '../contract.ts';
import { httpFunction } from '../lambda/http.ts';
import { partnerGate } from '../lambda/signed.ts';
import { takeNonce } from '../nonces.ts';
import { done, refused } from '../outcome.ts';
import { pageOf, pageQuery } from '../pages.ts';
import { signResponse } from '../signature/response.ts';
import { newKeys } from '../signature/sample-keys.ts';
import { absent } from '../table.ts';
import { NoAnswer, UnreadableAnswer } from './answers.ts';
import { type Client, openClient } from './client.ts';

const Loan = z.strictObject({ loanNo: z.string().max(20), amountFen: z.int().nonnegative() });
const routes = {
  fileLoan: {
    method: 'POST',
    path: '/v1/loans',
    tag: 'loans',
    summary: 'file',
    roles: ['bank'],
    body: Loan,
    status: 201,
    answer: Loan,
    refusals: { already_exists: { status: 409, title: '已有' } },
  },
  listLoans: {
    method: 'GET',
    path: '/v1/loans',
    tag: 'loans',
    summary: 'list',
    roles: ['bank'],
    query: z.strictObject({ about: z.string().optional(), ...pageQuery }),
    status: 200,
    answer: pageOf(z.strictObject({ at: z.int() })),
  },
} as const satisfies Routes;

const bank = newKeys('ecdsa-p256-sha256');
const platform = newKeys('ed25519');
const keyid = 'bank-a.test.20261101.1';
const platformKeyid = 'ippf.test.20261101.1';
const pem = (der: Buffer, kind: string) =>
  `-----BEGIN ${kind} KEY-----\n${der.toString('base64')}\n-----END ${kind} KEY-----\n`;

/** What happens to the calls that come, one after the other; then nothing does. */
type Fate = 'answered' | 'cut before' | 'cut after' | 503 | 400 | 'changed' | 'answer to another' | 'short list' | Said;
/** What the platform signs instead of what is true. */
type Said = { status: number; text: string };
const refusing = (status: number, code: string): Said => ({ status, text: JSON.stringify({ code }) });
let fates: Fate[];
let calls: number;
let effects: number;
let store: TestTable;
let server: Server;
let waited: number[];
let client: Client;

beforeAll(async () => {
  store = await startTable();
  const { table } = store;
  server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const handler = httpFunction({
    routes,
    table,
    cursorSecret: async () => 'secret',
    partners: partnerGate({
      authorities: [authority],
      keyOf: async (id) =>
        id !== keyid
          ? undefined
          : {
              partner: { kind: 'partner', partnerId: 'bank-a', role: 'bank' },
              key: bank.publicKey,
              state: 'active',
              notBefore: '2020-01-01T00:00:00.000Z',
              notAfter: '9999-01-01T00:00:00.000Z',
              suspended: false,
              addresses: 'anywhere',
            },
      takeNonce: (nonce, now) => takeNonce(table, nonce, now),
      signer: async () => ({ key: platform.privateKey, keyid: platformKeyid }),
    }),
    operations: {
      fileLoan: async ({ body, receipt }) => {
        const outcome = done(body);
        const put = { kind: 'put' as const, item: { pk: `LOAN#${body.loanNo}`, sk: 'HEAD' }, condition: absent };
        if ((await commit(table, [put], receipt, outcome)) === 'moved') return refused('already_exists');
        effects += 1;
        return outcome;
      },
      listLoans: async ({ query, position, seal }) => {
        const start = Number(position?.['at'] ?? '0');
        const items = Array.from({ length: query.pageSize }, (_item, nth) => ({ at: start + nth }));
        const next = start + query.pageSize;
        return done({ items, nextCursor: next < 6 ? seal({ at: String(next) }) : null });
      },
    },
  });

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    calls += 1;
    const fate = fates.shift() ?? 'answered';
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (fate === 'cut before') return void response.destroy();
    if (typeof fate === 'number') return void response.writeHead(fate).end('{"message":"from the gateway"}');
    const url = new URL(request.url ?? '/', `http://${authority}`);
    if (fate === 'short list') delete request.headers['signature-input'];
    if (typeof fate === 'object' || fate === 'short list') {
      const { status, text } = fate === 'short list' ? refusing(401, 'signature_malformed') : fate;
      const headers = new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const));
      const { pathname: path, search } = url;
      const asked = { method: request.method ?? '', authority, path, query: search.slice(1), headers };
      const own = new Map([
        ['x-request-id', `request-${calls}`],
        ['content-type', 'application/problem+json'],
      ]);
      const said = { status, headers: own, body: Buffer.from(text) };
      const made = signResponse(said, asked, { key: platform.privateKey, keyid: platformKeyid }, new Date());
      return void response.writeHead(status, { ...Object.fromEntries(own), ...made }).end(text);
    }
    const event = proxyEvent({
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
      body: Buffer.concat(chunks),
      requestId: `request-${calls}`,
    });
    const answer: APIGatewayProxyResult = await handler(event, proxyContext());
    if (fate === 'cut after') return void response.destroy();
    if (fate === 'answer to another') {
      const { signature = '' } = kept?.headers ?? {};
      return void response
        .writeHead(answer.statusCode, { ...headersOf(answer), signature: String(signature) })
        .end(answer.body);
    }
    kept = answer;
    response.writeHead(answer.statusCode, headersOf(answer));
    response.end(fate === 'changed' ? answer.body.replace('1', '2') : answer.body);
  }
  let kept: APIGatewayProxyResult | undefined;
  const headersOf = ({ headers = {} }: APIGatewayProxyResult) => headers as Record<string, string>;

  client = openClient({
    baseUrl: `http://${authority}`,
    keyid,
    privateKeyPem: pem(bank.privateKey.pkcs8, 'PRIVATE'),
    platformKeys: { [platformKeyid]: pem(platform.publicKey.spki, 'PUBLIC') },
    wait: async (milliseconds) => waited.push(milliseconds),
  });
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await store.stop();
});
beforeEach(() => {
  [fates, calls, effects, waited] = [[], 0, 0, []];
});

let loans = 0;
const filing = (loanNo = `L-${(loans += 1)}`) => ({
  method: 'POST' as const,
  path: '/v1/loans',
  body: { loanNo, amountFen: 1 },
});

test('a call is signed, its answer believed, and its serial number told', async () => {
  const answer = await client.call(filing());
  expect(answer).toMatchObject({ kind: 'done', status: 201, body: { amountFen: 1 }, replayed: false });
  expect(answer.idempotencyKey).toMatch(/^\d{14}-[0-9a-f]{24}$/);
});

test('a refusal is believed as well, and not tried again', async () => {
  await client.call(filing('twice'));
  expect(await client.call(filing('twice'))).toMatchObject({ kind: 'problem', status: 409, code: 'already_exists' });
  expect(await client.call({ ...filing(), body: { loanNo: 1 } })).toMatchObject({
    status: 422,
    code: 'validation_failed',
  });
  expect(calls).toBe(3);
});

test.each<[string, Fate[]]>([
  ['the request is lost', ['cut before']],
  ['the answer is lost', ['cut after']],
  ['the gateway cannot', [503]],
  ['all of these', ['cut before', 'cut after', 503]],
])('%s: sent again under the same key, it has one effect', async (_what, before) => {
  fates = [...before];
  const answer = await client.call(filing());
  expect(answer).toMatchObject({ kind: 'done', status: 201, replayed: before.includes('cut after') });
  expect([calls, effects, waited.length]).toEqual([before.length + 1, 1, before.length]);
});

test('after so many attempts it says which serial number to ask for', async () => {
  fates = Array.from({ length: 9 }, (): Fate => 'cut before');
  const failure = await client
    .call({ ...filing(), idempotencyKey: 'asked-for-later-1' })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(NoAnswer);
  expect(failure).toMatchObject({
    idempotencyKey: 'asked-for-later-1',
    message: expect.stringContaining('the same idempotency key, or ask GET /v1/requests/asked-for-later-1'),
  });
  expect([calls, effects]).toEqual([4, 0]);
});

const outcome = (asked: Parameters<Client['call']>[0]) =>
  client.call(asked).then(
    (answer) => (answer.kind === 'done' ? 'done' : `${answer.code}, effect ${answer.effect}`),
    (error: unknown) => (error instanceof NoAnswer ? 'no answer' : String(error)),
  );
const outage = refusing(503, 'unavailable');
const limited = refusing(429, 'rate_limited');
const replayed = refusing(401, 'signature_replayed');
const expired = refusing(401, 'signature_expired');

test.each<[string, Fate[], string]>([
  ['a refusal, then silence', [outage, 'cut after', 'cut before', 'cut before'], 'no answer'],
  ['a refusal, then a gateway that cannot', [limited, limited, limited, 503], 'no answer'],
  ['replayed, then silence', [replayed, 'cut after', 'cut before', 'cut before'], 'no answer'],
  ['silence, then an outage to the end', ['cut after', outage, outage, outage], 'unavailable, effect unknown'],
  ['silence, then too many calls', ['cut after', limited, limited, limited], 'rate_limited, effect unknown'],
  ['silence, then no proof', ['cut after', expired], 'signature_expired, effect unknown'],
  ['a gateway that gave up, then no proof', [503, expired], 'signature_expired, effect unknown'],
  ['an outage to the end', [outage, outage, outage, outage], 'unavailable, effect unknown'],
  ['an outage, then no proof', [outage, expired], 'signature_expired, effect unknown'],
  ['a copy of itself that was first', [replayed, replayed, replayed, replayed], 'signature_replayed, effect unknown'],
  ['too many calls to the end', [limited, limited, limited, limited], 'rate_limited, effect none'],
  ['no proof', [expired], 'signature_expired, effect none'],
  ['silence, then a refusal that the key would have told', ['cut before', refusing(409, 'x')], 'x, effect none'],
  ['silence, then what was done', ['cut after', outage, 'answered'], 'done'],
])('%s', async (_what, ahead, said) => {
  fates = [...ahead];
  expect(await outcome(filing())).toBe(said);
  expect(fates).toEqual([]);
});

test('what only asks has no effect, whatever was lost', async () => {
  fates = ['cut after', expired];
  expect(await outcome({ method: 'GET', path: '/v1/loans' })).toBe('signature_expired, effect none');
});

test('an answer of the platform that is no JSON is told as that, and not asked for again', async () => {
  fates = [{ status: 201, text: '<html>' }];
  const failure = await client
    .call({ ...filing(), idempotencyKey: 'no-json-at-all-1' })
    .catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UnreadableAnswer);
  expect(failure).toMatchObject({ status: 201, requestId: 'request-1', idempotencyKey: 'no-json-at-all-1' });
  expect(calls).toBe(1);
});

test('no more is read than any answer holds', async () => {
  fates = [{ status: 200, text: 'x'.repeat(17 * 1024 * 1024) }];
  await expect(client.call({ method: 'GET', path: '/v1/loans' })).rejects.toThrow('too large');
  expect(calls).toBe(1);
});

test('pages that lead back to themselves end', async () => {
  const page = { status: 200, text: JSON.stringify({ items: [1], nextCursor: 'same' }) };
  fates = [page, page, page];
  const items: unknown[] = [];
  const all = async () => {
    for await (const item of client.pages('/v1/loans')) items.push(item);
  };
  await expect(all()).rejects.toThrow('same page');
  expect(items).toEqual([1]);
});

test.each<[string, Fate]>([
  ['was changed on its way', 'changed'],
  ['belongs to another call', 'answer to another'],
  ['nobody signed', 400],
  ['covers no more than that of a request that nobody can read', 'short list'],
])('an answer that %s is not believed, and not asked for again', async (_what, fate) => {
  await client.call(filing());
  [fates, calls] = [[fate], 0];
  await expect(client.call(filing())).rejects.toThrow(NoAnswer);
  expect(calls).toBe(1);
});

test('pages come one after the other', async () => {
  const items: unknown[] = [];
  for await (const item of client.pages('/v1/loans', { pageSize: 2, about: '信阳' })) items.push(item);
  expect(items).toEqual(Array.from({ length: 6 }, (_item, at) => ({ at })));
  expect(calls).toBe(3);
});

test.each<[string, Parameters<Client['call']>[0]]>([
  ['a path that could be written in another way', { method: 'GET', path: '/v1/./loans' }],
  ['a body where there is none', { method: 'GET', path: '/v1/loans', body: {} }],
  ['a key where there is none', { method: 'GET', path: '/v1/loans', idempotencyKey: 'key-of-sixteen-01' }],
  ['a key that is none', { ...filing('L'), idempotencyKey: 'key of sixteen\n01' }],
])('%s is a fault before anything is sent', async (_what, asked) => {
  await expect(client.call(asked)).rejects.toThrow(RangeError);
  expect(calls).toBe(0);
});
