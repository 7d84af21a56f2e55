import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createFeed, type FeedPage } from './feed.ts';
import {
  breaksOff,
  patient,
  says,
  type ScriptedOptions,
  type ScriptedSource,
  scriptedNow,
  startScripted,
} from './scripted-source.ts';

const [uscc, other] = ['91411502MA9TETT0X9', '91411525MA9TEXT277'];
const changes = [
  { uscc, recordId: 'credit-7' },
  { uscc: other, recordId: 'credit-3', removed: true },
];
const page = { changes, next: 'c-9', more: true };

let started: ScriptedSource[] = [];
afterEach(async () => {
  await Promise.all(started.map((source) => source.stop()));
  started = [];
});

async function feedThat(answers: RequestListener[], options: ScriptedOptions = {}) {
  const source = await startScripted(answers, options);
  started.push(source);
  return { feed: createFeed(source, source.means), ...source };
}

const unavailable = (reason: string) => ({ kind: 'unavailable', reason });

test('a page is read on from its cursor', async () => {
  const { feed, asked } = await feedThat([says(page)]);
  expect(await feed.read('c&7=')).toEqual({ kind: 'page', ...page });
  expect(asked.map(({ line }) => line)).toEqual(['GET /credit/changes?since=c%267%3D&limit=500']);
});

test('without a cursor it tells where the feed ends', async () => {
  const { feed, asked } = await feedThat([says({ changes: [], next: 'c-9', more: false })]);
  expect(await feed.read(undefined)).toEqual({ kind: 'page', changes: [], next: 'c-9', more: false });
  expect(asked[0]?.line).toBe('GET /credit/changes?limit=500');
});

test('a cursor that the source no longer knows is an answer', async () => {
  const { feed, means } = await feedThat([says({ code: 'cursor_unknown' }, 410)]);
  expect(await feed.read('c-1')).toEqual({ kind: 'cursor-unknown' });
  expect(means.breaker.state()).toEqual({ failures: 0 });
});

test.each<[string, RequestListener, string]>([
  ['another shape', says({ items: [], next: 'c-9', more: false }), 'schema-drift'],
  ['a field more', says({ ...page, total: 2 }), 'schema-drift'],
  ['a field more in a change', says({ ...page, changes: [{ ...changes[0], name: '信阳' }] }), 'schema-drift'],
  ['removed: false', says({ ...page, changes: [{ ...changes[0], removed: false }] }), 'schema-drift'],
  ['a code that is none', says({ ...page, changes: [{ ...changes[0], uscc: uscc?.toLowerCase() }] }), 'schema-drift'],
  ['a cursor nobody could send back', says({ ...page, next: 'c 9' }), 'schema-drift'],
  ['a cursor too long', says({ ...page, next: 'c'.repeat(201) }), 'schema-drift'],
  ['more, but no way on', says({ changes: [], next: 'c-7', more: true }), 'schema-drift'],
  ['changes, but no way on', says({ ...page, next: 'c-7', more: false }), 'schema-drift'],
  ['more changes than asked for', says({ ...page, changes: [...changes, ...changes] }), 'schema-drift'],
  ['a huge page', says(' '.repeat(300 * 1_024)), 'too-large'],
  ['GBK', says(Buffer.from([0x22, 0xd0, 0xc5, 0x22])), 'wrong-encoding'],
  ['a 410 that does not say which', says({ message: 'gone' }, 410), 'malformed'],
  ['a 404: there is no feed', says({ code: 'not_found' }, 404), 'unexpected-status'],
  ['a 304', says('', 304), 'unexpected-status'],
  ['a redirect', says('', 307, { location: '/' }), 'redirected'],
  ['403', says({}, 403), 'access-denied'],
])('%s is not believed, and not asked for twice', async (_case, answer, reason) => {
  const { feed, asked } = await feedThat([answer, says(page)], { limits: { ...patient, feedPage: 3 } });
  expect(await feed.read('c-7')).toEqual(unavailable(reason));
  expect(asked).toHaveLength(1);
});

test.each<[string, RequestListener, string]>([
  ['changes since no time', says(page), 'schema-drift'],
  ['a cursor it was not given', says({ code: 'cursor_unknown' }, 410), 'unexpected-status'],
])('asked without a cursor it may not answer with %s', async (_case, answer, reason) => {
  const { feed } = await feedThat([answer]);
  expect(await feed.read(undefined)).toEqual(unavailable(reason));
});

test('what fails is asked once more, and opens the breaker that the records stand behind too', async () => {
  const { feed, asked, means } = await feedThat([says({}, 503), breaksOff(JSON.stringify(page), 'by length')]);
  expect(await feed.read('c-7')).toEqual(unavailable('truncated'));
  expect(await feed.read('c-7')).toEqual(unavailable('truncated'));
  expect(asked).toHaveLength(3);
  expect(means.breaker.state()).toEqual({ failures: 3, openedAt: scriptedNow });
  expect(await feed.read('c-7')).toEqual(unavailable('circuit-open'));
});

test('it takes turns of the budget, and what comes too late for one is postponed', async () => {
  const { feed, asked } = await feedThat([says(page)], { budget: { requestsPerSecond: 1, burst: 1 } });
  const deadline = new Date(Date.parse(scriptedNow) + 500);
  const read: FeedPage[] = [await feed.read('c-7', deadline), await feed.read('c-7', deadline)];
  expect(read).toEqual([{ kind: 'page', ...page }, { kind: 'postponed' }]);
  expect(asked).toHaveLength(1);
});
