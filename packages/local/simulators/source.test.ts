import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startSourceSimulator, type SourceSimulator, type SourceSimulatorOptions } from './source.ts';

const uscc = '91411502MA9TETT0X9';
const other = '91411525MA9TEXT277';
const credit = {
  registration: { status: 'active', registeredOn: '2015-03-01', divisionCode: '411502', industryCode: 'C39' },
  taxGrade: 'A',
  publicCreditGrade: 'A',
  lists: [],
  abnormal: [],
  penalties: [],
};
const asset = { kind: 'invention', number: '201710601862.3', title: '一种绿茶杀青装置', status: 'in-force' };
const ip = { assets: [{ ...asset, filedOn: '2017-07-21', grantedOn: '2019-11-05', pledged: false }] };

let folder: string;
let clock: Date;
let running: SourceSimulator[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  clock = new Date('2026-11-01T02:00:00.000Z');
  running = [];
});
afterEach(async () => {
  await Promise.all(running.map((simulator) => simulator.stop()));
  rmSync(folder, { recursive: true });
});

async function start(options: Partial<SourceSimulatorOptions> = {}) {
  const name = options.name ?? 'credit';
  const file = join(folder, `${name}.jsonl`);
  const simulator = await startSourceSimulator({ name, file, now: () => clock, ...options });
  running.push(simulator);
  return simulator;
}

const ask = (simulator: SourceSimulator, code = uscc, headers = {}) =>
  fetch(`${simulator.url}/enterprises/${code}`, { headers });

test('it says what it was told, since when, and the same again is not sent again', async () => {
  const simulator = await start();
  expect(simulator.set(uscc, credit)).toEqual({ kind: 'done' });
  const answer = await ask(simulator);
  expect(answer.status).toBe(200);
  expect(answer.headers.get('x-simulator')).toMatch(/^credit; /);
  expect(answer.headers.get('date')).not.toBeNull();
  const body = (await answer.json()) as { recordId: string };
  expect(body).toEqual({ uscc, recordId: expect.any(String), observedAt: '2026-11-01T02:00:00.000Z', data: credit });
  const etag = answer.headers.get('etag') ?? '';
  const again = await ask(simulator, uscc, { 'if-none-match': etag });
  expect([again.status, await again.text()]).toEqual([304, '']);

  clock = new Date('2026-11-02T02:00:00.000Z');
  simulator.set(uscc, { ...credit, taxGrade: 'B' });
  const changed = await ask(simulator, uscc, { 'if-none-match': etag });
  expect(changed.status).toBe(200);
  expect(((await changed.json()) as { recordId: string }).recordId).not.toBe(body.recordId);
});

test('an enterprise it does not know, or no more, is not found', async () => {
  const simulator = await start({ name: 'ip' });
  simulator.set(uscc, ip);
  expect(simulator.remove(uscc)).toBe(true);
  expect(simulator.remove(uscc)).toBe(false);
  for (const code of [uscc, other]) {
    const answer = await ask(simulator, code);
    expect([answer.status, await answer.json()]).toEqual([404, { code: 'not_found' }]);
  }
  expect(await (await fetch(`${simulator.url}/elsewhere`)).json()).not.toEqual({ code: 'not_found' });
  expect((await fetch(`${simulator.url}/enterprises/${uscc}`, { method: 'DELETE' })).status).toBe(405);
});

test.each([
  ['a field nobody knows', { ...credit, colour: 'red' }, '/'],
  ['null', { ...credit, taxGrade: null }, '/taxGrade'],
  ['no day', { ...credit, lists: [{ kind: 'safety', listedOn: '2026-02-30' }] }, '/lists/0/listedOn'],
  ['no object', [], ''],
])('it refuses %s and says where', async (_case, data, pointer) => {
  const simulator = await start();
  const outcome = simulator.set(uscc, data);
  if (outcome.kind === 'done') throw new Error('it was taken');
  expect(outcome.errors[0]?.pointer.startsWith(pointer === '/' ? '' : pointer)).toBe(true);
  expect(simulator.size()).toBe(0);
  expect(simulator.set('short', credit)).toMatchObject({ kind: 'refused', errors: [{ pointer: '?uscc' }] });
});

test('what it was told survives a restart, also one in the middle of a line', async () => {
  const first = await start();
  first.set(uscc, credit);
  first.set(other, credit);
  first.remove(other);
  const before = await (await ask(first)).json();
  await first.stop();
  appendFileSync(join(folder, 'credit.jsonl'), '{"op":"set","uscc":"9141');
  const second = await start();
  expect(await (await ask(second)).json()).toEqual(before);
  expect((await ask(second, other)).status).toBe(404);
  expect(second.set(other, credit)).toEqual({ kind: 'done' });
  await second.stop();
  expect((await start()).size()).toBe(2);
});

