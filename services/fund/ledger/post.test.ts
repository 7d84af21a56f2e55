import { afterAll, beforeAll, expect, test } from 'vitest';
import { endOfDay } from '#packages/calendar';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { accountBalances, availableOf, balanceOf, cashOf, exposureOf, trialBalance } from './book.ts';
import { approveReturn, callContribution, chargeFee, creditInterest, payReturn, receiveContribution } from './cash.ts';
import type { Answer } from './command.ts';
import { bookAnew, takeBack } from './correct.ts';
import { noHash } from '#packages/canonical';
import { type Entry, hashOf } from './entry.ts';
import { coverId, releaseExposure, reserveExposure } from './exposure.ts';
import { openLedger, post } from './post.ts';
import { findEntry, readBook, readBookAt, readBookByValueDate, readJournal } from './read.ts';
import { resume, setTerms, suspend } from './suspension.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const day = '2026-11-27';
let clock = Date.parse('2026-11-27T02:00:00.000Z');
/** A second passes with every look at the clock. */
const ledgerOf = () => openLedger(store.table, () => new Date((clock += 1_000)));

let funds = 0;
const newFund = () => `fund-${(funds += 1)}`;

const contribution = (
  bankReference: string,
  amountFen: bigint,
  more: Partial<Parameters<typeof receiveContribution>[0]> = {},
) => receiveContribution({ bankReference, amountFen, contributor: 'city', valueDate: day, ...more });
const terms = setTerms({ programmeVersion: 1, leverage: 10 }, day);
const cover = (loanId: string, exposureFen: bigint, bankId = 'bank-a') =>
  reserveExposure({ loanId, bankId, exposureFen, principalFen: exposureFen * 2n, valueDate: day });

function entryIn(answer: Answer | undefined): Entry {
  if (answer?.kind !== 'posted') throw new Error(JSON.stringify(answer));
  return answer.entry;
}

async function journalOf(fundId: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let next: Parameters<typeof readJournal>[3], first = true; first || next !== undefined; first = false) {
    const page = await readJournal(store.table, fundId, 7, next);
    entries.push(...page.entries);
    next = page.next;
  }
  return entries;
}

test('what is booked is in the journal, chained from 64 zeros, each entry hashed over all the rest of it', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const answers = await post(ledger, fundId, [
    terms,
    contribution('R1', 1_000n),
    contribution('R2', 5n),
    cover('L1', 70n),
  ]);
  await post(ledger, fundId, [cover('L2', 80n)]);
  const entries = await journalOf(fundId);
  expect(entries.map(({ seq, id }) => [seq, id])).toEqual([
    [1, 'terms:1'],
    [2, 'bank:R1'],
    [3, 'bank:R2'],
    [4, 'cover:L1'],
    [5, 'cover:L2'],
  ]);
  expect(entries.slice(0, 4)).toEqual(answers.map(entryIn));
  let before = noHash;
  for (const { hash, ...entry } of entries) {
    expect(entry.prevHash).toBe(before);
    expect(hash).toBe(hashOf(entry));
    before = hash;
  }
  expect((await readBook(store.table, fundId)).headHash).toBe(before);
});

test('the same again is answered as the first time and books nothing; other content under the same name is refused', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const [first] = await post(ledger, fundId, [contribution('R1', 1_000n, { by: 'a' })]);
  clock += 400 * 86_400_000;
  const [again] = await post(ledger, fundId, [contribution('R1', 1_000n, { by: 'b' })]);
  expect(again).toEqual({ ...first, replayed: true });
  const other = await post(ledger, fundId, [contribution('R1', 1_001n)]);
  expect(other).toEqual([{ kind: 'already-exists' }]);
  const asInterest = creditInterest({ bankReference: 'R1', amountFen: 1_000n, valueDate: day });
  expect(await post(ledger, fundId, [asInterest])).toEqual([{ kind: 'already-exists' }]);
  expect(cashOf(await readBook(store.table, fundId))).toBe(1_000n);
});

test('a batch of more than one transaction holds is booked in order, in as few as it takes', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const commands = Array.from({ length: 250 }, (_, place) => contribution(`R${place}`, 1n));
  const answers = await post(ledger, fundId, commands);
  expect(answers.map((answer) => entryIn(answer).seq)).toEqual(commands.map((_, place) => place + 1));
  const book = await readBook(store.table, fundId);
  expect([book.number, cashOf(book)]).toEqual([3, 250n]);
});

