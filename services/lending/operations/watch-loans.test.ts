import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Caller } from '#packages/access';
import type { Table } from '#packages/table';
import { tries } from '../../../test/support/effort.ts';
import { failing } from '../../../test/support/partners.ts';
import { auditor, servicingOn, type ServicingWorld } from '../../../test/support/servicing.ts';
import { uscc } from '../../../test/support/lending.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
let world: ServicingWorld;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = await fresh();
});

async function fresh(): Promise<ServicingWorld> {
  const made = servicingOn(await started.another(), '2026-08-03T04:00:00.000Z');
  await made.founded();
  await made.listed({ validUntil: '2028-08-03' });
  await made.watch();
  return made;
}
const number = (place: number) => `ZZ-2026-${place}`;
async function lend(rights = 1, over: Record<string, unknown> = {}): Promise<string> {
  const assets = Array.from({ length: rights }, (_right, place) => ({
    ...world.asset(`${Math.random()}-${place}`, over),
    kind: 'licence-income',
  }));
  return (await world.file(world.loan({}, assets))).result.loanId;
}
const codes = async (query: object = {}, caller?: Caller) =>
  (await world.ask('listLoanWatches', query, caller)).result.items.map(({ code }: { code: string }) => code);

test('a watch is raised on its day, told once however often the clock strikes, and cleared by what it asked for', async () => {
  const loanId = await lend(1, { number: number(1) });
  world.at('2026-09-02T04:00:00.000Z');
  expect(await world.watch()).toMatchObject({ looked: 0 });
  world.at('2026-09-03T04:00:00.000Z');
  expect(await world.watch()).toMatchObject({ looked: 1, raised: 1, cleared: 0 });
  expect(await world.watch()).toMatchObject({ looked: 0, raised: 0 });
  expect(await codes()).toEqual(['registration-missing']);
  const { registrationNo, registeredOn } = { registrationNo: 'Y1', registeredOn: '2026-09-03' };
  await world.change(loanId, 'licence-income', number(1), { registrationNo, registeredOn });
  expect(await codes()).toEqual([]);
  const { result } = await world.ask('listLoanWatches', { state: 'cleared' });
  expect(result.items).toMatchObject([
    { loanId, partnerId: 'bank-a', code: 'registration-missing', dueOn: '2026-09-02', state: 'cleared' },
  ]);
  const told = (await world.told(loanId)).filter((type) => type.startsWith('loan.watch.'));
  expect(told).toEqual(['loan.watch.raised.v1', 'loan.watch.cleared.v1']);
});

test('a month that nobody reported is listed from the day it is over, raised when it is late, and cleared by the report', async () => {
  const loanId = await world.lent();
  const missing = (month: string, caller?: Caller) => world.ask('listMissingReports', { month }, caller);
  expect((await missing('2026-08')).result.items).toMatchObject([{ loanId, dueOn: '2026-09-14', overdue: false }]);
  expect(await missing('2026-09')).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '?month' }] });
  world.at('2026-09-15T04:00:00.000Z');
  await world.watch();
  expect(await codes()).toEqual(['report-missing']);
  expect((await missing('2026-08', auditor)).result.items).toMatchObject([{ loanId, overdue: true }]);
  await world.report(loanId, { asOf: '2026-09-15' });
  // September is reported, August is still missing.
  expect((await missing('2026-09')).result.items).toEqual([]);
  expect((await missing('2026-08')).result.items).toMatchObject([{ loanId }]);
  await world.report(loanId, { asOf: '2026-08-31' });
  expect((await missing('2026-08')).result.items).toEqual([]);
  expect(await codes()).toEqual([]);
});

