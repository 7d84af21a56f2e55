import { afterAll, beforeAll, expect, test } from 'vitest';
import { absent, type Write } from '#packages/table';
import { startTable, type TestTable } from '../../../../test/support/table.ts';
import { exposureOf } from '../book.ts';
import { receiveContribution } from '../cash.ts';
import { openLedger, post } from '../post.ts';
import { readBook } from '../read.ts';
import { setTerms } from '../suspension.ts';
import { type CoverAnswer, coverLoans, releaseLoan } from './cover-loans.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const day = '2026-11-20';
const cover = (loanId: string, exposureFen: bigint) => ({
  loanId,
  bankId: 'bank-a',
  exposureFen,
  principalFen: exposureFen * 2n,
  valueDate: day,
});

test('a loan is covered or refused once, told once, and given back once for each reference', async () => {
  const ledger = openLedger(store.table, () => new Date('2026-11-27T04:00:00.000Z'));
  await post(ledger, 'f', [
    setTerms({ programmeVersion: 1, leverage: 2 }, day),
    receiveContribution({ bankReference: 'r1', contributor: 'city', amountFen: 50n, valueDate: day }),
  ]);
  const told = (answer: CoverAnswer): Write[] => [
    { kind: 'put', item: { pk: `TOLD#${answer.loanId}`, sk: 'E', status: answer.status }, condition: absent },
  ];
  const covers = [cover('l1', 60n), cover('l2', 41n), cover('l3', 40n)];
  const first = await coverLoans(ledger)('f', covers, told);
  expect(first).toEqual([
    { loanId: 'l1', status: 'covered', seq: 3, replayed: false },
    { loanId: 'l2', status: 'refused', reason: 'capacity-exhausted', replayed: false },
    { loanId: 'l3', status: 'covered', seq: 4, replayed: false },
  ]);
  for (const { loanId, status } of first) {
    expect(await store.table.get({ pk: `TOLD#${loanId}`, sk: 'E' })).toMatchObject({ status });
  }
  expect(await coverLoans(ledger)('f', covers, told)).toEqual(first.map((answer) => ({ ...answer, replayed: true })));
  expect(await coverLoans(ledger)('f', [cover('l1', 61n)])).toEqual([{ loanId: 'l1', status: 'already_exists' }]);

  const release = (loanId: string, reference: string, repaidFen?: bigint) =>
    releaseLoan(ledger)('f', loanId, { reference, valueDate: day, ...(repaidFen !== undefined && { repaidFen }) });
  expect(await release('l2', 'a')).toBe('not-covered');
  expect(await release('l1', 'a', 121n)).toBe('more-than-covered');
  expect(await release('l1', 'a', 60n)).toBe('released');
  expect(await release('l1', 'a', 60n)).toBe('released');
  expect(await release('l1', 'a', 59n)).toBe('already_exists');
  expect(await release('l1', 'end')).toBe('released');
  expect(await release('l1', 'again')).toBe('nothing-covered');
  expect(exposureOf(await readBook(store.table, 'f'))).toBe(40n);
});
