import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '#packages/access';
import { absent, type Write } from '#packages/table';
import { startTable, type TestTable } from '../../../../test/support/table.ts';
import { openLedger } from '../post.ts';
import { readBalances, readProof } from './read-book.ts';
import { recordContribution, recordFee, recordInterest } from './record-bank-line.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const caller: Caller = { kind: 'person', issuer: 'https://id', sub: 'a', role: 'city-admin' };
const now = new Date('2026-11-27T04:00:00.000Z');
const call = { now, caller };
const body = {
  level: 'county' as const,
  divisionCode: '411525',
  amountFen: 1_000n,
  receivedOn: '2026-11-26',
  bankReference: 'r1',
};

test('money in is booked once, told once, and answered again as the first time', async () => {
  const record = recordContribution(openLedger(store.table));
  const proof: Write = { kind: 'put', item: { pk: 'IDEMPOTENCY#1', sk: 'k1' }, condition: absent };
  const first = await record('fund-1', body, { ...call, receipt: () => [proof] });
  expect(first).toMatchObject({ kind: 'done', result: { fundId: 'fund-1', seq: 1, amountFen: 1_000n } });
  expect(await store.table.get({ pk: 'IDEMPOTENCY#1', sk: 'k1' })).toBeDefined();
  expect(await store.table.get({ pk: 'FUND#contribution/fund-1.1', sk: 'EVENT#0000000001' })).toMatchObject({
    event: expect.stringContaining('"type":"fund.contribution.posted.v1"'),
  });
  expect(await record('fund-1', body, call)).toEqual({ ...first, replayed: true });
  expect(await record('fund-1', { ...body, amountFen: 1n }, call)).toEqual({ kind: 'refused', code: 'already_exists' });
});

test('nothing, the future and what is not there are refused', async () => {
  const ledger = openLedger(store.table);
  expect(
    await recordContribution(ledger)('fund-2', { ...body, amountFen: 0n, receivedOn: '2026-11-28' }, call),
  ).toMatchObject({
    code: 'validation_failed',
    errors: [{ pointer: '/amountFen' }, { pointer: '/receivedOn' }],
  });
  expect(await recordContribution(ledger)('fund-2', { ...body, bankReference: 'x'.repeat(129) }, call)).toMatchObject({
    errors: [{ pointer: '/bankReference' }],
  });
  const fee = { amountFen: 5n, bookedOn: '2026-11-26', bankReference: 'f1' };
  expect(await recordFee(ledger)('fund-2', fee, call)).toEqual({ kind: 'refused', code: 'fund_balance_exceeded' });
  expect(await recordInterest(ledger)('fund-2', { ...fee, bankReference: 'i1' }, call)).toMatchObject({ kind: 'done' });
  expect(await recordFee(ledger)('fund-2', fee, call)).toMatchObject({ kind: 'done', result: { seq: 2 } });
  expect(await readBalances(store.table)('fund-2', {}, now)).toEqual({
    kind: 'done',
    result: {
      fundId: 'fund-2',
      at: now.toISOString(),
      cashFen: 0n,
      availableFen: 0n,
      exposureFen: 0n,
      accounts: [
        { code: '4101', name: '利息收入', balanceFen: 5n },
        { code: '5102', name: '手续费及追偿费用', balanceFen: 5n },
      ],
    },
  });
  expect(await readProof(store.table)('fund-2')).toMatchObject({
    result: { entries: 2, trialBalance: 0n, verified: true },
  });
});
