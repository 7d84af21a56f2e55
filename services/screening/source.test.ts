import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { CreditFacts } from './facts.ts';
import { soundFacts } from './rules/sample-facts.ts';
import { createSourceClient, defaultSourceLimits, type SourceLimits } from './source.ts';

const uscc = '91411502MA9TETT0X9';
const now = '2026-11-23T04:00:00.000Z';
const { credit } = soundFacts();
const envelope = { uscc, recordId: 'credit-7', observedAt: '2026-11-20T02:00:00.000Z', data: credit };
const json = { 'content-type': 'application/json; charset=utf-8' };
// Long enough that a busy machine does not fail a healthy answer; silence is tested with a limit of its own.
const patient: SourceLimits = { ...defaultSourceLimits, timeoutMs: 60_000 };

let server: Server | undefined;
afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((closed) => (server === undefined ? closed(undefined) : server.close(closed)));
  server = undefined;
});

/** Starts a source that answers in the given ways, one after the other and then always the last. */
async function sourceThat(answers: RequestListener[], limits = patient) {
  const asked: string[] = [];
  const clock = { now: Date.parse(now) };
  const pauses: number[] = [];
  const listening = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    (answers[asked.length - 1] ?? answers.at(-1)!)(request, response);
  });
  server = listening;
  await new Promise<void>((ready) => listening.listen(0, '127.0.0.1', ready));
  const baseUrl = `http://127.0.0.1:${(listening.address() as AddressInfo).port}/credit/`;
  const world = {
    fetch,
    now: () => new Date(clock.now),
    random: () => 0.5,
    wait: async (milliseconds: number) => void pauses.push(milliseconds),
  };
  const client = createSourceClient({ name: 'credit', purpose: 'credit', baseUrl, schema: CreditFacts }, world, limits);
  return { client, asked, clock, pauses };
}

function says(body: unknown, status = 200, headers: Record<string, string> = json): RequestListener {
  return (_request, response) => {
    response
      .writeHead(status, headers)
      .end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
  };
}

const good = says(envelope);
const silent: RequestListener = () => undefined;
const refused = says({}, 500);
const unavailable = (reason: string) => ({ kind: 'unavailable', reason, fetchedAt: now });

test('an answer is kept with its record, its times and the digest of its bytes', async () => {
  const { client, asked } = await sourceThat([good]);
  expect(await client.pull(uscc)).toEqual({
    kind: 'known',
    recordId: 'credit-7',
    observedAt: '2026-11-20T02:00:00.000Z',
    fetchedAt: now,
    digest: createHash('sha256').update(JSON.stringify(envelope)).digest('hex'),
    data: credit,
  });
  expect(asked).toEqual([`GET /credit/enterprises/${uscc}`]);
});

test('an enterprise the source does not know is unknown there', async () => {
  const { client } = await sourceThat([says({ code: 'not_found' }, 404)]);
  expect(await client.pull(uscc)).toEqual({ kind: 'unknown-there', fetchedAt: now });
});

const text = JSON.stringify({
  ...envelope,
  data: { ...credit, registration: { ...credit.registration, status: '存续' } },
});
// 存续 in GBK, in the middle of a document that calls itself UTF-8.
const [head = '', tail = ''] = text.split('存续');
const gbk = Buffer.concat([Buffer.from(head), Buffer.from([0xb4, 0xe6, 0xd0, 0xf8]), Buffer.from(tail)]);

test.each<[string, RequestListener, string]>([
  ['GBK declared as UTF-8', says(gbk), 'wrong-encoding'],
  ['GBK declared as GBK', says(gbk, 200, { 'content-type': 'application/json; charset=gbk' }), 'wrong-encoding'],
  ['a page with 200', says('<html>维护中</html>', 200, { 'content-type': 'text/html' }), 'wrong-media-type'],
  ['a page that calls itself JSON', says('<html>维护中</html>'), 'malformed'],
  ['an empty body', says(''), 'malformed'],
  ['half a document, whole as HTTP', says(text.slice(0, text.length / 2)), 'malformed'],
  ['a page with 404', says('<html></html>', 404, { 'content-type': 'text/html' }), 'wrong-media-type'],
  ['a 404 that does not say not_found', says({ message: 'no route' }, 404), 'malformed'],
  ['another envelope', says({ result: envelope }), 'schema-drift'],
  ['a field more in the envelope', says({ ...envelope, page: 1 }), 'schema-drift'],
  ['a record in another shape', says({ ...envelope, data: { ...credit, taxGrade: { value: 'A' } } }), 'schema-drift'],
  ['null for a list', says({ ...envelope, data: { ...credit, penalties: null } }), 'schema-drift'],
  ['another enterprise', says({ ...envelope, uscc: '91411503MA9TEXT19G' }), 'identity-mismatch'],
  ['an observation of tomorrow', says({ ...envelope, observedAt: '2026-11-24T00:00:00Z' }), 'observed-in-future'],
  ['a local time', says({ ...envelope, observedAt: '2026-11-20 10:00:00' }), 'schema-drift'],
  ['a huge body', says({ ...envelope, recordId: 'x'.repeat(300 * 1_024) }), 'too-large'],
  ['a redirect', says('', 302, { location: `/enterprises/${uscc}` }), 'redirected'],
  ['403', says({}, 403), 'access-denied'],
  ['204', says('', 204), 'unexpected-status'],
])('%s is not believed, and not asked for twice', async (_case, answer, reason) => {
  const { client, asked } = await sourceThat([answer, good]);
  expect(await client.pull(uscc)).toEqual(unavailable(reason));
  expect(asked).toHaveLength(1);
});

