import fc from 'fast-check';
import { classifications } from '#packages/classification';
import { arbitraryRequest } from '../arithmetic/arbitrary-claims.ts';
import { coverTermsOf, knownTerms } from '../contract/cover-terms.ts';
import { type Book, emptyBook } from '../ledger/book.ts';
import type { PoolFacts } from './facts.ts';
import type { PoolLoan } from './pool.ts';

/* Random pools for property tests: loans under the random programmes of the arithmetic's own tests. */

export const asOf = '2026-11-27';

export const arbitraryLoan: fc.Arbitrary<PoolLoan> = fc
  .record({
    request: arbitraryRequest,
    loanId: fc.uuid(),
    bankId: fc.constantFrom('bank-a', 'bank-b', 'bank-c'),
    triggerOverdueDays: fc.constantFrom(30, 90, 180),
    classification: fc.constantFrom('normal' as const, ...classifications),
    overdueDays: fc.oneof(fc.constant(0), fc.nat(400)),
    maturesOn: fc.constantFrom(
      '2026-06-30',
      asOf,
      '2026-12-15',
      '2027-03-31',
      '2027-11-27',
      '2027-11-28',
      '2029-01-01',
    ),
  })
  .map(({ request: { programme, case: facts }, ...loan }) => {
    const known = { outstandingFen: facts.outstandingFen, ipPartBps: facts.ipPartBps ?? 10_000n };
    const annualRateBps = facts.annualRateBps ?? 0n;
    const asked = { principalFen: facts.outstandingFen, ipPartBps: known.ipPartBps, annualRateBps };
    const { exposureFen } = coverTermsOf(programme, asked);
    return { ...loan, ...known, annualRateBps, terms: knownTerms(programme), exposureFen };
  });

const fen = fc.bigInt({ min: 0n, max: 2_000_000n });

/** A book with this money, of which so much is owed, by whose breaker a fund stops at half of what it took in. */
export function bookWith(cashFen: bigint, { owedFen = 0n, netPaidFen = 0n } = {}): Book {
  return {
    ...emptyBook('xinyang'),
    balances: {
      '1002/main': cashFen,
      '1221': owedFen,
      '2201/bank-a': -owedFen,
      '3101/city': -(cashFen + netPaidFen),
      '9009/bank-a': netPaidFen,
    },
    terms: {
      programmeVersion: 1,
      leverage: 10,
      breaker: { bankNplBps: { warn: 300, stop: 500 }, fundNetPaidBps: { warn: 3_000, stop: 5_000 } },
    },
  };
}

export const arbitraryFacts: fc.Arbitrary<PoolFacts> = fc.record({
  fundId: fc.constant('xinyang'),
  asOf: fc.constant(asOf),
  book: fc
    .record({ cash: fen, owed: fen, paid: fen })
    .map(({ cash, owed, paid }) => bookWith(cash, { owedFen: owed, netPaidFen: paid })),
  loans: fc.array(arbitraryLoan, { maxLength: 6 }),
  underClaim: fc.array(fc.record({ claimId: fc.uuid(), paysFen: fen, likelyBps: fc.constant(9_000n) }), {
    maxLength: 2,
  }),
  watched: fc.constant([]),
  lost: fc.constant([]),
  reportedNplBps: fc.constant(new Map<string, bigint>()),
  handlingWorkingDays: fc.constantFrom(0, 30),
});
