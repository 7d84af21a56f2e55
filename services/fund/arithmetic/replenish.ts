import { divideDown } from '#packages/money';
import { bankShare, type Claim, type ClaimState, lossNow, weighAnew } from './claim.ts';
import { disburse, type Means } from './disbursement.ts';
import { atLeastZero, least } from './amounts.ts';
import { eachParty } from './settle.ts';

/** `unusedFen` of the money that came in is left; `countyFen` of `means` is what the county then has. */
export type Replenishment = { state: ClaimState; paidFen: bigint; unusedFen: bigint; countyFen: bigint | undefined };

/**
 * Money has come in: each pending amount, cut to the part of its loss that is still left, is paid as far as the money
 * reaches, in the programme's order. What it does not reach stays pending, at the loss that is left now.
 */
export function replenish(
  claim: Claim,
  state: ClaimState,
  amountFen: bigint,
  countyFen: Means['countyFen'],
): Replenishment {
  const lossFen = lossNow(claim, state);
  let left = amountFen;
  let county = countyFen;
  let paidFen = 0n;
  // Refunds to private parties are rounded down, so that a few fen of what is pending may have come back to the bank
  // already: a loss that the bank no longer carries is not paid for. Of an advance its settlement sees to that.
  let carried = state.phase === 'advanced' ? undefined : bankShare(claim, state);
  const parties = eachParty(claim, state.parties, (party, one) => {
    if (one.pendingFen === 0n) return one;
    const rebased = divideDown(one.pendingFen * lossFen, one.pendingAtLossFen);
    const dueFen = least(rebased, carried ?? rebased);
    const paid = disburse(party, one, dueFen, { fundFen: left, countyFen: county });
    left = paid.means.fundFen ?? 0n;
    county = paid.means.countyFen;
    if (carried !== undefined) carried = atLeastZero(carried - dueFen);
    paidFen += paid.paidFen;
    return { ...paid.state, pendingFen: paid.shortFen, pendingAtLossFen: lossFen };
  });
  return { state: weighAnew(claim, { ...state, parties }), paidFen, unusedFen: left, countyFen: county };
}
