import { divideUp } from '#packages/money';
import type { Party } from '../contract.ts';
import { type Claim, type ClaimState, lossNow, outOf, type PartyState, weighAnew } from './claim.ts';
import { disburse, type Means, received } from './disbursement.ts';
import { entitlementsOf } from './entitlement.ts';
import { atLeastZero } from './amounts.ts';

export type Settlement = { state: ClaimState; topUpFen: bigint; clawBackFen: bigint; means: Means };

/**
 * The entitlement anew on the loss that is left: who is out by more gets the difference back from the bank, who is out
 * by less pays it. Claw-backs come first, so that what they bring to the fund can be paid out; a top-up that the money
 * at hand does not reach is pending like any other payment, and what was pending before is part of it.
 */
export function settle(claim: Claim, state: ClaimState, available: Means): Settlement {
  const { terms, facts } = claim;
  const lossFen = lossNow(claim, state);
  const entitlements = entitlementsOf(terms, facts, lossFen);
  let means = available;
  let clawBackFen = 0n;
  let topUpFen = 0n;
  const clawedBack = state.parties.map((party, place) => {
    const entitledFen = entitlements[place] ?? 0n;
    const backFen = atLeastZero(outOf(party) - entitledFen);
    const after = withClawBack({ ...party, entitledFen }, backFen);
    const countyFen = (after.county?.refundedFen ?? 0n) - (party.county?.refundedFen ?? 0n);
    if (terms.parties[place]?.kind === 'public') means = received(means, backFen, countyFen);
    clawBackFen += backFen;
    return after;
  });
  const parties = eachParty(claim, clawedBack, (party, one) => {
    const paid = disburse(party, one, one.entitledFen - outOf(one), means);
    means = paid.means;
    topUpFen += paid.paidFen;
    return { ...paid.state, pendingFen: paid.shortFen, pendingAtLossFen: lossFen };
  });
  return { state: weighAnew(claim, { ...state, phase: 'shared', parties }), topUpFen, clawBackFen, means };
}

/** Each party of the programme with where it stands. */
export function eachParty(
  { terms }: Claim,
  parties: readonly PartyState[],
  change: (party: Party, state: PartyState) => PartyState,
): PartyState[] {
  return parties.map((state, place) => {
    const party = terms.parties[place];
    if (party?.id !== state.partyId) throw new Error(`${state.partyId} is not party ${place} of the programme`);
    return change(party, state);
  });
}

/** The county's part is rounded up, as of a refund, and is never more than the county is out by. */
function withClawBack(party: PartyState, backFen: bigint): PartyState {
  const after = { ...party, refundedFen: party.refundedFen + backFen };
  const { county } = party;
  const outFen = outOf(party);
  if (county === undefined || outFen === 0n) return after;
  const countyBack = divideUp(backFen * outOf(county), outFen);
  return { ...after, county: { ...county, refundedFen: county.refundedFen + countyBack } };
}
