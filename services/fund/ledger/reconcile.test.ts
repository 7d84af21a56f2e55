import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { chargeFee, creditInterest, receiveContribution } from './cash.ts';
import { takeBack } from './correct.ts';
import { reconcileStatement } from './operations/reconcile-statement.ts';
import { openLedger, post } from './post.ts';
import { readJournal } from './read.ts';
import { readStatement } from './statement.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const head = '交易日期,流水号,收入,支出,余额\n';
const ledger = () => openLedger(store.table, () => new Date('2026-11-27T04:00:00.000Z'));
const line = (bankReference: string, amountFen: bigint, valueDate = '2026-11-20') => ({
  bankReference,
  amountFen,
  valueDate,
});

async function bookNovember(fundId: string): Promise<void> {
  await post(ledger(), fundId, [
    receiveContribution({ ...line('r0', 500n, '2026-10-31'), contributor: 'city' }),
    receiveContribution({ ...line('r1', 123_456_00n), contributor: 'city' }),
    creditInterest(line('i1', 1_05n, '2026-11-21')),
    chargeFee(line('f1', 50n, '2026-11-21')),
  ]);
}
const compare = async (fundId: string, rows: string) => {
  const answer = await reconcileStatement(ledger())({ fundId, depository: 'main', csv: head + rows });
  if (answer.kind !== 'done') throw new Error(answer.code);
  return answer.result.differences.map(({ code, bankReference, bankFen, bookFen }) => [
    code,
    bankReference,
    bankFen,
    bookFen,
  ]);
};

test('where bank and book agree there is no difference, and the stated balance is on record', async () => {
  await bookNovember('agreed');
  const rows =
    '2026-11-20,r1,"123,456.00",,123461.00\n2026/11/21,i1,1.05,0.00,123462.05\n2026-11-21,f1,,0.5,"123,461.55"\n';
  expect(await compare('agreed', rows)).toEqual([]);
  const { entries } = await readJournal(store.table, 'agreed', 50);
  expect(entries.at(-1)).toMatchObject({
    valueDate: '2026-11-21',
    lines: [],
    control: { stated: { depository: 'main', balanceFen: 123_461_55 } },
  });
  // The same statement again adds nothing.
  await compare('agreed', rows);
  expect((await readJournal(store.table, 'agreed', 50)).entries).toHaveLength(entries.length);
});

test('every kind of difference has its code', async () => {
  await bookNovember('differing');
  const [wrong] = await post(ledger(), 'differing', [creditInterest(line('i9', 77n))]);
  if (wrong?.kind !== 'posted') throw new Error('not posted');
  await post(ledger(), 'differing', [
    takeBack(wrong.entry),
    creditInterest(line('i8', 8n)),
    creditInterest(line('i7', 7n)),
  ]);
  const rows = [
    '2026-11-20,r1,123456.01,,123461.01',
    '2026-11-22,i1,1.05,,123462.06',
    '2026-11-21,f1,,0.50,123461.56',
    '2026-11-21,f1,,0.50,123461.06',
    '2026-11-20,other,0.08,,123461.14',
    '2026-11-20,new,9.00,,123470.15',
  ];
  expect(await compare('differing', `${rows.join('\n')}\n`)).toEqual([
    ['twice-on-statement', 'f1', -50n, undefined],
    ['amount-differs', 'r1', 123_456_01n, 123_456_00n],
    ['date-differs', 'i1', 1_05n, 1_05n],
    ['reference-differs', 'other', 8n, 8n],
    ['not-booked', 'new', 900n, undefined],
    ['not-on-statement', 'i7', undefined, 7n],
    ['statement-does-not-add-up', 'new', 123_470_15n, undefined],
    ['balance-differs', 'new', 123_470_15n, 123_461_70n],
  ]);
});

test.each([
  ['2026-11-20,r1,1.001,,\n', 'not-a-row'],
  ['2026-11-31,r1,1.00,,\n', 'not-a-row'],
  ['2026-11-20,,1.00,,\n', 'not-a-row'],
  ['2026-11-20,r1,1e3,,\n', 'not-a-row'],
  ['2026-11-20,r1,-1.00,,\n', 'not-a-row'],
  ['2026-11-20,r1,1.00,,?\n', 'not-a-row'],
  ['2026-11-20,r1,1.00,2.00,\n', 'in-and-out'],
  ['2026-11-20,r1,0.00,,\n', 'nothing-moved'],
  ['2026-11-20,r1\n', 'columns-missing'],
])('a statement with a row that cannot be read is not read at all: %j', (row, code) => {
  const good = '2026-11-20,r0,1.00,,\n';
  expect(readStatement(head + good + row, 'main')).toEqual({ kind: 'unreadable', rows: [{ row: 3, code }] });
});
