import { divideUp } from '#packages/money';
import type { Allocation } from '../contract.ts';
import { bankId } from '../contract/programme-problems.ts';
import { principalLeft } from './basis.ts';
import { apportion } from './apportion.ts';
import { type Claim, type ClaimState, lossNow, outOf, type PartyState } from './claim.ts';
import { atLeastZero, least, sum } from './amounts.ts';

export type Recovery = {
  state: ClaimState;
  netFen: bigint;
  shortfallFen: bigint;
  /** Every party in the programme's order, the bank last. */
  allocations: Allocation[];
  surplusToPledgorFen: bigint;
};

/** A recovery: costs first, then the borrower's debts in the programme's order, then the pledgor. */
export function recover(claim: Claim, state: ClaimState, money: { grossFen: bigint; costsFen: bigint }): Recovery {
  const netFen = atLeastZero(money.grossFen - money.costsFen);
  const { principalFen, interestFen, penaltyFen, surplusFen } = waterfall(claim, state, netFen);
  const recoveredFen = state.recoveredFen + principalFen;
  const next: ClaimState = {
    ...state,
    recoveredFen,
    interestLeftFen: state.interestLeftFen - interestFen,
    penaltyLeftFen: state.penaltyLeftFen - penaltyFen,
  };
  // Until an advance is settled the bank keeps what comes in; its settlement gives each party its part.
  const parties = state.phase === 'advanced' ? state.parties : refunded(claim, next);
  const allocations = parties.map((party, place) => allocationOf(party, state.parties[place] ?? party));
  const toParties = sum(allocations.map((allocation) => allocation.principalFen));
  return {
    state: { ...next, parties },
    netFen,
    shortfallFen: atLeastZero(money.costsFen - money.grossFen),
    allocations: [...allocations, { partyId: bankId, principalFen: principalFen - toParties, interestFen, penaltyFen }],
    surplusToPledgorFen: surplusFen,
  };
}

function waterfall({ terms, basis }: Claim, state: ClaimState, netFen: bigint) {
  const principal = principalLeft(basis, state.recoveredFen);
  const interestFirst = terms.recoveryOrder === 'interest-first';
  const beforePrincipal = interestFirst ? least(netFen, state.interestLeftFen) : 0n;
  const principalFen = least(netFen - beforePrincipal, principal);
  const afterPrincipal = netFen - beforePrincipal - principalFen;
  const interestFen = interestFirst ? beforePrincipal : least(afterPrincipal, state.interestLeftFen);
  const afterInterest = netFen - principalFen - interestFen;
  const penaltyFen = least(afterInterest, state.penaltyLeftFen);
  return { principalFen, interestFen, penaltyFen, surplusFen: afterInterest - penaltyFen };
}

/** Everybody's refunds brought up to what is due on all that was recovered since the weights were taken. */
function refunded(claim: Claim, state: ClaimState): PartyState[] {
  const sinceFen = state.weighedLossFen - lossNow(claim, state);
  const weights = state.parties.map(({ weightFen }, place) => ({
    kind: claim.terms.parties[place]?.kind ?? 'private',
    weightFen,
  }));
  const parts = apportion(sinceFen, state.weighedLossFen, weights);
  return state.parties.map((party, place) => {
    const partFen = parts[place] ?? 0n;
    const { county } = party;
    const refundedFen = party.refundedFen + partFen - (party.weightFen - outOf(party));
    if (county === undefined) return { ...party, refundedFen };
    const countyPart = party.weightFen === 0n ? 0n : divideUp(partFen * county.weightFen, party.weightFen);
    const countyRefunded = county.refundedFen + countyPart - (county.weightFen - outOf(county));
    return { ...party, refundedFen, county: { ...county, refundedFen: countyRefunded } };
  });
}

function allocationOf(after: PartyState, before: PartyState): Allocation {
  const principalFen = after.refundedFen - before.refundedFen;
  const allocation = { partyId: after.partyId, principalFen, interestFen: 0n, penaltyFen: 0n };
  if (after.county === undefined) return allocation;
  const countyFen = after.county.refundedFen - (before.county?.refundedFen ?? 0n);
  return { ...allocation, split: { cityFen: principalFen - countyFen, countyFen } };
}
