import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import type { Table } from '#packages/table';
import { fundId, startCoveredFund } from '../../../test/support/covered-fund.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { proveBook } from '../ledger/proof.ts';
import { readJournal } from '../ledger/read.ts';
import { previousBalanceFen } from '../store/bank-year.ts';
import {
  coveredLoansOf,
  coveredLoanWrites,
  getCoveredLoan,
  listedLoans,
  type LiveLoan,
} from '../store/covered-loan.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const start = '2026-11-23T04:00:00.000Z';

async function city(programme: object = {}, amountFen = 1_000) {
  const table = await store.another();
  let now = new Date(start);
  const fund = await startCoveredFund(table, () => now, programme, amountFen);
  return {
    ...fund,
    table,
    at: (instant: string) => {
      now = new Date(instant);
    },
  };
}

async function live(table: Table): Promise<LiveLoan[]> {
  const loans: LiveLoan[] = [];
  for await (const loan of coveredLoansOf(table, fundId)) loans.push(loan);
  return loans;
}

/** As claims will have it. */
async function setClaim(table: Table, loanId: string, claimId: string | undefined): Promise<void> {
  const held = (await getCoveredLoan(table, loanId))!;
  const { claimId: _before, ...state } = held.state;
  const change = {
    state: { ...state, ...(claimId !== undefined && { claimId }) },
    audit: { actor: { type: 'system', id: 'test', role: 'system' } as const, action: 'test', outcome: 'done' },
  };
  await table.transact(coveredLoanWrites(held, change, { now: new Date(start), requestId: 'test' }));
}

test('a loan that is filed waits; registered it is covered by the version it was filed under, and told so', async () => {
  const { hear, filed, registered, loan, told, balance, table } = await city();
  expect(await hear(filed('l1', 201))).toEqual([]);
  expect(await loan('l1')).toMatchObject({ cover: 'pending', bankId: 'bank-a', exposureFen: 100n, eligibleFen: 201n });
  expect([await balance('9001'), await told('cover', 'l1')]).toEqual([0n, []]);
  expect(await live(table)).toMatchObject([
    { loanId: 'l1', cover: 'pending', exposureFen: 100n, outstandingFen: 201n },
  ]);

  expect(await hear(registered('l1'))).toEqual([]);
  expect(await loan('l1')).toMatchObject({
    cover: 'covered',
    registeredOn: '2026-10-09',
    left: { exposureFen: 100n, principalFen: 201n },
  });
  expect([await balance('9001', 'bank-a'), await balance('9003', 'bank-a')]).toEqual([100n, 201n]);
  const entry = (await readJournal(table, fundId, 10)).entries.at(-1);
  expect(entry).toMatchObject({ id: 'cover:l1', valueDate: '2026-10-09' });
  const data = { loanId: 'l1', partnerId: 'bank-a', fundId, programmeVersion: 1, exposureFen: 100, seq: entry?.seq };
  expect(await told('cover', 'l1')).toEqual([{ sequence: 1, type: 'fund.cover.confirmed.v1', data }]);
  expect((await verifyAggregate(table, 'COVER#l1')).kind).toBe('intact');
});

test('cover begins when both the filing and the registration are there, and never after the day it was told of', async () => {
  const { hear, filed, registered, table } = await city();
  await hear(filed('l1', 2), registered('l1', '2026-10-01'), filed('l2', 2), registered('l2', '2027-01-01'));
  const { entries } = await readJournal(table, fundId, 10);
  expect(Object.fromEntries(entries.map(({ id, valueDate }) => [id, valueDate]))).toMatchObject({
    'cover:l1': '2026-10-08',
    'cover:l2': '2026-11-23',
  });
});

