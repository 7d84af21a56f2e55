import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultKind } from './source-faults.ts';
import { startSourceSimulator, type SourceSimulator } from './source.ts';

const codes = ['91411502MA9TETT0X9', '91411525MA9TEXT277', '91411503MA9TEXT19G'] as const;
const [first, second, third] = codes;
const rights = { assets: [{ kind: 'invention', number: '201710601862.3', status: 'in-force' }] };

let folder: string;
let running: SourceSimulator[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((simulator) => simulator.stop()));
  rmSync(folder, { recursive: true });
});

const journal = () => join(folder, 'ip.jsonl');

async function start() {
  const now = () => new Date('2026-11-01T02:00:00.000Z');
  const simulator = await startSourceSimulator({ name: 'ip', file: journal(), now, slowMs: 5 });
  running.push(simulator);
  return simulator;
}

type Page = { changes: { uscc: string; recordId: string; removed?: true }[]; next: string; more: boolean };

async function read(simulator: SourceSimulator, query: string) {
  const answer = await fetch(`${simulator.url}/changes${query}`);
  return { status: answer.status, body: (await answer.json()) as Page };
}

/** The codes of a page, those that were removed with a minus. */
const told = ({ body }: { body: Page }) => body.changes.map(({ uscc, removed }) => (removed ? `-${uscc}` : uscc));

test('from the end on it tells what changed, each enterprise once and in order, removals too', async () => {
  const simulator = await start();
  simulator.set(first, rights);
  expect(await read(simulator, '')).toEqual({ status: 200, body: { changes: [], next: 'c-1', more: false } });
  expect(await read(simulator, '?since=c-1')).toEqual({ status: 200, body: { changes: [], next: 'c-1', more: false } });
  simulator.set(second, rights);
  simulator.set(third, rights);
  simulator.set(second, { assets: [] });
  simulator.remove(first);
  simulator.remove(first);
  const page = await read(simulator, '?since=c-1');
  expect(told(page)).toEqual([third, second, `-${first}`]);
  expect(page.body).toMatchObject({ next: 'c-5', more: false });
  const record = (await (await fetch(`${simulator.url}/enterprises/${second}`)).json()) as { recordId: string };
  expect(page.body.changes[1]).toEqual({ uscc: second, recordId: record.recordId });
});

test('page by page', async () => {
  const simulator = await start();
  for (const code of codes) simulator.set(code, rights);
  const page = await read(simulator, '?since=c-0&limit=2');
  expect([told(page), page.body.next, page.body.more]).toEqual([[first, second], 'c-2', true]);
  const last = await read(simulator, '?since=c-2&limit=2');
  expect([told(last), last.body.next, last.body.more]).toEqual([[third], 'c-3', false]);
});

test.each(['?limit=0', '?limit=1001', '?limit=', '?since=c-0&limit=1e2'])('%s is no limit', async (query) => {
  expect(await read(await start(), query)).toEqual({ status: 400, body: { code: 'limit_invalid' } });
});

test.each(['c-2', 'c-01', 'c--1', '1', '', 'c-1.5', '%00'])('it knows no cursor %s', async (cursor) => {
  const simulator = await start();
  simulator.set(first, rights);
  const unknown = { status: 410, body: { code: 'cursor_unknown' } };
  expect(await read(simulator, `?since=${cursor}`)).toEqual(unknown);
});

test('a file that is loaded is changes as well', async () => {
  const simulator = await start();
  const file = join(folder, 'facts.jsonl');
  writeFileSync(file, [first, second].map((uscc) => `${JSON.stringify({ uscc, ip: rights })}\n`).join(''));
  await simulator.load(file);
  expect(told(await read(simulator, '?since=c-0'))).toEqual([first, second]);
});

test('a restart and a journal written anew keep every place in the feed', async () => {
  const simulator = await start();
  simulator.set(first, rights);
  simulator.set(second, rights);
  simulator.remove(first);
  for (let i = 0; i < 20; i += 1) simulator.set(third, i % 2 === 0 ? rights : { assets: [] });
  const told = await Promise.all([0, 2, 3, 22].map((place) => read(simulator, `?since=c-${place}`)));
  for (let restart = 0; restart < 2; restart += 1) {
    await running.pop()?.stop();
    const again = await start();
    expect(readFileSync(journal(), 'utf8').trim().split('\n')).toHaveLength(3);
    expect(await Promise.all([0, 2, 3, 22].map((place) => read(again, `?since=c-${place}`)))).toEqual(told);
  }
});

