import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bank } from '../../../test/support/lending.ts';
import { auditor, servicingOn, type ServicingWorld } from '../../../test/support/servicing.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
let world: ServicingWorld;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = servicingOn(await started.another(), '2026-08-03T04:00:00.000Z');
  await world.founded();
  await world.listed({ validUntil: '2028-08-03' });
});

test('a bank with nothing reported is not within its tolerance: it is unknown', async () => {
  const { result } = await world.ask('getNplMeter', {});
  expect(result).toMatchObject({ partnerId: 'bank-a', state: 'unknown', reason: 'no-loans', toleranceBps: 300n });
  expect(result.credit).toEqual({ year: 2026, disbursedFen: 0n, loans: 0 });
});

test('the meter compares both ratios of the same month, with the room that is left', async () => {
  const [one, other] = [
    await world.lent({ principalFen: 900_000_000 }),
    await world.lent({ principalFen: 100_000_000 }, ['201810000001.3']),
  ];
  const meter = async (query = {}, caller = bank('bank-a')) => (await world.ask('getNplMeter', query, caller)).result;
  await world.report(one, { asOf: '2026-08-03', outstandingFen: 900_000_000, allLoansNplBps: undefined });
  expect(await meter()).toMatchObject({ state: 'unknown', reason: 'all-loans-ratio-missing' });
  world.at('2026-12-31T04:00:00.000Z');
  const bad = { outstandingFen: 42_000_000, classification: 'substandard' };
  await world.report(other, { asOf: '2026-12-31', ...bad, allLoansNplBps: 150 });
  await world.report(one, { asOf: '2026-12-31', outstandingFen: 900_000_000, allLoansNplBps: 147 });
  // 42,000,000 of 942,000,000 is 4.4586 %; of two ratios said for one day the lower one counts, so the limit is 4.47 %.
  expect(await meter()).toMatchObject({
    ip: { asOf: '2026-12-31', loans: 2, nplLoans: 1, outstandingFen: 942_000_000n, nplFen: 42_000_000n, nplBps: 446n },
    allLoans: { asOf: '2026-12-31', nplBps: 147n },
    state: 'within',
    limitBps: 447n,
    roomBps: 1n,
    roomFen: 107_400n,
  });
  expect(await meter({ partnerId: 'bank-a' }, auditor)).toEqual(await meter());
  expect(await world.ask('getNplMeter', {}, auditor)).toMatchObject({ errors: [{ pointer: '?partnerId' }] });
  expect(await world.ask('getNplMeter', { partnerId: 'bank-b' })).toMatchObject({ code: 'not_found' });
  world.at('2027-01-31T04:00:00.000Z');
  await world.report(one, { asOf: '2027-01-31', outstandingFen: 900_000_000, allLoansNplBps: undefined });
  expect(await meter()).toMatchObject({ state: 'unknown', reason: 'all-loans-ratio-old' });
});

test('a year’s plan is set and changed by its bank, and used by what was paid out in that year', async () => {
  const set = (planFen: bigint, year = 2026, by = 'bank-a') =>
    world.call(world.operations.setCreditPlan, {
      caller: bank(by),
      params: { year },
      body: { planFen, customers: 20 },
    });
  await set(1n);
  expect(await set(1_500_000_000n)).toMatchObject({
    result: { year: 2026, partnerId: 'bank-a', planFen: 1_500_000_000n, customers: 20 },
  });
  await set(7n, 2026, 'bank-b');
  await Promise.all([
    world.lent({ disbursedOn: '2026-07-31', principalFen: 600_000_000 }, ['201810000001.3']),
    world.lent({ principalFen: 500_000_001 }, ['201810000002.1']),
  ]);
  const { result } = await world.ask('getNplMeter', {});
  expect(result.credit).toEqual({
    year: 2026,
    plan: { planFen: 1_500_000_000n, customers: 20 },
    disbursedFen: 1_100_000_001n,
    loans: 2,
    usedBps: 7_333,
  });
});
