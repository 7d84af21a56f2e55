import * as z from 'zod';
import { Fen } from '#packages/money';
import type { CaseFacts, SharingTerms } from '../contract.ts';
import { type Basis, basisOf, isEligible, lossLeft, outsideLeft } from './basis.ts';
import { sum } from './amounts.ts';

/** What stays the same from the filing of a claim to its end: the programme's version, the facts, what is shared. */
export type Claim = { terms: SharingTerms; facts: CaseFacts; basis: Basis };

export function openClaim(terms: SharingTerms, facts: CaseFacts): Claim | 'ip-share-below-min' {
  if (!isEligible(terms, facts)) return 'ip-share-below-min';
  return { terms, facts, basis: basisOf(terms, facts) };
}

/** Of a party that city and county hold together, the county's side; the city's is the rest. */
const CountySide = z.strictObject({
  paidFen: Fen,
  refundedFen: Fen,
  /** What the county was out by when the weights were last taken. */
  weightFen: Fen,
  /** What the city has paid in the county's place. */
  owedToCityFen: Fen,
});

const PartyState = z.strictObject({
  partyId: z.string(),
  entitledFen: Fen,
  /** All it has paid, and all that has come back to it, by refund or claw-back. */
  paidFen: Fen,
  refundedFen: Fen,
  /** What the fund's balance did not reach, and the loss that was left when it did not. */
  pendingFen: Fen,
  pendingAtLossFen: Fen,
  /** What it was out by when the weights were last taken: by these the recoveries since are split. */
  weightFen: Fen,
  county: CountySide.optional(),
});
export type PartyState = z.output<typeof PartyState>;

/**
 * Where a claim stands after each of its events, as it lies in a store. Every event takes one and makes the next; the
 * same functions serve a simulation and a claim that is booked over years. `advanced`: public money was paid on account
 * and what is recovered stays with the bank until it is settled; `shared`: recoveries go to everybody.
 */
export const ClaimState = z.strictObject({
  phase: z.enum(['advanced', 'shared']),
  /** Principal recovered net, before the claim and since, all of the loan's part that is pledged on rights. */
  recoveredFen: Fen,
  /** Interest and penalty that the borrower still owes and the programme does not cover. */
  interestLeftFen: Fen,
  penaltyLeftFen: Fen,
  /** The loss that was left when the weights were last taken. */
  weighedLossFen: Fen,
  /** In the programme's order. */
  parties: z.array(PartyState),
});
export type ClaimState = z.output<typeof ClaimState>;

/** What a party has paid and not got back. */
export function outOf({ paidFen, refundedFen }: { paidFen: bigint; refundedFen: bigint }): bigint {
  return paidFen - refundedFen;
}

/** The programme's loss as it is now. */
export function lossNow({ basis }: Claim, { recoveredFen }: ClaimState): bigint {
  return lossLeft(basis, recoveredFen);
}

/**
 * What the bank carries of the programme's loss. Below zero only while it keeps recoveries that an advance's settlement
 * will give to those who paid.
 */
export function bankShare(claim: Claim, state: ClaimState): bigint {
  return lossNow(claim, state) - sum(state.parties.map(outOf));
}

/** What everybody is out by, in the programme's order, the bank last and with its loss outside the programme. */
export function burdensOf(claim: Claim, state: ClaimState): { parties: bigint[]; bankFen: bigint } {
  return {
    parties: state.parties.map(outOf),
    bankFen: bankShare(claim, state) + outsideLeft(claim.basis, state.recoveredFen),
  };
}

/** After money has moved between the parties, recoveries are split anew: by what each is out by, of the loss left. */
export function weighAnew(claim: Claim, state: ClaimState): ClaimState {
  return {
    ...state,
    weighedLossFen: lossNow(claim, state),
    parties: state.parties.map((party) => ({
      ...party,
      weightFen: outOf(party),
      ...(party.county && { county: { ...party.county, weightFen: outOf(party.county) } }),
    })),
  };
}
