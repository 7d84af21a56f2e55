import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { codes, credit, ip, partitionOf, type ScreeningWorld, startScreening } from '../../test/support/screening.ts';
import { startTable, type TestTable } from '../../test/support/table.ts';
import type { Deps } from './operations/context.ts';
import { getSource } from './operations/read-source.ts';
import { duePartitions } from './store/due.ts';
import { startRunWrites } from './store/run.ts';

let started: TestTable;
let world: ScreeningWorld;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

const usccs = codes(45);
beforeEach(async () => {
  world = await startScreening(started);
  await world.nominate(usccs);
  for (const uscc of usccs) {
    world.simulators.credit.set(uscc, credit);
    world.simulators.ip.set(uscc, ip);
  }
});
afterEach(() => world.stop());

const zero = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };
const listed = { ...credit, lists: [{ kind: 'serious-tax', listedOn: '2026-11-20' }] };
const enterprises = (paths: string[]) => paths.filter((path) => path.startsWith('/enterprises/'));

test('the first daily run asks about everybody, the next about nobody, a later one about whom a source tells of', async () => {
  expect((await world.run('day-1', 'due')).counts).toEqual({ ...zero, total: 45, pass: 45 });
  expect(enterprises(world.asked())).toHaveLength(90);

  expect((await world.run('day-2', 'due')).counts).toEqual({ ...zero, total: 0 });
  expect(world.asked()).toEqual(['/changes', '/changes']);

  const [changed = '', gone = ''] = usccs;
  world.simulators.credit.set(changed, listed);
  world.simulators.ip.remove(gone);
  expect((await world.run('day-3', 'due')).counts).toEqual({ ...zero, total: 2, exclude: 1, review: 1 });
  expect(enterprises(world.asked()).toSorted()).toEqual([`/enterprises/${changed}`, `/enterprises/${gone}`].toSorted());
  expect((await world.run('day-4', 'due')).counts.total).toBe(0);
});

test('how a source is followed and whether it is down can be read', async () => {
  const read = async () => {
    const call = { params: { source: 'credit' } } as Parameters<ReturnType<typeof getSource>>[0];
    const outcome = await getSource({ table: world.table } as Deps)(call);
    return outcome.kind === 'done' ? outcome.result : outcome;
  };
  expect(await read()).toEqual({ source: 'credit', title: '信用中国' });
  await world.run('day-1', 'due');
  const followedSince = '2026-11-23T04:00:00.000Z';
  expect(await read()).toMatchObject({ followedSince, changesReadAt: followedSince });
  world.at('2026-11-24T04:00:00.000Z');
  world.simulators.credit.fault('500');
  await world.run('run-2', 'place');
  expect(await read()).toMatchObject({
    followedSince,
    changesReadAt: followedSince,
    downSince: '2026-11-24T04:00:00.000Z',
  });
  world.simulators.credit.fault('none');
  world.at('2026-11-25T04:00:00.000Z');
  await world.run('run-3', 'place');
  const { downSince, ...well } = { downSince: undefined, ...(await read()) };
  expect([downSince, well]).toMatchObject([undefined, { followedSince, changesReadAt: '2026-11-25T04:00:00.000Z' }]);
});

test('a run over the city tells of everybody and asks about the changed; one over names asks about each', async () => {
  await world.run('run-1', 'place');
  world.asked();
  world.simulators.credit.set(usccs[3] ?? '', listed);
  expect((await world.run('run-2', 'place')).counts).toEqual({
    ...zero,
    total: 45,
    pass: 44,
    exclude: 1,
    unchanged: 44,
  });
  expect(enterprises(world.asked())).toHaveLength(1);
  expect((await world.run('run-3', 'named', usccs.slice(0, 5))).counts).toMatchObject({ total: 5, unchanged: 5 });
  expect(enterprises(world.asked())).toHaveLength(10);
});

