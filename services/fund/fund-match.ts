import { publicTotals } from './claims/booking.ts';
import type { StoredClaim } from './claims/stored-claim.ts';
import type { MatchDifference } from './contract/match-schemas.ts';
import { balanceOf, type Book, cashOf } from './ledger/book.ts';
import type { CoveredLoan } from './store/covered-loan.ts';

/** The last balance that a bank has stated of the special account, and what the book had at the end of that day. */
export type Stated = { on: string; balanceFen: bigint; bookFen: bigint };

/** Where a book is not what it is about; an empty answer says that all three sides agree. */
export function matchOf(
  book: Book,
  sides: { stated: Stated | undefined; loans: readonly CoveredLoan[]; claims: readonly StoredClaim[] },
): MatchDifference[] {
  const { stated, loans, claims } = sides;
  return [
    ...statementDifferences(book, stated),
    ...ofBanks(book, 'owed-to-bank', '2201', perBank(claims, owedOn)),
    ...ofBanks(book, 'exposure-covered', '9001', perBank(loans, coveredBy('exposureFen'))),
    ...ofBanks(book, 'exposure-under-claim', '9005', perBank(claims, underClaim)),
    ...ofBanks(
      book,
      'principal-covered',
      '9003',
      perBank(loans, (loan) => loan.left?.principalFen ?? 0n),
    ),
  ];
}

function statementDifferences(book: Book, stated: Stated | undefined): MatchDifference[] {
  const bookFen = cashOf(book);
  if (stated === undefined) return bookFen === 0n ? [] : [{ code: 'statement-overdue', bookFen }];
  const { on, balanceFen: otherFen } = stated;
  if (otherFen === stated.bookFen) return [];
  return [{ code: 'statement-balance', bookFen: stated.bookFen, otherFen, on }];
}

/** Approved it is owed in full; from its payment on, what the fund's money did not reach. */
function owedOn(claim: StoredClaim): bigint {
  if (claim.status === 'approved') return claim.approvedFen ?? 0n;
  return publicTotals(claim, claim.state).owed;
}

function underClaim({ status, cover }: StoredClaim): bigint {
  return status === 'filed' ? cover.exposureFen : 0n;
}

/** A loan under claim counts with the claim. */
function coveredBy(what: 'exposureFen') {
  return ({ left, claimId }: CoveredLoan) => (claimId === undefined ? (left?.[what] ?? 0n) : 0n);
}

function perBank<One extends { bankId: string }>(list: readonly One[], of: (one: One) => bigint): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const one of list) sums.set(one.bankId, (sums.get(one.bankId) ?? 0n) + of(one));
  return sums;
}

function ofBanks(
  book: Book,
  code: MatchDifference['code'],
  account: string,
  others: ReadonlyMap<string, bigint>,
): MatchDifference[] {
  const inBook = Object.keys(book.balances).flatMap((key) =>
    key.startsWith(`${account}/`) ? [key.slice(account.length + 1)] : [],
  );
  return [...new Set([...inBook, ...others.keys()])].toSorted().flatMap((partnerId) => {
    const [bookFen, otherFen] = [balanceOf(book, account, partnerId), others.get(partnerId) ?? 0n];
    return bookFen === otherFen ? [] : [{ code, partnerId, bookFen, otherFen }];
  });
}
