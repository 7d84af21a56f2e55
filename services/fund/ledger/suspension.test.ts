import { afterAll, beforeAll, expect, test } from 'vitest';
import { ReceiptTaken } from '#packages/commit';
import { absent, type Write } from '#packages/table';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { type Book, emptyBook } from './book.ts';
import { receiveContribution } from './cash.ts';
import type { Command } from './command.ts';
import type { Terms } from './control.ts';
import { fundNetPaidBps } from './exposure.ts';
import { openLedger, post } from './post.ts';
import { readBook } from './read.ts';
import { breakerOf, setTerms, tripBreaker } from './suspension.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const day = '2026-11-20';
const ledger = () => openLedger(store.table, () => new Date('2026-11-27T04:00:00.000Z'));
const breaker = { bankNplBps: { warn: 300, stop: 500 }, fundNetPaidBps: { warn: 3_000, stop: 5_000 } };
const terms: Terms = { programmeVersion: 1, leverage: 10, breaker };
const contribution = (bankReference: string, amountFen: bigint) =>
  receiveContribution({ bankReference, contributor: 'city', amountFen, valueDate: day });
const bookWith = (paid: bigint, capital: bigint): Book => ({
  ...emptyBook('f'),
  terms,
  balances: { '9009/bank-a': paid, '3101/city': -capital },
});

test.each([
  [299n, 'fine'],
  [300n, 'warn'],
  [499n, 'warn'],
  [500n, 'stop'],
  [10_000n, 'stop'],
])('a bank with bad loans of %i basis points: %s', (bps, bank) => {
  expect(breakerOf(bookWith(0n, 100n), bps)).toEqual({ bank, fund: 'fine' });
});

test.each([
  [0n, 0n, 0n, 'fine'],
  [1n, 0n, 10_000n, 'stop'],
  [29n, 100n, 2_900n, 'fine'],
  [29_991n, 100_000n, 3_000n, 'warn'],
  [50n, 100n, 5_000n, 'stop'],
])('a fund that has paid %i net of %i paid in: %i basis points, %s', (paid, capital, bps, fund) => {
  expect(fundNetPaidBps(bookWith(paid, capital))).toBe(bps);
  expect(breakerOf(bookWith(paid, capital), 0n)).toEqual({ bank: 'fine', fund });
});

test('without a breaker in the terms nothing stops', () => {
  const { terms: _terms, ...book } = bookWith(100n, 100n);
  expect(breakerOf(book, 10_000n)).toEqual({ bank: 'fine', fund: 'fine' });
});

test('a measurement at the stop level suspends its bank once, one below it nobody', async () => {
  await post(ledger(), 'f1', [setTerms(terms, day), contribution('r1', 100n)]);
  const trip = (measureId: string, bankNplBps: bigint) =>
    tripBreaker({ measureId, bankId: 'bank-a', bankNplBps, valueDate: day });
  const said = await post(ledger(), 'f1', [trip('m1', 499n), trip('m2', 500n), trip('m3', 900n)]);
  expect(said.map((answer) => (answer.kind === 'refused' ? answer.code : answer.kind))).toEqual([
    'below-stop',
    'posted',
    'below-stop',
  ]);
  expect((await readBook(store.table, 'f1')).suspendedBanks).toEqual(['bank-a']);
});

test('where only the caller’s own proof was taken by another, nothing is booked', async () => {
  const proof: Write = { kind: 'put', item: { pk: 'IDEMPOTENCY#x', sk: 'k' }, condition: absent };
  await store.table.transact([proof]);
  const command: Command = { ...contribution('r1', 5n), beside: () => [proof] };
  await expect(post(ledger(), 'f3', [command])).rejects.toThrow(ReceiptTaken);
  expect((await readBook(store.table, 'f3')).number).toBe(0);
});
