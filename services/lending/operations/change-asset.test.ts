import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { lendingOn, type LendingWorld } from '../../../test/support/lending.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

const number = '201710601862.3';
const work = '国作登字-2022-F-10012345';
let started: TestTable;
let world: LendingWorld;
let loanId: string;

beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = lendingOn(await started.another());
  await world.listed();
  await world.founded();
  const assets = [world.asset(number), world.asset(work, { kind: 'copyright' })];
  loanId = (await world.file(world.loan({}, assets))).result.loanId;
});

const registered = (no = 'Y2026980012345') => ({ registrationNo: no, registeredOn: world.today() });
const change = (body: Record<string, unknown>, kind = 'invention', of = number) => world.change(loanId, kind, of, body);

test('a bundle is complete with its last registration, and the fund is told once', async () => {
  expect((await change(registered())).result).toMatchObject({ bundle: 'partial' });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1']);
  expect((await change(registered('作登-1'), 'copyright', work)).result).toMatchObject({ bundle: 'complete' });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
  const more = { valueFen: 1_000, valuedOn: world.today() };
  expect((await change(more, 'software', '2020SR0123456')).result).toMatchObject({
    bundle: 'partial',
    asset: { state: 'draft' },
  });
  expect((await change(registered('软-1'), 'software', '2020SR0123456')).result).toMatchObject({ bundle: 'complete' });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
});

test('what is said again changes nothing; another registration is a change of it', async () => {
  await change(registered());
  const before = started.requests();
  expect((await change(registered())).result.asset).toMatchObject({ state: 'registered' });
  // Read, and nothing written.
  expect(started.requests() - before).toBe(1);
  expect((await change(registered('Y2026980099999'))).result.asset).toMatchObject({
    state: 'registered',
    registrationNo: 'Y2026980099999',
  });
});

test('a registration takes its way by application and correction, which cannot come behind it', async () => {
  const day = world.today();
  expect((await change({ appliedOn: day })).result.asset).toMatchObject({ state: 'applied' });
  expect((await change({ returnedOn: day })).result.asset).toMatchObject({ state: 'correction' });
  expect((await change({ appliedOn: addDays(day, -1) })).result.asset).toMatchObject({ state: 'applied' });
  expect((await change(registered())).result.asset).toMatchObject({ state: 'registered' });
  expect(await change({ returnedOn: addDays(day, -1) })).toMatchObject({ code: 'state_conflict' });
});

test('after its release a right is not registered again, nor changed', async () => {
  await change(registered());
  const day = world.today();
  expect((await change({ releasedOn: day })).result.asset).toMatchObject({ state: 'released', endedOn: day });
  expect(await change({ releasedOn: day })).toMatchObject({ kind: 'done' });
  expect(await change(registered('Y2'))).toMatchObject({ code: 'state_conflict' });
  expect(await change({ valueFen: 1, valuedOn: day })).toMatchObject({ code: 'state_conflict' });
  expect(await change({ extinguishedOn: day, cause: 'expired' })).toMatchObject({ code: 'state_conflict' });
});

test('an unregistered right is withdrawn, not released; a lost one degrades the bundle for good', async () => {
  const day = world.today();
  expect(await change({ releasedOn: day })).toMatchObject({ code: 'state_conflict' });
  await change(registered());
  const lost = { extinguishedOn: day, cause: 'fee-unpaid' };
  expect((await change(lost)).result).toMatchObject({ bundle: 'degraded', asset: { cause: 'fee-unpaid' } });
  expect((await change(registered('作-1'), 'copyright', work)).result).toMatchObject({ bundle: 'degraded' });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1']);
});

test('what is withdrawn is not waited for', async () => {
  await change(registered());
  expect((await change({ withdrawnOn: world.today() }, 'copyright', work)).result).toMatchObject({
    bundle: 'complete',
  });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
});

test('a right that is not there joins with its value, through the checks of a filing', async () => {
  const day = world.today();
  expect(await change(registered(), 'trademark', '12345678-9')).toMatchObject({ code: 'not_found' });
  const value = { valueFen: 100, valuedOn: day };
  const dying = { ...value, expiresOn: addDays(day, 10) };
  expect(await change(dying, 'ic-layout', 'BS.215001457')).toMatchObject({ code: 'debt_outlives_right' });
  const others = world.loan({}, [world.asset('201310699744.2')]);
  await world.file(others, 'bank-b');
  expect(await change(value, 'invention', '201310699744.2')).toMatchObject({ code: 'right_already_pledged' });
  const joined = await change({ ...value, ...registered('T-1') }, 'trademark', '12345678-9');
  expect(joined.result).toMatchObject({ bundle: 'partial', asset: { state: 'registered', valueFen: 100n } });
  const taken = world.loan({}, [world.asset('12345678', { kind: 'trademark' })]);
  expect(await world.file(taken, 'bank-b')).toMatchObject({ code: 'right_already_pledged' });
});

test.each([
  ['/registeredOn', { registrationNo: 'Y1' }],
  ['/valuedOn', { valueFen: 1 }],
  ['/cause', { extinguishedOn: '2026-11-27' }],
  ['/extinguishedOn', { cause: 'expired' }],
  ['/releasedOn', { releasedOn: '2026-11-28' }],
])('what is half said is told by its place: %s', async (pointer, body) => {
  expect(await change(body)).toMatchObject({ code: 'validation_failed', errors: [{ pointer }] });
});

test('another bank’s loan is none, by the same requests', async () => {
  const cost = async (id: string) => {
    const before = started.requests();
    const outcome = await world.change(id, 'invention', number, registered(), 'bank-b');
    return { outcome, requests: started.requests() - before };
  };
  expect(await cost(loanId)).toEqual(await cost('loan-of-nobody'));
  expect((await cost(loanId)).outcome).toMatchObject({ code: 'not_found' });
});
