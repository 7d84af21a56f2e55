import { createHash } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { CreditFacts } from '../facts.ts';
import { soundFacts } from '../rules/sample-facts.ts';
import { createSourceClient } from './client.ts';
import {
  breaksOff,
  hangsUp,
  patient,
  says,
  type ScriptedOptions,
  type ScriptedSource,
  scriptedNow as now,
  silent,
  startScripted,
} from './scripted-source.ts';

const uscc = '91411502MA9TETT0X9';
const { credit } = soundFacts();
const envelope = { uscc, recordId: 'credit-7', observedAt: '2026-11-20T02:00:00.000Z', data: credit };

let started: ScriptedSource[] = [];
afterEach(async () => {
  await Promise.all(started.map((source) => source.stop()));
  started = [];
});

async function sourceThat(answers: RequestListener[], options: ScriptedOptions = {}) {
  const source = await startScripted(answers, options);
  started.push(source);
  const { baseUrl, means } = source;
  const client = createSourceClient({ name: 'credit', purpose: 'credit', baseUrl, schema: CreditFacts }, means);
  return { client, ...source };
}

const good = says(envelope);
const refused = says({}, 500);
const answered = (answer: object) => ({ kind: 'answered', answer });
const unavailable = (reason: string) => answered({ kind: 'unavailable', reason, fetchedAt: now });
const known = { kind: 'answered', answer: { kind: 'known', recordId: 'credit-7' } };
const inTime = (milliseconds: number) => new Date(Date.parse(now) + milliseconds);

test('an answer is kept with its record, its times and the digest of its bytes', async () => {
  const { client, asked } = await sourceThat([good]);
  expect(await client.pull(uscc)).toEqual(
    answered({
      kind: 'known',
      recordId: 'credit-7',
      observedAt: '2026-11-20T02:00:00.000Z',
      fetchedAt: now,
      digest: createHash('sha256').update(JSON.stringify(envelope)).digest('hex'),
      data: credit,
    }),
  );
  expect(asked.map(({ line }) => line)).toEqual([`GET /credit/enterprises/${uscc}`]);
  expect(asked[0]?.headers).not.toHaveProperty('if-none-match');
});

test('an enterprise the source does not know is unknown there', async () => {
  const { client } = await sourceThat([says({ code: 'not_found' }, 404, { etag: '"none"' })]);
  expect(await client.pull(uscc)).toEqual(answered({ kind: 'unknown-there', fetchedAt: now }));
});

const text = JSON.stringify({
  ...envelope,
  data: { ...credit, registration: { ...credit.registration, status: '存续' } },
});
// 存续 in GBK, in the middle of a document that calls itself UTF-8.
const [head = '', tail = ''] = text.split('存续');
const gbk = Buffer.concat([Buffer.from(head), Buffer.from([0xb4, 0xe6, 0xd0, 0xf8]), Buffer.from(tail)]);
const html = { 'content-type': 'text/html' };

test.each<[string, RequestListener, string]>([
  ['GBK declared as UTF-8', says(gbk), 'wrong-encoding'],
  ['GBK declared as GBK', says(gbk, 200, { 'content-type': 'application/json; charset=gbk' }), 'wrong-encoding'],
  ['a page with 200', says('<html>维护中</html>', 200, html), 'wrong-media-type'],
  ['a page that calls itself JSON', says('<html>维护中</html>'), 'malformed'],
  ['an empty body', says(''), 'malformed'],
  ['half a document, whole as HTTP', says(text.slice(0, text.length / 2)), 'malformed'],
  ['a page with 404', says('<html></html>', 404, html), 'wrong-media-type'],
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
  ['304 where no version was named', says('', 304), 'unexpected-status'],
])('%s is not believed, and not asked for twice', async (_case, answer, reason) => {
  const { client, asked } = await sourceThat([answer, good]);
  expect(await client.pull(uscc)).toEqual(unavailable(reason));
  expect(asked).toHaveLength(1);
});

test.each(['"v1"', 'W/"v1"'])('the version %s is kept as it came, and asked for again', async (etag) => {
  const { client, asked } = await sourceThat([says(envelope, 200, { etag }), says('', 304)]);
  expect(await client.pull(uscc)).toMatchObject({ ...known, etag });
  expect(await client.pull(uscc, { etag })).toEqual({ kind: 'not-modified', checkedAt: now });
  expect(asked[1]?.headers['if-none-match']).toBe(etag);
});

test('a record that changed comes with its own version', async () => {
  const { client } = await sourceThat([says(envelope, 200, { etag: '"v2"' })]);
  expect(await client.pull(uscc, { etag: '"v1"' })).toMatchObject({ ...known, etag: '"v2"' });
});

test.each(['"a b"', `"${'x'.repeat(199)}"`, '"版本"'])('%s is no name of a version: it is not kept', async (etag) => {
  const header = Buffer.from(etag).toString('latin1');
  const { client, asked } = await sourceThat([says(envelope, 200, { etag: header })]);
  const pulled = await client.pull(uscc, { etag });
  expect(pulled).toMatchObject(known);
  expect(pulled).not.toHaveProperty('etag');
  expect(asked[0]?.headers).not.toHaveProperty('if-none-match');
});

test.each<[string, RequestListener, string]>([
  ['500', refused, 'server-error'],
  ['429 without a time', says({}, 429), 'rate-limited'],
  ['half a body of a stated length', breaksOff(text, 'by length'), 'truncated'],
  ['a body cut within its chunks', breaksOff(text, 'in a chunk'), 'truncated'],
  ['a closed connection', hangsUp, 'unreachable'],
])('after %s it is asked once more, some time later', async (_case, answer, reason) => {
  const once = await sourceThat([answer, good]);
  expect(await once.client.pull(uscc)).toMatchObject(known);
  expect(once.pauses).toEqual([100]);
  const always = await sourceThat([answer]);
  expect(await always.client.pull(uscc)).toEqual(unavailable(reason));
  expect(always.asked).toHaveLength(2);
});