test('where a source tells of no changes a run asks about everybody, and nobody passes on what was known before', async () => {
  await world.run('run-1', 'place');
  world.simulators.ip.fault('500');
  expect((await world.run('run-2', 'place')).counts).toEqual({ ...zero, total: 45, stale: 45 });
  world.simulators.ip.fault('none');
  world.at('2026-11-23T04:00:01.000Z');
  expect((await world.run('run-3', 'place')).counts).toEqual({ ...zero, total: 45, pass: 45 });
});

test('a daily run without a source leaves who is not due as they are, and looks at the others when it answers again', async () => {
  await world.run('day-1', 'due');
  world.simulators.credit.set(usccs[0] ?? '', listed);
  world.simulators.credit.fault('slow');
  world.simulators.credit.fault('500');
  expect((await world.run('day-2', 'due')).counts).toEqual({ ...zero, total: 0 });
  world.simulators.credit.fault('none');
  expect((await world.run('day-3', 'due')).counts).toEqual({ ...zero, total: 1, exclude: 1 });
});

test('a source that no longer knows our place in its changes is asked about everybody once', async () => {
  await world.run('day-1', 'due');
  await world.table.transact([
    { kind: 'update', key: { pk: 'SOURCE#credit', sk: 'FEED' }, update: setCursor('c-999999') },
  ]);
  world.asked();
  world.at('2026-11-23T05:00:00.000Z');
  expect((await world.run('run-2', 'place')).counts).toMatchObject({ total: 45, unchanged: 45 });
  expect(enterprises(world.asked())).toHaveLength(45);
  await world.run('run-3', 'place');
  expect(enterprises(world.asked())).toHaveLength(0);
});

function setCursor(cursor: string) {
  return { expression: 'SET #c = :c', names: { '#c': 'cursor' }, values: { ':c': cursor } };
}

test('time alone: the day a display ends, a consent runs out, or a fact has to be confirmed', async () => {
  const [penalised = '', other = ''] = usccs;
  const penalty = { documentNo: '信市监罚〔2026〕9号', decidedOn: '2026-09-01', gravity: 'minor', fineFen: 100 };
  world.simulators.credit.set(penalised, { ...credit, penalties: [penalty] });
  await world.run('day-1', 'due');
  expect((await world.head(penalised))?.screening?.outcome).toBe('review');
  expect((await world.head(penalised))?.dueOn).toBe('2026-12-02');
  world.asked();
  // Its display ends with the first of December; the sources need not be asked for that.
  world.at('2026-12-02T04:00:00.000Z');
  expect((await world.run('day-2', 'due')).counts).toEqual({ ...zero, total: 1, pass: 1 });
  expect(enterprises(world.asked())).toEqual([]);

  // Within thirty days each source has confirmed everybody, over a week and not at once.
  const due = (await world.head(other))?.dueOn ?? '';
  expect(due > '2026-12-15' && due <= '2026-12-23').toBe(true);
  world.at('2026-12-23T04:00:00.000Z');
  const { counts } = await world.run('day-3', 'due');
  expect(counts).toMatchObject({ total: 45, unchanged: 45 });
  expect(enterprises(world.asked())).toHaveLength(90);
  expect((await world.run('day-4', 'due')).counts.total).toBe(0);

  world.at('2031-11-01T04:00:00.000Z');
  await world.run('day-5', 'due');
  expect((await world.head(other))?.screening?.outcome).toBe('stale');
  expect((await world.head(other))?.dataKey).toBeUndefined();
});

test('a change told while the enterprise is being asked about is not lost', async () => {
  await world.run('day-1', 'due');
  const [uscc = ''] = usccs;
  world.simulators.credit.set(uscc, { ...credit, taxGrade: 'B' });
  // The feed is read and marks it; before anybody looks, it changes again and the feed is read again.
  await world.run('day-2', 'named', [usccs[1] ?? '']);
  world.simulators.credit.set(uscc, listed);
  expect((await world.run('day-3', 'due')).counts).toMatchObject({ total: 1, exclude: 1 });
  const left = (await Promise.all(duePartitions.map((pk) => partitionOf(world.table, pk)))).flat();
  expect(left.filter(({ sk }) => String(sk).startsWith('!'))).toEqual([]);
  expect(left).toHaveLength(45);
});