const cutByLength: RequestListener = (_request, response) => {
  response.writeHead(200, { ...json, 'content-length': String(Buffer.byteLength(text)) });
  response.write(text.slice(0, 40), () => response.destroy());
};
const cutInChunk: RequestListener = (_request, response) => {
  response.writeHead(200, json);
  response.write(text.slice(0, 40), () => response.destroy());
};
const hangsUp: RequestListener = (request) => request.socket.destroy();

test.each<[string, RequestListener, string]>([
  ['500', refused, 'server-error'],
  ['429 without a time', says({}, 429), 'rate-limited'],
  ['half a body of a stated length', cutByLength, 'truncated'],
  ['a body cut within its chunks', cutInChunk, 'truncated'],
  ['a closed connection', hangsUp, 'unreachable'],
])('after %s it is asked once more', async (_case, answer, reason) => {
  const once = await sourceThat([answer, good]);
  expect(await once.client.pull(uscc)).toMatchObject({ kind: 'known', recordId: 'credit-7' });
  expect(once.pauses).toEqual([125]);
  server?.closeAllConnections();
  await new Promise((closed) => server?.close(closed));
  const always = await sourceThat([answer]);
  expect(await always.client.pull(uscc)).toEqual(unavailable(reason));
  expect(always.asked).toHaveLength(2);
});

test('a source that names a time to stay away is not asked again', async () => {
  const { client, asked } = await sourceThat([says({}, 429, { ...json, 'retry-after': '1' }), good]);
  expect(await client.pull(uscc)).toEqual(unavailable('rate-limited'));
  expect(asked).toHaveLength(1);
});

test('a source that does not answer is given up', async () => {
  const { client, asked } = await sourceThat([silent], { ...patient, timeoutMs: 30 });
  expect(await client.pull(uscc)).toEqual(unavailable('timeout'));
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('a source that stops in the middle is given up', async () => {
  const stalls: RequestListener = (_request, response) => void response.writeHead(200, json).write(text.slice(0, 40));
  const { client } = await sourceThat([stalls], { ...patient, timeoutMs: 200 });
  expect(await client.pull(uscc)).toEqual(unavailable('timeout'));
});

test("the caller's deadline ends the wait", async () => {
  const { client } = await sourceThat([silent]);
  expect(await client.pull(uscc, AbortSignal.timeout(30))).toEqual(unavailable('deadline'));
  expect(await client.pull(uscc, AbortSignal.abort())).toEqual(unavailable('deadline'));
});

test('an address nobody listens on is an answer too', async () => {
  const { client } = await sourceThat([good]);
  await new Promise((closed) => server?.close(closed));
  expect(await client.pull(uscc)).toEqual(unavailable('unreachable'));
});

test('a dead source is left alone until a probe finds it alive', async () => {
  const { client, asked, clock } = await sourceThat([refused, refused, refused, good]);
  expect(await client.pull(uscc)).toEqual(unavailable('server-error'));
  expect(await client.pull(uscc)).toEqual(unavailable('server-error'));
  expect(asked).toHaveLength(3);
  expect(await client.pull(uscc)).toEqual(unavailable('circuit-open'));
  expect(asked).toHaveLength(3);
  clock.now += 5_000;
  expect(await client.pull(uscc)).toMatchObject({ kind: 'known' });
  expect(await client.pull(uscc)).toMatchObject({ kind: 'known' });
});

test('one record that is not believed does not condemn the source', async () => {
  const { client, asked } = await sourceThat([says({ ...envelope, uscc: 'other' })]);
  for (let count = 0; count < 5; count += 1) expect(await client.pull(uscc)).toEqual(unavailable('identity-mismatch'));
  expect(asked).toHaveLength(5);
});