test.each([
  ['capacity-exhausted', {}, 'bank-a'],
  ['bank-quota-exhausted', { bankQuotas: [{ bankId: 'bank-a', quotaFen: 99 }] }, 'bank-a'],
  ['fund-suspended', {}, undefined],
  ['bank-suspended', {}, 'bank-a'],
])('%s is said once and for good, and told', async (reason, programme, bankId) => {
  const { hear, filed, registered, loan, told, balance, post, table } = await city(programme);
  if (reason.endsWith('suspended')) {
    const which = reason === 'bank-suspended' ? { bankId } : {};
    await post(`/v1/funds/${fundId}/suspensions`, { reason: '演练', ...which });
  }
  const principal = reason === 'capacity-exhausted' ? 20_002 : 200;
  const events = [filed('l1', principal), registered('l1')];
  expect(await hear(...events)).toEqual([]);
  expect(await hear(...events)).toEqual([]);
  expect(await loan('l1')).toMatchObject({ cover: 'refused', refusal: reason });
  const data = { loanId: 'l1', partnerId: 'bank-a', fundId, reason };
  expect(await told('cover', 'l1')).toEqual([{ sequence: 1, type: 'fund.cover.refused.v1', data }]);
  expect(await balance('9001')).toBe(0n);
  expect(await live(table)).toEqual([]);
  expect((await table.page({ condition: listedLoans(fundId, 'over', 'bank-a') }, 5)).items).toHaveLength(1);
});

test('a quota binds its bank alone, up to the fen', async () => {
  const { hear, filed, registered, loan } = await city({ bankQuotas: [{ bankId: 'bank-a', quotaFen: 100 }] });
  // The loans of one batch do not wait for each other.
  await hear(filed('l1', 200), registered('l1'));
  await hear(filed('l2', 2), registered('l2'));
  await hear(filed('l3', 2_000, {}, 'bank-b'), registered('l3', '2026-10-09', 'bank-b'));
  expect([(await loan('l1'))?.cover, (await loan('l2'))?.refusal, (await loan('l3'))?.cover]).toEqual([
    'covered',
    'bank-quota-exhausted',
    'covered',
  ]);
});

test('what is repaid gives its share of the cover back, once; what is owed again takes nothing back', async () => {
  const { hear, filed, registered, reported, settled, loan, balance, table } = await city();
  const report = reported.bind(undefined, 'l1');
  await hear(filed('l1', 201), registered('l1'), report('2026-10-31', 201));
  expect(await balance('9001')).toBe(100n);
  // 100 × 101 ÷ 201 is 50.2: what stays is rounded up.
  const half = report('2026-11-10', 101);
  await hear(half, half);
  expect([await balance('9001'), await balance('9003')]).toEqual([51n, 101n]);
  await hear(report('2026-11-11', 150));
  expect([await balance('9001'), (await loan('l1'))?.lastReport?.outstandingFen]).toEqual([51n, 150n]);
  // Dated before the last: it neither gives back nor is it the last.
  await hear(report('2026-10-01', 1));
  expect([await balance('9001'), (await loan('l1'))?.lastReport?.asOf]).toEqual([51n, '2026-11-11']);
  await hear(report('2026-11-11', 0));
  expect(await balance('9001')).toBe(51n);
  expect(await live(table)).toMatchObject([{ exposureFen: 51n, outstandingFen: 150n, asOf: '2026-11-11' }]);
  await hear(settled('l1', '2026-11-20'));
  expect([await balance('9001'), await balance('9003')]).toEqual([0n, 0n]);
  expect(await loan('l1')).toMatchObject({ cover: 'released', ended: { how: 'repaid', on: '2026-11-20' } });
  expect(await live(table)).toEqual([]);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: true });
});

test('where the programme caps what it shares, as much stays reserved as it may still have to pay', async () => {
  const { hear, filed, registered, reported, balance } = await city({ eligiblePerEnterpriseFen: 100 });
  await hear(filed('l1', 400), registered('l1'), reported('l1', '2026-10-31', 200));
  expect([await balance('9001'), await balance('9003')]).toEqual([50n, 200n]);
  await hear(reported('l1', '2026-11-10', 60));
  expect(await balance('9001')).toBe(30n);
});

