import { shareOf } from '#packages/money';
import { lossLeft, recoveredBefore } from './basis.ts';
import { type Claim, type ClaimState, type PartyState, weighAnew } from './claim.ts';
import { disburse, type Means } from './disbursement.ts';
import { entitlementsOf } from './entitlement.ts';
import { atLeastZero } from './amounts.ts';

/** What is shared when the claim is paid: the loss then left, and the interest that the programme covers. */
export function baseOf({ basis, facts }: Claim): bigint {
  return lossLeft(basis, recoveredBefore(basis, facts));
}

/** What each party owes, in the programme's order; the bank carries the rest. */
export function entitlementsOfClaim(claim: Claim): bigint[] {
  return entitlementsOf(claim.terms, claim.facts, baseOf(claim));
}

/** The first payment. Public parties pay an advance where the programme says so, private ones all. */
export function payClaim(claim: Claim, available: Means): { state: ClaimState; means: Means } {
  const { terms, facts, basis } = claim;
  const lossFen = baseOf(claim);
  let means = available;
  const entitlements = entitlementsOfClaim(claim);
  const parties = terms.parties.map((party, place) => {
    const entitledFen = entitlements[place] ?? 0n;
    const advance = party.kind === 'public' ? terms.prePosition : undefined;
    const dueFen = advance === undefined ? entitledFen : shareOf(entitledFen, advance.advanceBps);
    const paid = disburse(party, unpaid(party.id, entitledFen, party.split !== undefined), dueFen, means);
    means = paid.means;
    return { ...paid.state, pendingFen: paid.shortFen, pendingAtLossFen: lossFen };
  });
  const state: ClaimState = {
    phase: terms.prePosition === undefined ? 'shared' : 'advanced',
    recoveredFen: recoveredBefore(basis, facts),
    interestLeftFen: atLeastZero((facts.interestDueFen ?? 0n) - basis.coveredInterestFen),
    penaltyLeftFen: facts.penaltyDueFen ?? 0n,
    weighedLossFen: lossFen,
    parties,
  };
  return { state: weighAnew(claim, state), means };
}

function unpaid(partyId: string, entitledFen: bigint, split: boolean): PartyState {
  return {
    partyId,
    entitledFen,
    paidFen: 0n,
    refundedFen: 0n,
    pendingFen: 0n,
    pendingAtLossFen: 0n,
    weightFen: 0n,
    ...(split && { county: { paidFen: 0n, refundedFen: 0n, weightFen: 0n, owedToCityFen: 0n } }),
  };
}
