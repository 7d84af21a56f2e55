import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { tries } from '../../../test/support/effort.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { balanceOf, emptyBook } from './book.ts';
import { creditInterest, receiveContribution } from './cash.ts';
import { capitalDays, partsOfFen, shareByWeight, shareCarried } from './close.ts';
import type { Entry } from './entry.ts';
import { inclusionProof, isIncluded, merkleRoot } from './merkle.ts';
import { closeFundPeriod } from './operations/close-period.ts';
import { openLedger, post } from './post.ts';
import { proveBook } from './proof.ts';
import { type LedgerTable, readBook, readJournal } from './read.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const at = (instant: string, table: LedgerTable = store.table) => openLedger(table, () => new Date(instant));
const contribution = (bankReference: string, contributor: string, amountFen: bigint, valueDate: string) =>
  receiveContribution({ bankReference, contributor, amountFen, valueDate });
const interest = (bankReference: string, amountFen: bigint, valueDate: string) =>
  creditInterest({ bankReference, amountFen, valueDate });

test('what is shared by weight is shared whole, and nobody is a fen from the exact part', () => {
  const weights = fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.bigInt(1n, 10n ** 18n)), {
    minLength: 1,
    maxLength: 8,
    selector: ([name]) => name,
  });
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 15n), weights, (amount, list) => {
      const shares = shareByWeight(amount, new Map(list));
      const total = list.reduce((sum, [, weight]) => sum + weight, 0n);
      expect([...shares.values()].reduce((sum, fen) => sum + fen, 0n)).toBe(amount);
      for (const [name, weight] of list) {
        const off = (shares.get(name) ?? 0n) * total - amount * weight;
        expect(off > -total && off < total).toBe(true);
      }
    }),
  );
});

/** Periods of one fund: what there is to share in each, and by which weights. */
function periodsOf(amount: fc.Arbitrary<bigint>, weight: fc.Arbitrary<bigint>) {
  const names = ['province', 'city', 'county-411502', 'county-411525', 'county-411526'];
  const period = fc.record({ amount, weights: fc.array(weight, { minLength: names.length, maxLength: names.length }) });
  return fc
    .tuple(fc.integer({ min: 1, max: names.length }), fc.array(period, { minLength: 1, maxLength: tries(60, 400) }))
    .map(([count, periods]) =>
      periods.map(({ amount: fen, weights }) => ({
        fen,
        weights: new Map(names.slice(0, count).map((name, place) => [name, weights[place]!])),
      })),
    );
}

/** Shares period after period; answers how far, in parts of a fen, anybody ever was from all that was due to it. */
function furthest(periods: { fen: bigint; weights: Map<string, bigint> }[]): bigint {
  let carried: ReadonlyMap<string, bigint> = new Map();
  let far = 0n;
  const drift = new Map<string, bigint>();
  for (const { fen, weights } of periods) {
    const sharing = shareCarried(fen, weights, carried);
    ({ carried } = sharing);
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0n);
    expect([...sharing.shares.values()].reduce((sum, share) => sum + share, 0n)).toBe(total === 0n ? 0n : fen);
    expect([...carried.values()].reduce((sum, parts) => sum + parts, 0n)).toBe(0n);
    for (const [name, weight] of weights) {
      const share = sharing.shares.get(name) ?? 0n;
      expect(share >= 0n && (weight > 0n || share === 0n)).toBe(true);
      // A reckoning of its own, rounded down at a thousandth of a part.
      const due = total === 0n ? 0n : (fen * partsOfFen * 1_000n * weight) / total;
      const off = (drift.get(name) ?? 0n) + due - share * partsOfFen * 1_000n;
      drift.set(name, off);
      const distance = (off < 0n ? -off : off) / 1_000n;
      if (distance > far) far = distance;
    }
  }
  return far;
}

test('however many periods are closed, what rounding took from anybody or gave is below a fen', () => {
  // Weights within a hundred times of each other, and a fen for each at least, or nothing at all.
  const amounts = fc.oneof(fc.constant(0n), fc.bigInt(500n, 2_000n), fc.bigInt(500n, 10n ** 13n));
  fc.assert(
    fc.property(periodsOf(amounts, fc.bigInt(1n, 100n)), (periods) => {
      expect(furthest(periods) < partsOfFen + BigInt(periods.length)).toBe(true);
    }),
    { numRuns: tries(60, 600) },
  );
});

test('where there is less than a fen for each, or somebody leaves, nobody is ever two fen away', () => {
  fc.assert(
    fc.property(periodsOf(fc.bigInt(0n, 6n), fc.bigInt(0n, 1_000n)), (periods) => {
      expect(furthest(periods) < 2n * partsOfFen).toBe(true);
    }),
    { numRuns: tries(60, 600) },
  );
});

test('a fen a month between two who have the same goes to the one and to the other in turn', async () => {
  const fundId = 'turns';
  await post(at('2026-01-01T04:00:00.000Z'), fundId, [
    contribution('r1', 'city', 100n, '2026-01-01'),
    contribution('r2', 'county', 100n, '2026-01-01'),
  ]);
  const got: [bigint, bigint][] = [];
  for (const through of ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30']) {
    const after = `${addDays(through, 1)}T04:00:00.000Z`;
    await post(at(after), fundId, [interest(through, 1n, through)]);
    expect(await closeFundPeriod(at(after))({ fundId, through })).toMatchObject({ kind: 'done' });
    const book = await readBook(store.table, fundId);
    got.push([balanceOf(book, '3103', 'city'), balanceOf(book, '3103', 'county')]);
  }
  expect(got).toEqual([
    [1n, 0n],
    [1n, 1n],
    [2n, 1n],
    [2n, 2n],
  ]);
  expect(await proveBook(store.table, fundId)).toMatchObject({ verified: true });
});

