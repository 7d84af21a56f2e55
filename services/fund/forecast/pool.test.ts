import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { simulate } from '../arithmetic/simulate.ts';
import { sum } from '../arithmetic/amounts.ts';
import { arbitraryLoan, asOf } from './arbitrary-pools.ts';
import { horizonMonths, monthOf, monthsAfter } from './months.ts';
import { bandOf, handlingOf, payableIn, paymentOf, type PoolLoan } from './pool.ts';
import { bands } from './template.ts';

const options = { numRuns: tries(200, 10_000) };
const months = monthsAfter(asOf);
const timing = { asOf, months, handling: handlingOf(30) };

const loan: PoolLoan = {
  loanId: 'loan-1',
  bankId: 'bank-a',
  terms: { parties: [{ id: 'fund', kind: 'public', shareBps: 5_000n }], recoveryOrder: 'principal-first' },
  triggerOverdueDays: 90,
  outstandingFen: 400_000_000n,
  ipPartBps: 10_000n,
  annualRateBps: 435n,
  classification: 'normal',
  overdueDays: 0,
  maturesOn: '2027-05-31',
  exposureFen: 200_000_000n,
};

test('twelve months lie end to end, the first from tomorrow on', () => {
  expect(months).toHaveLength(horizonMonths);
  expect([months[0], months.at(-1)?.through]).toEqual([{ from: '2026-11-28', through: '2026-12-27' }, '2027-11-27']);
  expect([asOf, '2026-12-27', '2026-12-28', '2027-11-27', '2027-11-28'].map((day) => monthOf(months, day))).toEqual([
    0, 0, 1, 11, 12,
  ]);
});

test.each([
  ['normal', 0, 'current'],
  ['normal', 1, 'overdue-1-30'],
  ['special-mention', 0, 'special-mention'],
  ['special-mention', 31, 'overdue-31-60'],
  ['normal', 90, 'overdue-61-90'],
  ['normal', 91, 'substandard'],
  ['substandard', 0, 'substandard'],
  ['doubtful', 400, 'loss'],
] as const)('%s and %i days overdue is %s', (classification, overdueDays, code) => {
  expect(bandOf({ classification, overdueDays }).code).toBe(code);
});

test('the worse a band, the likelier a claim', () => {
  const likely = bands.map(({ defaultBps }) => defaultBps);
  expect(likely).toEqual(likely.toSorted((one, other) => Number(one - other)));
});

test('half of what is lost is paid; nothing where too little of the loan is pledged on rights', () => {
  expect(paymentOf(loan, 9_000n)).toBe(180_000_000n);
  expect(paymentOf({ ...loan, terms: { ...loan.terms, minIpPartBps: 5_000n }, ipPartBps: 4_999n }, 9_000n)).toBe(0n);
  expect(paymentOf({ ...loan, terms: { ...loan.terms, prePosition: { advanceBps: 7_000n } } }, 9_000n)).toBe(
    126_000_000n,
  );
});

test('a payment is what the simulation of a claim says, and the more is lost the more is paid', () => {
  fc.assert(
    fc.property(arbitraryLoan, fc.bigInt({ min: 0n, max: 10_000n }), (one, lossBps) => {
      const paid = paymentOf(one, lossBps);
      expect(paymentOf(one, 10_000n) >= paid).toBe(true);
      const { terms, outstandingFen, ipPartBps, annualRateBps } = one;
      const simulated = simulate({ programme: terms, case: { outstandingFen, ipPartBps, annualRateBps }, events: [] });
      const byPublic = simulated.payments.filter(({ partyId }) =>
        terms.parties.some(({ id, kind }) => id === partyId && kind === 'public'),
      );
      expect(paymentOf(one, 10_000n)).toBe(sum(byPublic.map(({ paidFen }) => paidFen)));
      if (one.terms.prePosition === undefined && simulated.eligible) {
        // A loan repaid into another step of a tier may come to more than its whole amount does.
        const steps = terms.parties.some(({ tiers }) => tiers?.by === 'outstanding');
        if (steps) expect(paymentOf(one, 10_000n) <= one.exposureFen).toBe(true);
        else expect(paymentOf(one, 10_000n)).toBe(one.exposureFen);
      }
    }),
    options,
  );
});

test('a default is paid for once, at some time', () => {
  fc.assert(
    fc.property(arbitraryLoan, (one) => {
      const shares = payableIn(one, timing);
      expect(shares).toHaveLength(horizonMonths + 1);
      expect(shares.every((share) => share >= 0)).toBe(true);
      expect(shares.reduce((total, share) => total + share, 0)).toBe(10_000);
    }),
    options,
  );
});

test('what matures at the end of May fails mostly then: it is claimed at the end of August, paid in October', () => {
  const shares = payableIn(loan, timing);
  // 31 May 2027 and 90 days are 29 August; thirty working days later it is the middle of October.
  const inOctober = monthOf(months, '2027-10-14');
  expect(shares[inOctober]).toBeGreaterThanOrEqual(6_000);
});

test('a bad loan is paid for as soon as its claim is handled; an overdue one waits for the rest of its days', () => {
  const bad = payableIn({ ...loan, classification: 'substandard' }, timing);
  expect(bad[monthOf(months, timing.handling(asOf))]).toBe(10_000);
  const overdue = payableIn({ ...loan, overdueDays: 60 }, timing);
  expect(overdue[monthOf(months, timing.handling('2026-12-27'))]).toBe(10_000);
});