test('lists show a bank its own, a county and a company theirs', async () => {
  await world.lent();
  world.at('2026-09-15T04:00:00.000Z');
  await world.watch();
  const person = (role: 'county-reviewer' | 'enterprise-user' | 'park-manager', bound: object): Caller => ({
    kind: 'person',
    issuer: 'i',
    sub: 's',
    role,
    ...bound,
  });
  const seen = async (caller: Caller) => [
    (await codes({}, caller)).length,
    (await world.ask('listMissingReports', { month: '2026-08' }, caller)).result.items.length,
  ];
  expect(await seen({ kind: 'partner', partnerId: 'bank-b', role: 'bank' })).toEqual([0, 0]);
  expect(await seen(person('county-reviewer', { divisionCode: '411502' }))).toEqual([1, 1]);
  expect(await seen(person('county-reviewer', { divisionCode: '411525' }))).toEqual([0, 0]);
  expect(await seen(person('county-reviewer', {}))).toEqual([0, 0]);
  expect(await seen(person('enterprise-user', { uscc }))).toEqual([1, 1]);
  expect(await seen(person('park-manager', { parkId: 'P' }))).toEqual([0, 0]);
  expect(await seen(auditor)).toEqual([1, 1]);
  expect(await codes({ code: 'valuation-old' })).toEqual([]);
  expect(await codes({ code: 'report-missing' })).toEqual(['report-missing']);
});

test('a borrower that leaves the whitelist is told of by the next run, and again when it is back', async () => {
  await world.lent();
  world.at('2026-08-10T04:00:00.000Z');
  await world.hear('whitelist.entry.removed.v1', { uscc, version: 2, reason: 'hard-hit', recipients: ['all-banks'] });
  await world.watch();
  const { result } = await world.ask('listLoanWatches', {});
  expect(result.items).toMatchObject([{ code: 'borrower-unlisted', dueOn: '2026-08-10' }]);
  world.at('2026-08-12T04:00:00.000Z');
  await world.listed({ validUntil: '2028-08-03' });
  expect(await world.watch()).toMatchObject({ looked: 1, cleared: 1 });
  expect(await codes()).toEqual([]);
  expect((await world.due()).filter((sk) => sk.startsWith('!'))).toEqual([]);
});

test('a run costs what is due, not what there is', async () => {
  for (let count = 0; count < 6; count += 1) await lend();
  world.at('2026-09-03T04:00:00.000Z');
  await world.watch();
  const costOfARun = async () => {
    const before = started.requests();
    await world.watch();
    return started.requests() - before;
  };
  const idle = await costOfARun();
  expect(idle).toBeLessThanOrEqual(4);
  for (let count = 0; count < 12; count += 1) await lend();
  expect(await costOfARun()).toBe(idle);
});

test('fifty rights and more are raised piece by piece within one run', async () => {
  await lend(50);
  world.at('2027-08-04T04:00:00.000Z');
  expect(await world.watch()).toMatchObject({ looked: 1, raised: 112, left: false });
  expect(await world.openWatches()).toHaveLength(112);
  expect(await world.watch()).toMatchObject({ looked: 0 });
});

/** The table as it is for a run that is killed at its so-manieth transaction, before or after this took effect. */
function dying(table: Table, after: number, how: 'before' | 'after'): Table {
  return failing(table, [...Array.from({ length: after }, () => 'not' as const), ...Array(1_000).fill(how)]);
}

test('killed anywhere and run again, a run has told each watch once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat({ max: 5 }), fc.constantFrom('before' as const, 'after' as const)), { maxLength: 3 }),
      async (kills) => {
        world = await fresh();
        const loans = [await lend(9), await lend(1), await lend(2)];
        await world.hear('whitelist.entry.suspended.v1', { uscc, version: 2, reason: 'soft-hit', recipients: [] });
        world.at('2026-09-15T04:00:00.000Z');
        for (const [after, how] of kills) await world.watch(dying(world.table, after, how)).catch(() => undefined);
        await world.watch();
        const told = (await Promise.all(loans.map((loanId) => world.told(loanId)))).map(
          (types) => types.filter((type) => type === 'loan.watch.raised.v1').length,
        );
        // Each right unregistered, August unreported, the borrower off the list.
        expect(told).toEqual([11, 3, 4]);
        expect(await world.openWatches()).toHaveLength(18);
        expect(await world.watch()).toMatchObject({ looked: 0, raised: 0 });
      },
    ),
    { numRuns: tries(2, 100) },
  );
});

test('a run that has no time left stops, and the next one goes on', async () => {
  await Promise.all([lend(), lend()]);
  world.at('2026-09-03T04:00:00.000Z');
  const { watchLoans } = await import('./watch-loans.ts');
  expect(await watchLoans(world)(world.now(), 'run', () => 5_000)).toMatchObject({ looked: 0, left: true });
  expect(await world.watch()).toMatchObject({ looked: 2, raised: 2, left: false });
});