test('a journal from before there was a feed is read', async () => {
  const old = { op: 'set', recordId: 'ip-1', observedAt: '2026-10-01T00:00:00.000Z', data: rights };
  const lines = [
    { ...old, uscc: first },
    { op: 'remove', uscc: first },
    { ...old, uscc: second },
  ];
  writeFileSync(journal(), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const simulator = await start();
  expect(simulator.size()).toBe(1);
  expect(await read(simulator, '?since=c-0')).toMatchObject({
    body: { changes: [{ uscc: first, recordId: 'ip-1', removed: true }, { uscc: second }], next: 'c-3' },
  });
});

test('a delivery has a line for all it holds and for all it no longer holds', async () => {
  const simulator = await start();
  for (const code of [first, second]) simulator.set(code, rights);
  simulator.remove(first);
  simulator.fault('500');
  const answer = await fetch(`${simulator.url}/delivery.jsonl`);
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const text = await answer.text();
  expect(text).toBe(simulator.deliver());
  const observedAt = '2026-11-01T02:00:00.000Z';
  const recordId = expect.any(String) as string;
  expect(text.split('\n').map((line) => (line === '' ? '' : (JSON.parse(line) as unknown)))).toEqual([
    { uscc: second, recordId, observedAt, data: rights },
    { uscc: first, recordId, observedAt, removed: true },
    '',
  ]);
});

test('faults come over the feed', async () => {
  const simulator = await start();
  simulator.set(first, rights);
  const ask = () => fetch(`${simulator.url}/changes?since=c-0`);
  const said = await (await ask()).text();
  const seen: Record<string, unknown> = {};
  for (const kind of FaultKind.options) {
    simulator.fault(kind);
    const answer = await ask();
    const bytes = await answer.bytes().catch(() => undefined);
    const text = bytes === undefined ? 'cut' : Buffer.from(bytes).toString('latin1');
    seen[kind] = answer.status !== 200 ? answer.status : text === said ? 'as ever' : text;
  }
  expect(seen).toMatchObject({ none: 'as ever', slow: 'as ever', 'changed-record': 'as ever' });
  expect(seen).toMatchObject({ '429': 429, '500': 500, truncated: 'cut' });
  expect(JSON.parse(String(seen['schema-drift']))).toMatchObject({ items: [{ code: first }], hasMore: false });
  expect(() =>
    new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(String(seen['wrong-encoding']), 'latin1')),
  ).toThrow();
});

test('a source with a fault does not say that nothing changed', async () => {
  const simulator = await start();
  simulator.set(first, rights);
  const address = `${simulator.url}/enterprises/${first}`;
  const etag = (await fetch(address)).headers.get('etag') ?? '';
  const statuses: Record<string, number | string> = {};
  for (const kind of FaultKind.options) {
    simulator.fault(kind);
    const answer = await fetch(address, { headers: { 'if-none-match': etag } });
    statuses[kind] = await answer.text().then(
      () => answer.status,
      () => 'cut',
    );
  }
  expect(statuses).toEqual({
    none: 304,
    slow: 304,
    '429': 429,
    '500': 500,
    truncated: 'cut',
    'schema-drift': 200,
    'wrong-encoding': 200,
    'changed-record': 200,
  });
});

test('changed-record: the record of another enterprise, or this one under another code', async () => {
  const simulator = await start();
  simulator.fault('changed-record');
  const ask = async (code: string) => (await fetch(`${simulator.url}/enterprises/${code}`)).json();
  expect(await ask(first)).toEqual({ code: 'not_found' });
  simulator.set(first, rights);
  expect(await ask(first)).toMatchObject({ uscc: '91411502MA9TETT0X0', data: rights });
  simulator.set(second, { assets: [] });
  expect(await ask(first)).toMatchObject({ uscc: second, data: { assets: [] } });
  expect(await ask(second)).toMatchObject({ uscc: first });
  expect(await ask(third)).toMatchObject({ uscc: first });
});