test('the book at any moment is one request, also between two entries, before the first and after the last', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const moments: string[] = [];
  for (let count = 1; count <= 12; count += 1) {
    const [answer] = await post(ledger, fundId, [contribution(`R${count}`, 1n)]);
    moments.push(entryIn(answer).at);
  }
  const cashAt = async (at: string) => cashOf(await readBookAt(store.table, fundId, at));
  const requests = store.requests();
  expect(await cashAt('2020-01-01T00:00:00.000Z')).toBe(0n);
  expect(await cashAt('2099-01-01T00:00:00.000Z')).toBe(12n);
  for (const [place, at] of moments.entries()) {
    expect(await cashAt(at)).toBe(BigInt(place + 1));
    expect(await cashAt(new Date(Date.parse(at) - 1).toISOString())).toBe(BigInt(place));
    expect(await cashAt(new Date(Date.parse(at) + 1).toISOString())).toBe(BigInt(place + 1));
  }
  expect(store.requests() - requests).toBe(2 + 3 * moments.length);
});

test('clocks that run ahead or behind do not turn the journal back', async () => {
  const fundId = newFund();
  const at = (instant: string) => openLedger(store.table, () => new Date(instant));
  await post(at('2026-11-27T09:00:00.000Z'), fundId, [contribution('R1', 1n)]);
  await post(at('2026-11-26T09:00:00.000Z'), fundId, [contribution('R2', 1n, { valueDate: '2026-11-26' })]);
  await post(at('2026-11-27T09:10:00.000Z'), fundId, [contribution('R3', 1n)]);
  await post(at('2026-11-27T09:05:00.000Z'), fundId, [contribution('R4', 1n)]);
  const entries = await journalOf(fundId);
  expect(entries.map((entry) => entry.at.slice(11, 16))).toEqual(['09:00', '09:00', '09:10', '09:10']);
  expect(cashOf(await readBookAt(store.table, fundId, '2026-11-27T09:00:00.000Z'))).toBe(2n);
});

test('the value-date view counts what is dated by that day and known by that moment', async () => {
  const fundId = newFund();
  const at = (instant: string) => openLedger(store.table, () => new Date(instant));
  await post(at('2026-11-10T04:00:00.000Z'), fundId, [contribution('R1', 1n, { valueDate: '2026-11-10' })]);
  await post(at('2026-11-20T04:00:00.000Z'), fundId, [
    contribution('R2', 20n, { valueDate: '2026-11-09' }),
    contribution('R3', 300n, { valueDate: '2026-11-20' }),
  ]);
  const cash = async (valueDate: string, moment: string) =>
    cashOf(await readBookByValueDate(store.table, fundId, valueDate, moment, endOfDay(valueDate)));
  expect(await cash('2026-11-08', '2026-11-30T00:00:00.000Z')).toBe(0n);
  expect(await cash('2026-11-09', '2026-11-30T00:00:00.000Z')).toBe(20n);
  expect(await cash('2026-11-10', '2026-11-30T00:00:00.000Z')).toBe(21n);
  expect(await cash('2026-11-10', '2026-11-19T00:00:00.000Z')).toBe(1n);
  expect(await cash('2026-11-20', '2026-11-30T00:00:00.000Z')).toBe(321n);
});

test('nothing is paid that is not there: a fee, a return to a contributor, money held for others', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const fee = (bankReference: string, amountFen: bigint) => chargeFee({ bankReference, amountFen, valueDate: day });
  const approve = (returnId: string, amountFen: bigint) =>
    approveReturn({ returnId, contributor: 'city', amountFen, valueDate: day, by: 'a', approvedBy: 'b' });
  const pay = (bankReference: string, amountFen: bigint) =>
    payReturn({ bankReference, contributor: 'city', amountFen, valueDate: day });
  const kindOf = async (command: Parameters<typeof post>[2][number]) => {
    const [answer] = await post(ledger, fundId, [command]);
    return answer?.kind === 'refused' ? answer.code : answer?.kind;
  };
  expect(await kindOf(fee('F0', 1n))).toBe('insufficient-funds');
  expect(await kindOf(contribution('R1', 100n))).toBe('posted');
  expect(await kindOf(fee('F1', 101n))).toBe('insufficient-funds');
  expect(await kindOf(fee('F1', 30n))).toBe('posted');
  expect(await kindOf(approve('X1', 71n))).toBe('insufficient-funds');
  expect(await kindOf(approve('X1', 70n))).toBe('posted');
  // The money is still in the account, and is not the fund's any more.
  expect(await kindOf(fee('F2', 1n))).toBe('insufficient-funds');
  expect(await kindOf(pay('P1', 71n))).toBe('balance-below-zero');
  expect(await kindOf(pay('P1', 70n))).toBe('posted');
  const book = await readBook(store.table, fundId);
  expect([cashOf(book), availableOf(book), trialBalance(book)]).toEqual([0n, 0n, 0n]);
});