test('the days from which claims are possible are those of the first reports that say so, in whatever order', async () => {
  const { hear, filed, reported, loan } = await city({ triggerOverdueDays: 60 });
  const bad = { overdueDays: 60, classification: 'substandard' };
  await hear(
    filed('l1', 200),
    reported('l1', '2026-09-30', 200, { overdueDays: 59, classification: 'special-mention' }),
  );
  expect(await loan('l1')).not.toHaveProperty('overdueSince');
  await hear(reported('l1', '2026-11-20', 200, bad), reported('l1', '2026-10-31', 200, bad));
  await hear(reported('l1', '2026-11-21', 200), reported('l1', '2026-11-22', 200, { ...bad, classification: 'loss' }));
  expect(await loan('l1')).toMatchObject({
    nonPerformingSince: '2026-10-31',
    overdueSince: '2026-10-31',
    lastReport: { asOf: '2026-11-22', classification: 'loss' },
  });
});

test('while a claim is open nothing is given back; afterwards the next report or the end does', async () => {
  const { hear, filed, registered, reported, settled, loan, balance, table } = await city();
  for (const id of ['l1', 'l2']) await hear(filed(id, 200), registered(id));
  for (const id of ['l1', 'l2']) await setClaim(table, id, `claim-of-${id}`);
  await hear(reported('l1', '2026-10-31', 100), settled('l2', '2026-10-31', 'written-off'));
  expect(await balance('9001')).toBe(200n);
  expect(await loan('l2')).toMatchObject({ cover: 'covered', ended: { how: 'written-off' } });
  expect(await live(table)).toHaveLength(2);
  await setClaim(table, 'l1', undefined);
  await hear(reported('l1', '2026-11-20', 100));
  expect(await balance('9001')).toBe(150n);
});

test.each([
  ['the old loan ends first', ['renewed', 'settled', 'registered']],
  ['the new loan is registered first', ['registered', 'renewed', 'settled']],
])('a renewal takes over the room of what it renews, whichever is heard first: %s', async (_which, order) => {
  const { hear, filed, registered, renewed, settled, loan, balance } = await city({ leverage: 1 }, 100);
  await hear(filed('old', 200), registered('old'), filed('new', 200, { renews: 'old' }));
  const events = {
    registered: registered('new'),
    renewed: renewed('old', 'new', '2026-11-01'),
    settled: settled('old', '2026-11-02', 'renewed'),
  };
  for (const name of order) expect(await hear(events[name as keyof typeof events])).toEqual([]);
  expect([(await loan('new'))?.cover, await balance('9001')]).toEqual(['covered', 100n]);
  expect(await loan('old')).toMatchObject({ cover: 'released', ended: { how: 'renewed', on: '2026-11-01' } });
});

test('a loan that ends before it is registered is never covered', async () => {
  const { hear, filed, registered, settled, loan, told, balance } = await city();
  await hear(filed('l1', 200), settled('l1', '2026-10-31'), registered('l1'));
  expect([(await loan('l1'))?.cover, await told('cover', 'l1'), await balance('9001')]).toEqual(['released', [], 0n]);
});

test('a bank’s balance at the end of a year is what its covered loans had left by their last reports', async () => {
  const { hear, filed, registered, reported, settled, table, at } = await city();
  at('2027-02-01T04:00:00.000Z');
  for (const id of ['l1', 'l2', 'l3']) await hear(filed(id, 200), registered(id));
  await hear(filed('l4', 200), filed('l5', 200, {}, 'bank-b'), registered('l5', '2026-10-09', 'bank-b'));
  await hear(filed('l6', 200, { disbursedOn: '2027-01-01' }), registered('l6'));
  await hear(reported('l1', '2026-10-31', 150), reported('l1', '2026-12-31', 140), reported('l1', '2027-01-31', 10));
  await hear(reported('l1', '2026-11-30', 145), settled('l2', '2026-12-31'), reported('l3', '2027-01-31', 50));
  const before = (year: number) => previousBalanceFen(table, fundId, 'bank-a', year);
  expect([await before(2026), await before(2027), await before(2028)]).toEqual([0n, 340n, 260n]);
});
