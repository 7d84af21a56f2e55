import { shareOf } from '#packages/money';
import type { Party } from '../contract.ts';
import type { PartyState } from './claim.ts';
import { atLeastZero, least } from './amounts.ts';

/** The money at hand when something is paid. Left out: enough. */
export type Means = { fundFen?: bigint | undefined; countyFen?: bigint | undefined };

export type Disbursement = {
  state: PartyState;
  paidFen: bigint;
  /** What the fund did not reach; what the county did not bring is not among it. */
  shortFen: bigint;
  /** What is left at hand. */
  means: Means;
};

/**
 * One party pays what is due as far as the money at hand reaches; private parties pay the bank themselves. The county's
 * part is rounded down; beyond what the county has the city pays it, or nobody does and the bank bears it.
 */
export function disburse(party: Party, state: PartyState, dueFen: bigint, means: Means): Disbursement {
  if (party.kind === 'private') return { state: withPaid(state, dueFen), paidFen: dueFen, shortFen: 0n, means };
  const reachedFen = least(dueFen, means.fundFen ?? dueFen);
  const shortFen = dueFen - reachedFen;
  // What the county fails to bring is not handed on to the parties behind it: it was never in the fund.
  const fundFen = means.fundFen === undefined ? undefined : means.fundFen - reachedFen;
  if (party.split === undefined || state.county === undefined) {
    return { state: withPaid(state, reachedFen), paidFen: reachedFen, shortFen, means: { ...means, fundFen } };
  }
  const countyDueFen = shareOf(reachedFen, party.split.countyBps);
  const countyPaidFen = least(countyDueFen, means.countyFen ?? countyDueFen);
  const lackFen = atLeastZero(countyDueFen - countyPaidFen);
  const cityCovers = party.split.countyShortfall === 'city-covers';
  const paidFen = cityCovers ? reachedFen : reachedFen - lackFen;
  const county = {
    ...state.county,
    paidFen: state.county.paidFen + countyPaidFen,
    owedToCityFen: state.county.owedToCityFen + (cityCovers ? lackFen : 0n),
  };
  return {
    state: { ...withPaid(state, paidFen), county },
    paidFen,
    shortFen,
    means: { fundFen, countyFen: means.countyFen === undefined ? undefined : means.countyFen - countyPaidFen },
  };
}

function withPaid(state: PartyState, amountFen: bigint): PartyState {
  return { ...state, paidFen: state.paidFen + amountFen };
}

/** Money that has come back into the fund, `countyFen` of it to the county. */
export function received(means: Means, amountFen: bigint, countyFen = 0n): Means {
  return {
    fundFen: means.fundFen === undefined ? undefined : means.fundFen + amountFen,
    countyFen: means.countyFen === undefined ? undefined : means.countyFen + countyFen,
  };
}