test('a contribution pays first what its contributor was called for', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const call = callContribution({ callId: '2026', contributor: 'city', amountFen: 60n, valueDate: day });
  await post(ledger, fundId, [
    call,
    contribution('R1', 40n),
    contribution('R2', 40n),
    contribution('R3', 5n, { contributor: 'county-411525' }),
  ]);
  const book = await readBook(store.table, fundId);
  expect(balanceOf(book, '1131')).toBe(0n);
  expect([balanceOf(book, '3101', 'city'), balanceOf(book, '3101', 'county-411525')]).toEqual([80n, 5n]);
  expect(accountBalances(book).map(({ code, partyId, balanceFen }) => [code, partyId, balanceFen])).toEqual([
    ['1002', 'main', 85n],
    ['3101', 'city', 80n],
    ['3101', 'county-411525', 5n],
  ]);
});

test('a mistake is taken back by an entry of its own, once, and booked anew', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const [wrong] = await post(ledger, fundId, [contribution('R1', 1_000n)]);
  const back = takeBack(entryIn(wrong));
  const [correction] = await post(ledger, fundId, [back]);
  expect(await post(ledger, fundId, [back])).toEqual([{ ...correction, replayed: true }]);
  expect(entryIn(correction)).toMatchObject({ valueDate: day, corrects: { seq: 1, hash: entryIn(wrong).hash } });
  await post(ledger, fundId, [bookAnew(contribution('R1', 100n), entryIn(correction))]);
  expect(cashOf(await readBook(store.table, fundId))).toBe(100n);
  expect(await findEntry(store.table, fundId, 'bank:R1')).toEqual(entryIn(wrong));
});

test('cover up to the capacity and a bank’s quota, refused for good beyond; suspended from one entry to another', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  const quotas = setTerms({ programmeVersion: 1, leverage: 10, bankQuotaFen: { 'bank-b': 50 } }, day);
  const act = (actId: string, bankId?: string) => ({
    actId,
    valueDate: day,
    reason: 'test',
    ...(bankId !== undefined && { bankId }),
  });
  const answers = await post(ledger, fundId, [
    cover('L0', 1n),
    quotas,
    contribution('R1', 100n),
    cover('L1', 900n),
    cover('L2', 101n),
    cover('L3', 51n, 'bank-b'),
    cover('L4', 50n, 'bank-b'),
    suspend(act('1', 'bank-b')),
    cover('L5', 1n, 'bank-b'),
    cover('L6', 1n),
    suspend(act('2')),
    cover('L7', 1n),
    resume(act('2')),
    cover('L8', 1n),
  ]);
  const said = answers.map((answer) => (answer.kind === 'refused' ? answer.code : answer.kind));
  expect(said.filter((what) => what !== 'posted')).toEqual([
    'capacity-exhausted',
    'capacity-exhausted',
    'bank-quota-exhausted',
    'bank-suspended',
    'fund-suspended',
  ]);
  expect(exposureOf(await readBook(store.table, fundId))).toBe(952n);
  // There is room by now; the loan keeps its answer.
  await post(ledger, fundId, [contribution('R2', 1_000n)]);
  expect(await post(ledger, fundId, [cover('L2', 101n)])).toEqual([
    { kind: 'refused', code: 'capacity-exhausted', replayed: true },
  ]);
});

test('cover is given back as principal is repaid, to the fen, and never more than was taken', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  await post(ledger, fundId, [terms, contribution('R1', 1_000n)]);
  const [answer] = await post(ledger, fundId, [
    reserveExposure({ loanId: 'L1', bankId: 'bank-a', exposureFen: 333n, principalFen: 1_000n, valueDate: day }),
  ]);
  const reserved = entryIn(answer);
  const release = (reference: string, repaidFen?: bigint) =>
    releaseExposure(reserved, { reference, valueDate: day, ...(repaidFen !== undefined && { repaidFen }) });
  await post(ledger, fundId, [release('2026-01', 1n), release('2026-02', 500n)]);
  const half = await readBook(store.table, fundId);
  expect([exposureOf(half), balanceOf(half, '9003')]).toEqual([167n, 499n]);
  const [more, again, rest, nothing] = await post(ledger, fundId, [
    release('2026-03', 500n),
    release('2026-01', 1n),
    release('end'),
    release('after'),
  ]);
  expect(more).toMatchObject({ kind: 'refused', code: 'more-than-covered' });
  expect(again).toMatchObject({ kind: 'posted', replayed: true });
  expect(rest).toMatchObject({ kind: 'posted', replayed: false });
  expect(nothing).toMatchObject({ kind: 'refused', code: 'nothing-covered' });
  expect(exposureOf(await readBook(store.table, fundId))).toBe(0n);
  expect(await findEntry(store.table, fundId, coverId('L1'))).toEqual(reserved);
});

test('what could not be read again is a bug and is not written', async () => {
  const [ledger, fundId] = [ledgerOf(), newFund()];
  for (const wrong of [contribution('x'.repeat(129), 1n), contribution('R1', 1n, { contributor: 'a/b' })]) {
    await expect(post(ledger, fundId, [wrong])).rejects.toThrow();
  }
  expect((await readBook(store.table, fundId)).number).toBe(0);
});
