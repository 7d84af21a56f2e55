import { divideUp, shareOf } from '#packages/money';
import type { CaseFacts, SharingTerms } from '../contract.ts';
import { least } from './amounts.ts';

/**
 * What a programme shares of a loan, fixed when the loss is claimed. `ipFen` is the part pledged on rights (the other
 * part of the loan is left out altogether), `eligibleFen` what of it the programme takes; the rest is the bank's,
 * outside the programme. Covered interest counts as principal from here on.
 */
export type Basis = { ipFen: bigint; eligibleFen: bigint; coveredInterestFen: bigint };

/** Days of an actual/360 year, in basis points of which a rate is told. */
const rateDays = 3_600_000n;

export function isEligible({ minIpPartBps = 0n }: SharingTerms, facts: CaseFacts): boolean {
  return ipPartOf(facts) >= minIpPartBps;
}

export function basisOf(terms: SharingTerms, facts: CaseFacts): Basis {
  const ipFen = shareOf(facts.outstandingFen, ipPartOf(facts));
  const eligibleFen = least(ipFen, terms.eligiblePerEnterpriseFen ?? ipFen);
  return { ipFen, eligibleFen, coveredInterestFen: coveredInterest(terms, facts, eligibleFen) };
}

/** An unknown rate earns nothing: public money does not cover interest that nobody can compute. */
function coveredInterest({ interestCover }: SharingTerms, facts: CaseFacts, eligibleFen: bigint): bigint {
  if (interestCover === undefined) return 0n;
  const accrued = (eligibleFen * (facts.annualRateBps ?? 0n) * BigInt(interestCover.days)) / rateDays;
  return least(accrued, facts.interestDueFen ?? accrued);
}

/**
 * Of the principal recovered net, all of it so far, the part that is the programme's. Up to the loan's own principal
 * it is ⌈N × E ÷ I⌉; what comes beyond can only be covered interest, which is all the programme's.
 */
export function programmePart({ ipFen, eligibleFen }: Basis, recoveredFen: bigint): bigint {
  if (recoveredFen > ipFen) return eligibleFen + recoveredFen - ipFen;
  return ipFen === 0n ? 0n : divideUp(recoveredFen * eligibleFen, ipFen);
}

/** The programme's loss after so much was recovered, covered interest included. */
export function lossLeft(basis: Basis, recoveredFen: bigint): bigint {
  return basis.eligibleFen + basis.coveredInterestFen - programmePart(basis, recoveredFen);
}

/** All that can still be recovered as principal: the programme's loss and the bank's outside it. */
export function principalLeft({ ipFen, coveredInterestFen }: Basis, recoveredFen: bigint): bigint {
  return ipFen + coveredInterestFen - recoveredFen;
}

/** What the bank has lost outside the programme. */
export function outsideLeft(basis: Basis, recoveredFen: bigint): bigint {
  return principalLeft(basis, recoveredFen) - lossLeft(basis, recoveredFen);
}

/** What was recovered before the claim. More than the part pledged on rights cannot have been principal of it. */
export function recoveredBefore({ ipFen }: Basis, { netRecoveredBeforeFen = 0n }: CaseFacts): bigint {
  return least(netRecoveredBeforeFen, ipFen);
}

function ipPartOf({ ipPartBps = 10_000n }: CaseFacts): bigint {
  return ipPartBps;
}
