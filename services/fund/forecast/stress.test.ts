import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { simulate } from '../arithmetic/simulate.ts';
import { sum } from '../arithmetic/amounts.ts';
import { fundNetPaidBps } from '../ledger/exposure.ts';
import { arbitraryFacts, arbitraryLoan, asOf, bookWith } from './arbitrary-pools.ts';
import { payableBelow } from './breaker.ts';
import type { PoolFacts } from './facts.ts';
import type { PoolLoan } from './pool.ts';
import { burdenOn, cellOf, owedOn, stressedPool, stressOf } from './stress.ts';

const options = { numRuns: tries(100, 5_000) };
const bps = fc.bigInt({ min: 0n, max: 10_000n });
const levels = ['fine', 'warn', 'stop'];

const loan = (place: number): PoolLoan => ({
  loanId: `loan-${place}`,
  bankId: place < 5 ? 'bank-a' : 'bank-b',
  terms: { parties: [{ id: 'fund', kind: 'public', shareBps: 5_000n }], recoveryOrder: 'principal-first' },
  triggerOverdueDays: 90,
  outstandingFen: 400_000_000n,
  ipPartBps: 10_000n,
  annualRateBps: 0n,
  classification: place === 0 ? 'substandard' : 'normal',
  overdueDays: 0,
  maturesOn: '2027-05-31',
  exposureFen: 200_000_000n,
});

/** Ten loans of 400 万元 of which the fund answers for half, with 1,000 万元 in the account. */
const facts: PoolFacts = {
  fundId: 'xinyang',
  asOf,
  book: bookWith(1_000_000_000n),
  loans: Array.from({ length: 10 }, (_loan, place) => loan(place)),
  underClaim: [],
  watched: [],
  lost: [],
  reportedNplBps: new Map(),
  handlingWorkingDays: 30,
};

test('ten loans by hand: a fifth fails, half of it comes back', () => {
  // Owed 20 % of 2,000 万元; half returns; what is left of the fund is 800 万元 for 1,600 万元.
  expect(cellOf(stressedPool(facts), 2_000n, 5_000n)).toEqual({
    defaultBps: 2_000n,
    recoveryBps: 5_000n,
    owedFen: 400_000_000n,
    paidFen: 400_000_000n,
    shortFen: 0n,
    backFen: 200_000_000n,
    fundLeftFen: 800_000_000n,
    exposureLeftFen: 1_600_000_000n,
    leverageBps: 20_000n,
    coverageBps: 5_000n,
    netPaidBps: 2_000n,
    fundLevel: 'fine',
    peakLevel: 'warn',
    banksStopped: 2,
  });
  const { reached, breaker, sentences } = stressOf(facts);
  // With 5,000 of 10,000 recovered the net payment is a tenth of the default rate's share: 30 % warns, 50 % stops.
  expect(reached[2]).toEqual({ recoveryBps: 5_000n, warnAtBps: 3_000n, stopAtBps: 5_000n, shortAtBps: 5_001n });
  expect(
    breaker?.banks.map(({ bankId, nplBps, level, untilStopBps }) => [bankId, nplBps, level, untilStopBps]),
  ).toEqual([
    ['bank-a', 2_000n, 'stop', 0n],
    ['bank-b', 0n, 'fine', 500n],
  ]);
  expect(sentences).toContain('回收率 50% 时，违约率到 30% 预警，到 50% 熔断，到 50.01% 资金不足以即时付清。');
  expect(sentences).toContain('不良率最高的银行 bank-a 为 20%，已到熔断线。');
});

