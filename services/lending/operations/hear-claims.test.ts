import { afterAll, beforeAll, expect, test } from 'vitest';
import { fundId, lendingOn } from '../../../test/support/lending.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { getLoan } from '../store/loan.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());

test('a claim brings its loan to compensated, in recovery and written off; a returned one leaves it as it was', async () => {
  const world = lendingOn(await started.another());
  await world.listed();
  await world.founded();
  const { loanId } = (await world.file(world.loan())).result;
  const of = (claimId: string, status: string) => {
    const about = { claimId, loanId, partnerId: 'bank-a', fundId, recipients: ['bank-a'], seq: 9, on: '2026-11-27' };
    return { ...about, status };
  };
  const state = async () => (await getLoan(world.table, loanId))!.state;
  const filed = { programmeVersion: 1, trigger: 'npl-classified', lossPrincipalFen: 7, entitledFen: 3 };

  await world.hear('claim.filed.v1', { ...of('c-1', 'filed'), ...filed });
  expect(await state()).toMatchObject({ status: 'active', claimId: 'c-1' });
  await world.hear('claim.returned.v1', { ...of('c-1', 'returned'), codes: [] });
  expect(await state()).not.toHaveProperty('claimId');
  await world.hear('claim.filed.v1', { ...of('c-2', 'filed'), ...filed });
  const paid = { ...of('c-2', 'paid'), paidFen: 3, pendingFen: 0 };
  await world.hear('claim.paid.v1', paid);
  await world.hear('claim.paid.v1', paid);
  expect(await state()).toMatchObject({ status: 'compensated', claimId: 'c-2' });
  const refund = { ...of('c-2', 'paid'), reference: 'R1', netFen: 1, refundFen: 1 };
  await world.hear('fund.refund.posted.v1', { ...refund, reversed: true });
  expect(await state()).toMatchObject({ status: 'compensated' });
  await world.hear('fund.refund.posted.v1', { ...refund, reversed: false });
  expect(await state()).toMatchObject({ status: 'in-recovery' });
  await world.hear('claim.written-off.v1', { ...of('c-2', 'written-off'), writtenOffFen: 2 });
  expect(await state()).toMatchObject({ status: 'written-off', ended: { how: 'written-off', on: '2026-11-27' } });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.settled.v1']);
});
