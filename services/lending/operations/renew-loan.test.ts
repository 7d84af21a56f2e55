import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fundId } from '../../../test/support/lending.ts';
import { servicingOn, type ServicingWorld } from '../../../test/support/servicing.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { heldElsewhere } from '../store/loan.ts';

let started: TestTable;
let world: ServicingWorld;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = servicingOn(await started.another(), '2026-08-03T04:00:00.000Z');
  await world.founded();
  await world.listed({ validUntil: '2029-08-03' });
});

const terms = { bankLoanNo: 'XY-2', disbursedOn: '2027-08-02', maturesOn: '2028-08-01' };
const right = 'invention#CN201710601862';

async function holder(): Promise<string[]> {
  const items: string[] = [];
  for await (const item of world.table.scan({ expression: 'sk = :held', values: { ':held': 'HELD' } })) {
    items.push(`${String(item['pk'])} ${String(item['loanId'])}`);
  }
  return items;
}

test('a renewal files the new loan and ends the old one, and the rights pass over in the same step', async () => {
  const old = await world.lent();
  await world.report(old, { asOf: '2026-08-03' });
  const [before] = await holder();
  world.at('2027-08-02T04:00:00.000Z');
  const renewed = await world.renew(old, terms);
  expect(renewed).toMatchObject({ kind: 'done', result: { renews: old, openTo: 'small-and-medium' } });
  const { loanId } = renewed.result;
  expect(renewed.location).toBe(`/v1/loans/${loanId}`);
  expect(await holder()).toEqual([before!.replace(old, loanId)]);
  expect(await world.loanOf(old)).toMatchObject({
    status: 'renewed',
    renewedBy: loanId,
    ended: { how: 'renewed', on: '2027-08-02' },
  });
  expect(await world.loanOf(loanId)).toMatchObject({
    status: 'active',
    renews: old,
    rights: [{ state: 'registered' }],
  });
  expect((await world.told(old)).slice(-2)).toEqual(['loan.renewed.v1', 'loan.settled.v1']);
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
  expect(await world.portfolio()).toMatchObject({ loans: 0, outstandingFen: 0n });
  expect(await world.renew(old, terms)).toEqual({ ...renewed, replayed: true });
  expect(await world.renew(old, { ...terms, principalFen: 1 })).toMatchObject({ code: 'already_exists' });
  expect(await world.renew(old, { ...terms, bankLoanNo: 'XY-3' })).toMatchObject({ code: 'state_conflict' });
  expect(await heldElsewhere(world.table, [right], loanId)).toEqual(new Set());
});

test('registrations that are made anew for the new loan are waited for', async () => {
  const old = await world.lent();
  world.at('2027-08-02T04:00:00.000Z');
  const { result } = await world.renew(old, { ...terms, registration: 're-registered' });
  expect(result.cover).toMatchObject({ status: 'pending', reason: 'registration-missing' });
  expect(await world.told(result.loanId)).toEqual(['loan.filed.v1']);
  await world.change(result.loanId, 'invention', '201710601862.3', {
    registrationNo: 'Y2',
    registeredOn: '2027-08-02',
  });
  expect(await world.told(result.loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
});

test.each([
  ['is overdue', { asOf: '2027-08-01', overdueDays: 1 }, '2027-08-02', 'filed_after_default'],
  ['is non-performing', { asOf: '2027-08-01', classification: 'substandard' }, '2027-08-02', 'filed_after_default'],
  ['is past its maturity', undefined, '2027-08-04', 'filed_after_default'],
  ['is repaid', { asOf: '2027-08-01', outstandingFen: 0 }, '2027-08-02', 'state_conflict'],
] as const)('a loan that %s is not renewed, and nothing changes', async (_case, report, today, code) => {
  const old = await world.lent();
  world.at(`${today}T04:00:00.000Z`);
  if (report !== undefined) await world.report(old, report);
  const before = await holder();
  expect(await world.renew(old, { ...terms, disbursedOn: today })).toMatchObject({ code });
  expect([await holder(), (await world.loans()).length]).toEqual([before, 1]);
});

test('a loan under claim is not renewed, and is again once the claim is returned', async () => {
  const old = await world.lent();
  world.at('2027-08-02T04:00:00.000Z');
  const of = { claimId: 'c-1', loanId: old, partnerId: 'bank-a', fundId, recipients: ['bank-a'], seq: 9 };
  const filed = { programmeVersion: 1, trigger: 'suit-filed', lossPrincipalFen: 7, entitledFen: 3 };
  await world.hear('claim.filed.v1', { ...of, ...filed, on: world.today(), status: 'filed' });
  const before = await holder();
  expect(await world.renew(old, terms)).toMatchObject({ code: 'state_conflict' });
  expect(await holder()).toEqual(before);
  await world.hear('claim.returned.v1', { ...of, on: world.today(), status: 'returned', codes: [] });
  expect(await world.renew(old, terms)).toMatchObject({ kind: 'done' });
});

test('on the day of its maturity a loan may still be renewed, by its own bank only', async () => {
  const old = await world.lent();
  world.at('2027-08-03T04:00:00.000Z');
  expect(await world.renew(old, terms, 'bank-b')).toMatchObject({ code: 'not_found' });
  expect(await world.renew(old, terms)).toMatchObject({ kind: 'done' });
});

test('fifty rights pass over in one transaction, and of two renewals at once one is made', async () => {
  const numbers = Array.from({ length: 50 }, (_right, place) => `ZZ-${place}`);
  const registered = { registrationNo: 'Y1', registeredOn: '2026-08-03' };
  const assets = numbers.map((number) => ({ ...world.asset(number, registered), kind: 'licence-income' }));
  const { result } = await world.file(world.loan({}, assets));
  world.at('2027-08-02T04:00:00.000Z');
  await world.watch();
  const both = await Promise.all(
    ['XY-8', 'XY-9'].map((bankLoanNo) => world.renew(result.loanId, { ...terms, bankLoanNo })),
  );
  expect(both.map(({ kind, code }) => code ?? kind).toSorted()).toEqual(['done', 'state_conflict']);
  const made = both.find(({ kind }) => kind === 'done')!.result.loanId;
  const held = await holder();
  expect(held).toHaveLength(50);
  expect(held.every((line) => line.endsWith(` ${made}`))).toBe(true);
  await world.watch();
  expect((await world.openWatches()).filter(({ loanId }) => loanId === result.loanId)).toEqual([]);
});
