import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Envelope } from '#packages/messaging/envelope';
import type { Table } from '#packages/table';
import { fundId, startCoveredFund } from '../../../test/support/covered-fund.ts';
import { tries } from '../../../test/support/effort.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { applyEntry, balanceOf, capacityOf, emptyBook, exposureOf } from '../ledger/book.ts';
import { proveBook } from '../ledger/proof.ts';
import { entriesAfter, readBook } from '../ledger/read.ts';
import { asItStands, coverPhases, listedLoans, readListedLoan } from '../store/covered-loan.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const clock = () => new Date('2027-01-05T04:00:00.000Z');
const capacityFen = 250;

const fen = fc.integer({ min: 0, max: 240 });
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('reported' as const),
      day: fc.integer({ min: 10, max: 30 }),
      fen,
      nplBps: fc.constantFrom(0, 0, 0, 300, 500),
      overdueDays: fc.constantFrom(0, 60, 95),
    }),
  },
  { weight: 1, arbitrary: fc.record({ act: fc.constantFrom('renewed' as const, 'settled' as const) }) },
);
const loan = fc.record({
  principalFen: fc.integer({ min: 1, max: 240 }),
  bankId: fc.constantFrom('bank-a', 'bank-b'),
  registeredAt: fc.integer({ min: 0, max: 5 }),
  steps: fc.array(step, { maxLength: 5 }),
  renewsBefore: fc.boolean(),
});
/** Of each loan its events in order; the delivery is a shuffle of them all, in which each comes once or more. */
const story = fc.record({
  loans: fc.array(loan, { minLength: 1, maxLength: 4 }),
  order: fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
  again: fc.array(fc.nat(), { maxLength: 10 }),
  batch: fc.integer({ min: 1, max: 10 }),
});
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never;
type Fund = Awaited<ReturnType<typeof startCoveredFund>>;

function eventsOf(fund: Fund, { loans }: Story): Envelope[] {
  return loans.flatMap(({ principalFen, bankId, registeredAt, steps, renewsBefore }, place) => {
    const id = `l${place}`;
    const renews = renewsBefore && place > 0 ? { renews: `l${place - 1}` } : {};
    const events = [fund.filed(id, principalFen, renews, bankId)];
    for (const [at, one] of steps.entries()) {
      if (at === registeredAt) events.push(fund.registered(id, '2026-10-09', bankId));
      if ('day' in one) {
        const more = { ipNplBps: one.nplBps, overdueDays: one.overdueDays };
        events.push(fund.reported(id, `2026-10-${one.day}`, one.fen, more, bankId));
      } else if (one.act === 'renewed') events.push(fund.renewed(id, 'other', '2026-11-01'));
      else events.push(fund.settled(id, '2026-11-01'));
    }
    if (registeredAt >= steps.length) events.push(fund.registered(id, '2026-10-09', bankId));
    return events;
  });
}

function shuffled(events: readonly Envelope[], { order, again }: Story): Envelope[] {
  const all = [...events, ...again.map((place) => events[place % events.length]!)];
  return all
    .map((event, place) => ({ event, key: order[place % order.length]! + place / 1_000 }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ event }) => event);
}

async function loansOf(table: Table) {
  const loans = [];
  for (const phase of coverPhases) {
    for await (const item of table.each({ condition: listedLoans(fundId, phase) })) loans.push(readListedLoan(item));
  }
  return loans.toSorted((one, other) => (one.loanId < other.loanId ? -1 : 1));
}

async function expectLaws(table: Table): Promise<void> {
  const loans = await loansOf(table);
  const book = await readBook(table, fundId);
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  expect(balanceOf(book, '9001')).toBe(sum(loans.map(({ left }) => left?.exposureFen ?? 0n)));
  expect(balanceOf(book, '9003')).toBe(sum(loans.map(({ left }) => left?.principalFen ?? 0n)));
  for (const one of loans) {
    const { cover, left, exposureFen, principalFen } = one;
    expect(left === undefined || (left.exposureFen <= exposureFen && left.principalFen <= principalFen)).toBe(true);
    // What is left is at least the share of what is left of the principal, to the fen.
    if (left !== undefined)
      expect(left.exposureFen * principalFen).toBeGreaterThanOrEqual(left.principalFen * exposureFen);
    if (cover === 'pending' || cover === 'refused') expect(left).toBeUndefined();
    if (cover === 'covered') expect(asItStands(one).exposureFen).toBe(left?.exposureFen);
    if (cover === 'released') expect(left?.principalFen ?? 0n).toBe(0n);
  }
  let before = emptyBook(fundId);
  for await (const { entry } of entriesAfter(table, before)) {
    const after = applyEntry(before, entry);
    if (entry.cause.type === 'exposure-reserved') {
      expect(exposureOf(after)).toBeLessThanOrEqual(capacityOf(before));
      expect([before.suspendedSeq, before.suspendedBanks.includes(entry.lines[0]?.partyId ?? '')]).toEqual([
        undefined,
        false,
      ]);
    }
    before = after;
  }
  expect(await proveBook(table, fundId)).toMatchObject({ verified: true, findings: [] });
}

async function hearAll(fund: Fund, events: readonly Envelope[], batch: number): Promise<void> {
  for (let from = 0; from < events.length; from += batch) {
    expect(await fund.hear(...events.slice(from, from + batch))).toEqual([]);
  }
}

test('however loans’ events are mixed, repeated and out of order, what the book holds is what the loans have left', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const table = await store.another();
      const fund = await startCoveredFund(table, clock, {}, capacityFen / 10);
      const events = eventsOf(fund, given);
      await hearAll(fund, shuffled(events, given), given.batch);
      await expectLaws(table);
      // Told again from the first, as a replay does: nothing changes.
      const [loans, book] = [await loansOf(table), await readBook(table, fundId)];
      await hearAll(fund, events, 10);
      expect([await loansOf(table), await readBook(table, fundId)]).toEqual([loans, book]);
    }),
    { numRuns: tries(12, 300) },
  );
}, 600_000);

test('heard one by one, a history comes to the same in another table', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (given) => {
      const ends = [];
      for (let time = 0; time < 2; time += 1) {
        const table = await store.another();
        const fund = await startCoveredFund(table, clock, {}, capacityFen / 10);
        for (const event of shuffled(eventsOf(fund, given), given)) expect(await fund.hear(event)).toEqual([]);
        ends.push({ loans: await loansOf(table), balances: (await readBook(table, fundId)).balances });
      }
      expect(ends[1]).toEqual(ends[0]);
    }),
    { numRuns: tries(3, 60) },
  );
}, 600_000);