test('the same facts observed anew keep the decision, and are kept themselves', async () => {
  await world.run('day-1', 'due');
  const [uscc = ''] = usccs;
  const before = await world.head(uscc);
  world.at('2026-11-24T04:00:00.000Z');
  // The simulator gives what it is told again a new record: the answer is another, the facts are not.
  world.simulators.credit.set(uscc, credit);
  expect((await world.run('day-2', 'due')).counts.total).toBe(1);
  const after = await world.head(uscc);
  expect(after?.facts.credit?.recordId).not.toBe(before?.facts.credit?.recordId);
  const kept = await partitionOf(world.table, `ENTERPRISE#${uscc}`);
  expect(kept.filter(({ sk }) => String(sk).startsWith('FACTS#credit#'))).toHaveLength(2);
});

test('a mark stays until its source has told of it: one that failed is asked again before anybody passes', async () => {
  await world.run('day-1', 'due');
  const [uscc = ''] = usccs;
  world.simulators.credit.set(uscc, listed);
  // The change is told; the record is not to be had, for it is another enterprise's.
  world.simulators.credit.fault('changed-record');
  expect((await world.run('day-2', 'due')).counts).toMatchObject({ total: 1, stale: 1 });
  world.simulators.credit.fault('none');
  expect((await world.run('day-3', 'due')).counts).toMatchObject({ total: 1, exclude: 1 });
});

test('a run that went by other policies than today’s makes the next one look at everybody', async () => {
  await world.run('day-1', 'due');
  const state = { pk: 'RUNS', sk: 'DAILY' };
  const went = await world.table.get(state);
  await world.table.transact([{ kind: 'put', item: { ...state, ...went, policies: 'city-1' } }]);
  expect((await world.run('day-2', 'due')).counts).toMatchObject({ total: 45, unchanged: 45 });
  expect((await world.run('day-3', 'due')).counts.total).toBe(0);
});

test('a chunk that comes a day late decides as of the day on which it does', async () => {
  await world.run('day-1', 'due');
  const [uscc = ''] = usccs;
  const penalty = { documentNo: '信市监罚〔2026〕9号', decidedOn: '2026-09-01', gravity: 'minor', fineFen: 100 };
  world.simulators.credit.set(uscc, { ...credit, penalties: [penalty] });
  const startedAt = '2026-11-23T04:00:00.000Z';
  const head = {
    runId: 'late',
    scope: {},
    policyVersion: 'city-2',
    day: '2026-11-23',
    reach: 'due' as const,
    startedAt,
  };
  await world.table.transact(startRunWrites(head, new Date(startedAt)));
  // The display has ended by the time the queue gets round to it.
  world.at('2026-12-02T04:00:00.000Z');
  await world.worker.drain();
  expect((await world.head(uscc))?.screening?.outcome).toBe('pass');
});

test('after the secret was replaced everybody is fetched anew, and nothing stands still', async () => {
  await world.run('day-1', 'due');
  world.replaceSecret();
  expect((await world.run('run-2', 'named', usccs.slice(0, 5))).counts).toMatchObject({ total: 5, unchanged: 5 });
  expect((await world.run('run-3', 'place')).counts).toMatchObject({ total: 45, pass: 45 });
});

test('an enterprise that two counties name for one park is in a run over that park once', async () => {
  const [uscc = ''] = usccs;
  const before = await world.head(uscc);
  const [first] = before!.nominations;
  const parked = { ...first!, parkId: 'XY-ZONE-YSQY' };
  const nominations = [parked, { ...parked, divisionCode: '411525', nominatedAt: '2026-11-23T05:00:00.000Z' }];
  await world.change({ ...before!, nominations });
  const index = await partitionOf(world.table, 'INDEX#PARK#XY-ZONE-YSQY');
  expect(index).toHaveLength(1);
});
