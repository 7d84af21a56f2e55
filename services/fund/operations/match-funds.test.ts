import { afterAll, beforeAll, expect, test } from 'vitest';
import { claimWorld } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { getCoveredLoan, coveredLoanWrites } from '../store/covered-loan.ts';
import { matchFunds } from './match-funds.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

const head = '交易日期,流水号,收入,支出,余额';

test('book, statement, claims and loans agree through a claim’s life; what does not is named, bank by bank, and kept', async () => {
  const world = await claimWorld(await started.another());
  const match = async () => {
    await matchFunds({ table: world.table })(world.now());
    return (await world.call('GET', '/v1/funds/fund-a/matches', { as: 'auditor.x' })).body.items[0];
  };
  expect(await match()).toMatchObject({ on: '2026-11-23', agrees: true });
  await world.contribute(60_000_000n);
  expect(await match()).toMatchObject({ differences: [{ code: 'statement-overdue', bookFen: 60_000_000 }] });
  await world.call('POST', '/v1/funds/fund-a/statements', {
    csv: `${head}\n2026-11-23,R1,600000.00,,600000.00\n`,
  });
  expect(await match()).toMatchObject({ agrees: true, statementOn: '2026-11-23' });

  const [first, second, third] = [await world.loan(), await world.loan(), await world.loan()];
  expect(await match()).toMatchObject({ agrees: true });
  const { claimId } = (await world.file(first)).body;
  const other = (await world.file(second)).body.claimId;
  expect(await match()).toMatchObject({ agrees: true });
  await world.decide(claimId);
  await world.decide(other);
  expect(await match()).toMatchObject({ agrees: true });
  await world.pay(claimId);
  await world.pay(other);
  // The second waits for 40 of its 50; the statement of the day no longer holds.
  expect((await match()).differences).toEqual([
    { code: 'statement-balance', bookFen: 0, otherFen: 60_000_000, on: '2026-11-23' },
  ]);

  const held = await getCoveredLoan(world.table, third);
  if (held === undefined) throw new Error('there is no such loan');
  const state = { ...held.state, left: { exposureFen: 49_999_999n, principalFen: 100_000_000n } };
  const audit = { actor: { type: 'system', id: 'test', role: 'system' } as const, action: 'spoil', outcome: 'spoilt' };
  await world.table.transact(coveredLoanWrites(held, { state, audit }, { now: world.now(), requestId: 'r' }));
  expect((await match()).differences).toContainEqual({
    code: 'exposure-covered',
    partnerId: 'bank-a',
    bookFen: 50_000_000,
    otherFen: 49_999_999,
  });
  expect((await world.call('GET', '/v1/funds/fund-a/matches', { as: 'bank' })).status).toBe(403);
  expect((await world.call('GET', '/v1/funds/fund-x/matches')).status).toBe(404);
});
