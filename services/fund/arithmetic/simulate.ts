import type { SimulationAnswer, SimulationRequest } from '../contract.ts';
import { bankId } from '../contract/programme-problems.ts';
import { burdensOf, type Claim, type ClaimState, openClaim } from './claim.ts';
import { type Means, received } from './disbursement.ts';
import { sum } from './amounts.ts';
import { baseOf, payClaim } from './pay.ts';
import { recover } from './recover.ts';
import { replenish } from './replenish.ts';
import { settle } from './settle.ts';

type Event = SimulationRequest['events'][number];
type EventAnswer = SimulationAnswer['events'][number];

/** A claim from its payment through everything that happens to it, with nothing stored. */
export function simulate({ programme, case: facts, events }: SimulationRequest): SimulationAnswer {
  const claim = openClaim(programme, facts);
  if (claim === 'ip-share-below-min') {
    return { eligible: false, reason: claim, baseFen: 0n, payments: [], events: [], burdens: [] };
  }
  const paid = payClaim(claim, { fundFen: facts.fundAvailableFen, countyFen: facts.countyAvailableFen });
  let { state, means } = paid;
  const answers: EventAnswer[] = [];
  for (const event of events) {
    const step = take(claim, state, means, event);
    ({ state, means } = step);
    answers.push(step.answer);
  }
  const burdens = burdensOf(claim, state);
  return {
    eligible: true,
    reason: null,
    baseFen: baseOf(claim),
    payments: paymentsOf(claim, paid.state),
    events: answers,
    burdens: [
      ...state.parties.map(({ partyId }, place) => ({ partyId, burdenFen: burdens.parties[place] ?? 0n })),
      { partyId: bankId, burdenFen: burdens.bankFen },
    ],
  };
}

function take(
  claim: Claim,
  state: ClaimState,
  means: Means,
  event: Event,
): { state: ClaimState; means: Means; answer: EventAnswer } {
  switch (event.type) {
    case 'recovery': {
      const { state: next, ...answer } = recover(claim, state, event);
      return {
        state: next,
        means: withRefunds(claim, means, answer.allocations),
        answer: { type: event.type, ...answer },
      };
    }
    case 'settle': {
      const { topUpFen, clawBackFen, ...next } = settle(claim, state, means);
      return { ...next, answer: { type: event.type, topUpFen, clawBackFen } };
    }
    case 'replenish': {
      const { state: next, paidFen, unusedFen, countyFen } = replenish(claim, state, event.amountFen, means.countyFen);
      const left = received({ ...means, countyFen }, unusedFen);
      return { state: next, means: left, answer: { type: event.type, paidFen } };
    }
  }
}

/** What comes back to the public parties is money at hand again. */
function withRefunds(
  { terms }: Claim,
  means: Means,
  allocations: readonly { principalFen: bigint; split?: { countyFen: bigint } | undefined }[],
): Means {
  const ofPublic = allocations.filter((_one, place) => terms.parties[place]?.kind === 'public');
  return received(
    means,
    sum(ofPublic.map(({ principalFen }) => principalFen)),
    sum(ofPublic.map(({ split }) => split?.countyFen ?? 0n)),
  );
}

/** The payments as they are told: the bank's is the loss that it carries after them. */
function paymentsOf(claim: Claim, state: ClaimState): SimulationAnswer['payments'] {
  const parties = state.parties.map(({ partyId, entitledFen, paidFen, pendingFen, county }) => {
    const payment = { partyId, entitledFen, paidFen, pendingFen };
    if (county === undefined) return payment;
    const { paidFen: countyFen, owedToCityFen: cityClaimOnCountyFen } = county;
    return { ...payment, split: { cityFen: paidFen - countyFen, countyFen, cityClaimOnCountyFen } };
  });
  return [...parties, { partyId: bankId, paidFen: burdensOf(claim, state).bankFen }];
}