test.each([
  ['a second', '1', 1_100],
  ['no time at all', '0', 100],
  ['a date', 'Mon, 23 Nov 2026 04:00:02 GMT', 2_100],
  ['a date that has passed', 'Mon, 23 Nov 2026 03:00:00 GMT', 100],
])('a source that asks for %s is asked again after it', async (_case, time, pause) => {
  for (const status of [429, 503]) {
    const { client, pauses } = await sourceThat([says({}, status, { 'retry-after': time }), good]);
    expect(await client.pull(uscc, { deadline: inTime(60_000) })).toMatchObject(known);
    expect(pauses).toEqual([pause]);
  }
});

test.each(['3', '86400', 'Tue, 24 Nov 2026 04:00:00 GMT', 'in a while', '-1', '1.5', '2026-11-23T04:00:00Z'])(
  'a source that asks for %s is left alone',
  async (time) => {
    const { client, asked } = await sourceThat([says({}, 429, { 'retry-after': time }), good]);
    expect(await client.pull(uscc)).toEqual(unavailable('rate-limited'));
    expect(asked).toHaveLength(1);
  },
);

test('no pause is begun that our own time would not outlast', async () => {
  const { client, asked, pauses } = await sourceThat([says({}, 429, { 'retry-after': '1' }), good]);
  expect(await client.pull(uscc, { deadline: inTime(1_100) })).toEqual(unavailable('rate-limited'));
  expect([asked.length, pauses]).toEqual([1, []]);
});

test('a source that does not answer is given up', async () => {
  const { client, asked } = await sourceThat([silent], { limits: { ...patient, timeoutMs: 30 } });
  expect(await client.pull(uscc)).toEqual(unavailable('timeout'));
  expect(asked.length).toBeLessThanOrEqual(2);
});

test('a source that stops in the middle is given up', async () => {
  const { client } = await sourceThat([breaksOff(text, 'silently')], { limits: { ...patient, timeoutMs: 200 } });
  expect(await client.pull(uscc)).toEqual(unavailable('timeout'));
});

test("the caller's deadline ends the wait, and is no failure of the source", async () => {
  const { client, means } = await sourceThat([silent]);
  for (let count = 0; count < 4; count += 1) {
    expect(await client.pull(uscc, { deadline: inTime(20) })).toEqual(unavailable('deadline'));
  }
  expect(means.breaker.state()).toEqual({ failures: 0 });
});

test('where no turn comes before the deadline nothing is asked, and nobody is blamed', async () => {
  const { client, asked, means } = await sourceThat([good], { budget: { requestsPerSecond: 1, burst: 1 } });
  expect(await client.pull(uscc, { deadline: inTime(0) })).toEqual({ kind: 'postponed' });
  expect(await client.pull(uscc, { deadline: inTime(1_000) })).toMatchObject(known);
  expect(await client.pull(uscc, { deadline: inTime(1_000) })).toEqual({ kind: 'postponed' });
  expect(asked).toHaveLength(1);
  expect(means.breaker.state()).toEqual({ failures: 0 });
});

test('a second attempt takes a turn too; where it comes too late the first failure stands', async () => {
  const { client, asked } = await sourceThat([refused, good], { budget: { requestsPerSecond: 1, burst: 1 } });
  expect(await client.pull(uscc, { deadline: inTime(900) })).toEqual(unavailable('server-error'));
  expect(asked).toHaveLength(1);
});

test('an address nobody listens on is an answer too', async () => {
  const { client, stop } = await sourceThat([good]);
  await stop();
  expect(await client.pull(uscc)).toEqual(unavailable('unreachable'));
});

test('a dead source is left alone until a probe finds it alive', async () => {
  const { client, asked, clock, means } = await sourceThat([refused, refused, refused, good]);
  expect(await client.pull(uscc)).toEqual(unavailable('server-error'));
  expect(await client.pull(uscc)).toEqual(unavailable('server-error'));
  expect(asked).toHaveLength(3);
  expect(await client.pull(uscc)).toEqual(unavailable('circuit-open'));
  expect(asked).toHaveLength(3);
  expect(means.breaker.transition()).toEqual({ failures: 3, openedAt: now });
  clock.now += 5_000;
  // One of them is the probe, the others wait for it and are then asked about as well.
  const pulled = await Promise.all([1, 2, 3].map(() => client.pull(uscc)));
  for (const each of pulled) expect(each).toMatchObject(known);
  expect(means.breaker.transition()).toEqual({ failures: 0 });
});

test('those who wait for their turns when the source is found down are not sent', async () => {
  const { client, asked, means } = await sourceThat([refused], {
    budget: { requestsPerSecond: 1, burst: 3 },
    until: async () => {
      while (means.breaker.state().openedAt === undefined) await setImmediate();
    },
  });
  const pulled = await Promise.all(Array.from({ length: 20 }, () => client.pull(uscc)));
  expect(asked).toHaveLength(3);
  expect(pulled.slice(3)).toEqual(Array.from({ length: 17 }, () => unavailable('circuit-open')));
});

test('one record that is not believed does not condemn the source', async () => {
  const { client, asked } = await sourceThat([says({ ...envelope, uscc: 'other' })]);
  for (let count = 0; count < 5; count += 1) expect(await client.pull(uscc)).toEqual(unavailable('identity-mismatch'));
  expect(asked).toHaveLength(5);
});