test('capital counts from its own day: half the days, half the weight', () => {
  const line = { account: '3101', partyId: 'county', creditFen: 100 };
  const entry = { valueDate: '2026-06-21', lines: [line] } as unknown as Entry;
  const opening = { ...emptyBook('f'), balances: { '3101/city': -100n } };
  const weights = capitalDays(opening, [entry], { since: '2026-06-10', through: '2026-06-30' });
  expect([...weights]).toEqual([
    ['city', 2_000n],
    ['county', 1_000n],
  ]);
});

test('a leaf is shown to be in a tree without the others, and no other leaf is', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  fc.assert(
    fc.property(fc.uniqueArray(hash, { minLength: 2, maxLength: 40 }), fc.nat(), (leaves, any) => {
      const place = any % leaves.length;
      const root = merkleRoot(leaves);
      const proof = inclusionProof(leaves, place);
      const [leaf, other] = [leaves[place]!, leaves[(place + 1) % leaves.length]!];
      expect(isIncluded(leaf, place, leaves.length, proof, root)).toBe(true);
      expect(isIncluded(other, place, leaves.length, proof, root)).toBe(false);
      expect(isIncluded(leaf, (place + 1) % leaves.length, leaves.length, proof, root)).toBe(false);
      expect(isIncluded(leaf, place, leaves.length, proof.slice(1), root)).toBe(false);
      expect(isIncluded(leaf, place, leaves.length, [...proof, leaf], root)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('a period is closed by value date: its interest to the contributors, the next one’s stays', async () => {
  const fundId = 'closing';
  await post(at('2026-06-30T04:00:00.000Z'), fundId, [
    contribution('r1', 'city', 100n, '2026-06-11'),
    contribution('r2', 'county', 100n, '2026-06-21'),
    interest('i1', 31n, '2026-06-30'),
  ]);
  await post(at('2026-07-05T04:00:00.000Z'), fundId, [
    interest('i2', 7n, '2026-07-01'),
    interest('i3', 1n, '2026-06-15'),
  ]);
  const close = closeFundPeriod(at('2026-07-06T04:00:00.000Z'));
  expect(await closeFundPeriod(at('2026-06-30T15:59:59.000Z'))({ fundId, through: '2026-06-30' })).toMatchObject({
    code: 'period_not_over',
  });
  const first = await close({ fundId, through: '2026-06-30', sm3: true });
  expect(await close({ fundId, through: '2026-06-30' })).toEqual({ ...first, replayed: true });
  expect(await close({ fundId, through: '2026-06-29' })).toMatchObject({ code: 'state_conflict' });
  const book = await readBook(store.table, fundId);
  expect([balanceOf(book, '3103', 'city'), balanceOf(book, '3103', 'county'), balanceOf(book, '4101')]).toEqual([
    21n,
    11n,
    7n,
  ]);
  const { entries } = await readJournal(store.table, fundId, 50);
  expect(first).toMatchObject({
    result: { firstSeq: 1, lastSeq: 6, root: merkleRoot(entries.slice(0, 6).map(({ hash }) => hash)) },
  });

  // What comes late is booked in the open period, with its own day, and the root stays what it was.
  await post(at('2026-07-07T04:00:00.000Z'), fundId, [
    interest('i4', 5n, '2026-06-15'),
    interest('i5', 5n, '2026-07-02'),
  ]);
  const after = (await readJournal(store.table, fundId, 50)).entries.slice(7);
  expect(after.map(({ late, valueDate }) => [late, valueDate])).toEqual([
    [true, '2026-06-15'],
    [undefined, '2026-07-02'],
  ]);
  const second = await closeFundPeriod(at('2026-08-01T04:00:00.000Z'))({ fundId, through: '2026-07-31' });
  expect(second).toMatchObject({ result: { firstSeq: 7, lastSeq: 10 } });
  expect(balanceOf(await readBook(store.table, fundId), '4101')).toBe(0n);
  expect(await proveBook(store.table, fundId)).toMatchObject({
    verified: true,
    sealedThrough: '2026-07-31',
    entries: 11,
  });
});

test('a fund nobody paid into is closed too: there is nothing to share and nobody to share it with', async () => {
  const fundId = 'empty';
  await post(at('2026-06-30T04:00:00.000Z'), fundId, [interest('i1', 31n, '2026-06-30')]);
  const closed = await closeFundPeriod(at('2026-07-06T04:00:00.000Z'))({ fundId, through: '2026-06-30' });
  expect(closed).toMatchObject({ kind: 'done', result: { lastSeq: 2 } });
  expect(balanceOf(await readBook(store.table, fundId), '4101')).toBe(31n);
});

test('what is booked while a period is being closed is in it or behind it, and shared if it is in it', async () => {
  const fundId = 'racing';
  await post(at('2026-06-30T04:00:00.000Z'), fundId, [contribution('r1', 'city', 100n, '2026-06-11')]);
  let late = 0;
  // Just before the closing entry is written, more interest of that period is.
  const racing: LedgerTable = {
    ...store.table,
    transact: async (writes) => {
      if (late < 3) await post(at('2026-07-05T04:00:00.000Z'), fundId, [interest(`i${(late += 1)}`, 1n, '2026-06-30')]);
      return store.table.transact(writes);
    },
  };
  const closed = await closeFundPeriod(at('2026-07-06T04:00:00.000Z', racing))({ fundId, through: '2026-06-30' });
  expect(closed).toMatchObject({ kind: 'done' });
  const book = await readBook(store.table, fundId);
  expect([balanceOf(book, '3103', 'city'), balanceOf(book, '4101')]).toEqual([3n, 0n]);
  expect(await proveBook(store.table, fundId)).toMatchObject({ verified: true });
});