test('where all fails, a cell is to the fen what the claims’ own arithmetic makes of each loan', () => {
  fc.assert(
    fc.property(arbitraryLoan, bps, (one, recoveryBps) => {
      const { terms, outstandingFen, ipPartBps, annualRateBps } = one;
      const ipFen = (outstandingFen * ipPartBps) / 10_000n;
      const recovery = { type: 'recovery' as const, grossFen: (ipFen * recoveryBps) / 10_000n, costsFen: 0n };
      const settles = terms.prePosition === undefined ? [] : [{ type: 'settle' as const }];
      const { burdens } = simulate({
        programme: terms,
        case: { outstandingFen, ipPartBps, annualRateBps },
        events: [recovery, ...settles],
      });
      const ofPublic = burdens.filter(({ partyId }) =>
        terms.parties.some(({ id, kind }) => id === partyId && kind === 'public'),
      );
      expect(burdenOn(one, recoveryBps)).toBe(sum(ofPublic.map(({ burdenFen }) => burdenFen)));
      expect(burdenOn(one, recoveryBps) <= owedOn(one)).toBe(true);
      const pool = stressedPool({ ...facts, book: bookWith(owedOn(one)), loans: [one] });
      const cell = cellOf(pool, 10_000n, recoveryBps);
      expect([cell.paidFen, cell.paidFen - cell.backFen]).toEqual([owedOn(one), burdenOn(one, recoveryBps)]);
    }),
    options,
  );
});

test('money is neither made nor lost, and more failing or less recovered is never better', () => {
  fc.assert(
    fc.property(arbitraryFacts, bps, bps, bps, (random, defaultBps, recoveryBps, more) => {
      const pool = stressedPool(random);
      const cell = cellOf(pool, defaultBps, recoveryBps);
      expect(cell.fundLeftFen).toBe(pool.startFen - cell.paidFen + cell.backFen);
      expect(cell.paidFen + cell.shortFen).toBe(cell.owedFen);
      expect(cell.backFen >= 0n && cell.backFen <= cell.paidFen).toBe(true);
      const worse = [
        cellOf(pool, defaultBps > more ? defaultBps : more, recoveryBps),
        cellOf(pool, defaultBps, recoveryBps < more ? recoveryBps : more),
      ];
      for (const other of worse) {
        expect(other.owedFen >= cell.owedFen && other.shortFen >= cell.shortFen).toBe(true);
        expect(other.fundLeftFen <= cell.fundLeftFen && other.netPaidBps >= cell.netPaidBps).toBe(true);
        expect(levels.indexOf(other.fundLevel)).toBeGreaterThanOrEqual(levels.indexOf(cell.fundLevel));
        expect(other.banksStopped).toBeGreaterThanOrEqual(cell.banksStopped);
      }
      expect(levels.indexOf(cell.peakLevel)).toBeGreaterThanOrEqual(levels.indexOf(cell.fundLevel));
    }),
    options,
  );
});

test('the rates at which something is reached are exact: one basis point less does not reach it', () => {
  fc.assert(
    fc.property(arbitraryFacts, (random) => {
      const pool = stressedPool(random);
      for (const { recoveryBps, warnAtBps, stopAtBps, shortAtBps } of stressOf(random).reached) {
        const at = (defaultBps: bigint) => cellOf(pool, defaultBps, recoveryBps);
        for (const [reachedAt, is] of [
          [warnAtBps, (cell: ReturnType<typeof at>) => cell.fundLevel !== 'fine'],
          [stopAtBps, (cell: ReturnType<typeof at>) => cell.fundLevel === 'stop'],
          [shortAtBps, (cell: ReturnType<typeof at>) => cell.shortFen > 0n],
        ] as const) {
          expect(is(at(reachedAt ?? 10_000n))).toBe(reachedAt !== null);
          if (reachedAt !== null && reachedAt > 0n) expect(is(at(reachedAt - 1n))).toBe(false);
        }
      }
    }),
    options,
  );
});

test('so much may be paid and not a fen more before the breaker’s ratio is at a level', () => {
  const amounts = fc.bigInt({ min: 1n, max: 2_000_000n });
  fc.assert(
    fc.property(amounts, amounts, fc.bigInt({ min: 1n, max: 10_000n }), (cashFen, netPaidFen, level) => {
      const book = bookWith(cashFen, { netPaidFen });
      const after = (fen: bigint) =>
        fundNetPaidBps({ ...book, balances: { ...book.balances, '9009/bank-a': netPaidFen + fen } });
      const left = payableBelow(book, level);
      expect(after(left + 1n) >= level).toBe(true);
      if (left > 0n) expect(after(left) < level).toBe(true);
    }),
    options,
  );
});