test('a file is loaded once, and what was set since then stays', async () => {
  const file = join(folder, 'facts.jsonl');
  const lines = [
    { uscc, credit, ip },
    { uscc: other, ip },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const first = await start();
  expect(await first.load(file)).toBe(1);
  first.set(uscc, { ...credit, taxGrade: 'D' });
  await first.stop();
  const second = await start();
  expect(await second.load(file)).toBe(0);
  expect(await (await ask(second)).json()).toMatchObject({ data: { taxGrade: 'D' } });
  expect(await (await start({ name: 'ip' })).load(file)).toBe(2);
  writeFileSync(file, '{"uscc":"91411502MA9TETT0X9","credit":{"taxGrade":1}}\n');
  await expect(second.load(file)).rejects.toThrow();
});

test('a journal of many changes is written anew at the next start', async () => {
  const first = await start();
  for (let i = 0; i < 50; i += 1) first.set(uscc, { ...credit, taxGrade: i % 2 ? 'A' : 'B' });
  await first.stop();
  expect((await start()).size()).toBe(1);
  expect(readFileSync(join(folder, 'credit.jsonl'), 'utf8').trim().split('\n')).toHaveLength(1);
});

test('20,000 enterprises are loaded and answered', async () => {
  const file = join(folder, 'many.jsonl');
  const codeOf = (i: number) => `91411502MA9${String(i).padStart(7, '0')}`;
  const line = (i: number) => `${JSON.stringify({ uscc: codeOf(i), credit, ip })}\n`;
  writeFileSync(file, Array.from({ length: 20_000 }, (_, i) => line(i)).join(''));
  const simulator = await start();
  expect(await simulator.load(file)).toBe(20_000);
  expect((await ask(simulator, codeOf(19_999))).status).toBe(200);
});

test('429 and 500', async () => {
  const simulator = await start();
  simulator.set(uscc, credit);
  simulator.fault('429');
  const busy = await ask(simulator);
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '1']);
  simulator.fault('500');
  expect((await ask(simulator)).status).toBe(500);
  simulator.fault('none');
  expect((await ask(simulator)).status).toBe(200);
});

test('slow: the answer comes, but late', async () => {
  const simulator = await start({ slowMs: 150 });
  simulator.set(uscc, credit);
  simulator.fault('slow');
  const before = performance.now();
  expect((await ask(simulator)).status).toBe(200);
  expect(performance.now() - before).toBeGreaterThan(140);
  const caller = new AbortController();
  const asked = fetch(`${simulator.url}/enterprises/${uscc}`, { signal: caller.signal });
  caller.abort();
  await expect(asked).rejects.toThrow();
});

test('truncated: half of the body that the length promises', async () => {
  const simulator = await start();
  simulator.set(uscc, credit);
  simulator.fault('truncated');
  await expect(ask(simulator).then((answer) => answer.text())).rejects.toThrow();
  const { promised, received } = await new Promise<{ promised: number; received: number }>((resolve) => {
    get(`${simulator.url}/enterprises/${uscc}`, (answer) => {
      let size = 0;
      answer.on('data', (chunk: Buffer) => (size += chunk.length));
      answer.on('error', () => resolve({ promised: Number(answer.headers['content-length']), received: size }));
    });
  });
  expect(received).toBeGreaterThan(0);
  expect(received).toBeLessThan(promised);
});

test('schema-drift: renamed, retyped and emptied fields', async () => {
  const simulator = await start();
  simulator.set(uscc, credit);
  simulator.fault('schema-drift');
  const { data } = (await (await ask(simulator)).json()) as { data: object };
  expect(data).toMatchObject({ reg: credit.registration, taxGrade: { value: 'A' }, penalties: null });
  expect(data).not.toHaveProperty('registration');
  const rights = await start({ name: 'ip' });
  rights.set(uscc, ip);
  rights.fault('schema-drift');
  const drifted = (await (await ask(rights)).json()) as { data: object };
  expect(drifted.data).toEqual({ items: ip.assets });
});

test.each(['credit', 'ip'] as const)('wrong-encoding: GBK declared as UTF-8 (%s)', async (name) => {
  const simulator = await start({ name });
  simulator.set(uscc, name === 'credit' ? credit : ip);
  simulator.fault('wrong-encoding');
  const answer = await ask(simulator);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  const bytes = await answer.bytes();
  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(bytes)).toThrow();
  expect(new TextDecoder('gb18030').decode(bytes)).toContain('信用');
});
