import { openClaim } from '../arithmetic/claim.ts';
import { type CaseFacts, type FundProgramme, type NewClaim, sharingOf, type SharingTerms } from '../contract.ts';
import type { CoveredLoan } from '../store/covered-loan.ts';
import { entitlementOf, publicDueFen } from './entitled.ts';
import type { LoanFacts } from './stored-claim.ts';

/**
 * The programme as a claim is shared by it. An advance is paid where the bank asks for one; without, the loss is final
 * and paid at once.
 */
export function termsOf(programme: FundProgramme, { prePosition }: Pick<NewClaim, 'prePosition'>): SharingTerms {
  const { prePosition: advance, ...sharing } = sharingOf(programme);
  return prePosition === true && advance !== undefined ? { ...sharing, prePosition: advance } : sharing;
}

/**
 * A claim in the words of a simulation: the principal claimed as lost is what was outstanding, and what was recovered of
 * it since is `netRecoveredBeforeFen`, so that the same story simulated comes to the same fen.
 */
export function caseFactsOf(
  body: NewClaim,
  loan: Pick<CoveredLoan, 'ipPartBps' | 'annualRateBps'>,
  bankPreviousBalanceFen: bigint | undefined,
): CaseFacts {
  const { lossPrincipalFen, interestDueFen, penaltyDueFen, netRecoveredFen, revenueFen } = body;
  return {
    outstandingFen: lossPrincipalFen,
    ipPartBps: loan.ipPartBps,
    annualRateBps: loan.annualRateBps,
    ...(netRecoveredFen !== undefined && { netRecoveredBeforeFen: netRecoveredFen }),
    ...(interestDueFen !== undefined && { interestDueFen }),
    ...(penaltyDueFen !== undefined && { penaltyDueFen }),
    ...(revenueFen !== undefined && { revenueFen }),
    ...(bankPreviousBalanceFen !== undefined && { bankPreviousBalanceFen }),
  };
}

/** What of the loan a claim rests on. A report that only counts days on moves none of it. */
export function loanFactsOf({ lastReport, principalFen, ended }: CoveredLoan): LoanFacts {
  return {
    outstandingFen: lastReport?.outstandingFen ?? principalFen,
    classification: lastReport?.classification ?? 'normal',
    ...(ended !== undefined && { ended: ended.how }),
  };
}

export function outcomeOfFiling(terms: SharingTerms, facts: CaseFacts) {
  const claim = openClaim(terms, facts);
  if (claim === 'ip-share-below-min') return claim;
  const entitlement = entitlementOf(claim);
  return { entitlement, publicFen: publicDueFen(terms, entitlement) };
}
