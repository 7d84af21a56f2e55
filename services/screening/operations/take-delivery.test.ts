import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  codes,
  credit,
  ip,
  partitionOf,
  type ScreeningWorld,
  startScreening,
} from '../../../test/support/screening.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
let world: ScreeningWorld;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = await startScreening(started, { byFile: ['credit'] });
});
afterEach(() => world.stop());

const usccs = codes(1_500);
const observedAt = '2026-11-20T02:00:00.000Z';
const line = (uscc: string, said: object) =>
  `${JSON.stringify({ uscc, recordId: `c-${uscc}`, observedAt, ...said })}\n`;
const fileOf = (all: readonly string[], data: object = credit) => all.map((uscc) => line(uscc, { data })).join('');

test('a source that grants no interface: nobody passes before its file, and everybody it tells of is decided anew', async () => {
  const few = usccs.slice(0, 30);
  const [unnamed = '', ...named] = few;
  await world.nominate(few);
  for (const uscc of few) world.simulators.ip.set(uscc, ip);
  expect((await world.run('day-1', 'due')).counts).toMatchObject({ total: 30, stale: 30 });

  const text = `${fileOf(named)}${line('91411502MA9YYYYYYY', { data: credit })}not json\n${line(named[0] ?? '', { data: credit })}`;
  expect(await world.deliver('credit', 'delivery-1', text)).toMatchObject({
    status: 'taken',
    lines: 32,
    taken: 29,
    unchanged: 0,
    notOurs: 1,
    rejected: 2,
    findings: [
      { line: 31, code: 'line_malformed' },
      { line: 32, code: 'duplicate_in_file' },
    ],
  });
  expect((await world.run('day-2', 'due')).counts).toMatchObject({ total: 30, pass: 29, stale: 1 });
  expect((await world.head(unnamed))?.screening?.outcome).toBe('stale');
  expect(world.asked().filter((path) => path.startsWith('/enterprises/'))).toHaveLength(30);
  // What is not ours was not kept.
  expect(await partitionOf(world.table, 'ENTERPRISE#91411502MA9YYYYYYY')).toEqual([]);
});

test('the same file again says nothing new, and an older one nothing at all', async () => {
  const few = usccs.slice(0, 5);
  await world.nominate(few);
  for (const uscc of few) world.simulators.ip.set(uscc, ip);
  await world.deliver('credit', 'delivery-1', fileOf(few));
  await world.run('day-1', 'due');
  world.at('2026-11-24T04:00:00.000Z');
  const again = await world.deliver('credit', 'delivery-2', fileOf(few));
  expect(again).toMatchObject({ taken: 0, unchanged: 5 });
  const older = fileOf(few, { ...credit, taxGrade: 'D' }).replaceAll(observedAt, '2026-10-20T02:00:00.000Z');
  expect(await world.deliver('credit', 'delivery-3', older)).toMatchObject({ taken: 0, unchanged: 5 });
  expect((await world.run('day-2', 'due')).counts.total).toBe(0);

  const newer = fileOf(few, { ...credit, taxGrade: 'D' }).replaceAll(observedAt, '2026-11-22T02:00:00.000Z');
  expect(await world.deliver('credit', 'delivery-4', newer)).toMatchObject({ taken: 5 });
  expect((await world.run('day-3', 'due')).counts).toMatchObject({ total: 5, exclude: 5 });
});

test('what was delivered too long ago no longer speaks for today, unless a later file says the same', async () => {
  const [confirmed = '', other = ''] = usccs;
  await world.nominate([confirmed, other]);
  for (const uscc of [confirmed, other]) world.simulators.ip.set(uscc, ip);
  await world.deliver('credit', 'delivery-1', fileOf([confirmed, other]));
  await world.run('day-1', 'due');
  // The day on which a source would have to confirm comes and goes; a file cannot be asked.
  for (const [place, day] of ['2026-12-16', '2026-12-20', '2026-12-23'].entries()) {
    world.at(`${day}T04:00:00.000Z`);
    await world.run(`again-${place}`, 'due');
    expect((await world.head(other))?.screening?.outcome).toBe('pass');
  }
  await world.deliver('credit', 'delivery-2', fileOf([confirmed]));
  world.at('2026-12-30T04:00:00.000Z');
  expect((await world.run('day-2', 'due')).counts).toMatchObject({ stale: 1 });
  expect((await world.head(confirmed))?.screening?.outcome).toBe('pass');
  expect((await world.head(other))?.screening?.outcome).toBe('stale');
});

test('a late file does not undo what was observed after it', async () => {
  const [uscc = ''] = usccs;
  await world.nominate([uscc]);
  world.simulators.ip.set(uscc, ip);
  await world.deliver('credit', 'delivery-1', fileOf([uscc]));
  const removed = line(uscc, { removed: true }).replaceAll(observedAt, '2026-11-22T02:00:00.000Z');
  world.at('2026-11-24T04:00:00.000Z');
  expect(await world.deliver('credit', 'delivery-2', removed)).toMatchObject({ taken: 1 });
  world.at('2026-11-25T04:00:00.000Z');
  const late = fileOf([uscc]).replaceAll(observedAt, '2026-11-21T02:00:00.000Z');
  expect(await world.deliver('credit', 'delivery-3', late)).toMatchObject({ taken: 0, unchanged: 1 });
  await world.run('day-1', 'due');
  expect((await world.head(uscc))?.screening?.outcome).toBe('review');
});

test('a source that has an interface takes no files', async () => {
  const taken = await world.deliver('ip', 'delivery-1', line(usccs[0] ?? '', { data: ip }));
  expect(taken).toMatchObject({ status: 'refused', error: { code: 'source_has_interface' } });
});

test('a file of more lines than one delivery of the queue takes is taken page by page', async () => {
  const text = fileOf(usccs);
  expect(await world.deliver('credit', 'delivery-1', text)).toMatchObject({
    status: 'taken',
    lines: 1_500,
    notOurs: 1_500,
  });
});
