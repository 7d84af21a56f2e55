import fc from 'fast-check';
import type { CaseFacts, Party, SharingTerms, SimulationRequest } from '../contract.ts';

/*
 * Random programmes, cases and histories for property tests. Amounts crowd where roundings live: a few fen, and primes;
 * now and then they are as large as the contract lets them be. What would end a story at once (a cap of nothing, a loan
 * of nothing) is there, but rare.
 */

const largest = BigInt(Number.MAX_SAFE_INTEGER);
const between = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const bps = fc.oneof(between(0n, 10_000n), fc.constantFrom(0n, 1n, 3_333n, 5_000n, 9_999n, 10_000n));
const high = fc.oneof(between(5_000n, 10_000n), bps);

/** Left out most of the time: once in so many times it is there. */
const onceIn = <Value>(times: number, value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

/** Amounts of about one size, so that what meets in one case is comparable. */
const scales = [12n, 101n, 1_009n, 1_009n, 123_456_789n, largest / 4n];
const upTo = (scale: bigint) =>
  fc.oneof(
    { weight: 6, arbitrary: between(0n, scale) },
    { weight: 1, arbitrary: fc.constantFrom(0n, 1n, scale - 1n, scale) },
  );
const about = (scale: bigint) =>
  fc.oneof({ weight: 6, arbitrary: between(scale / 2n, scale) }, { weight: 1, arbitrary: upTo(scale) });

const tiersWithin = (budget: bigint, scale: bigint): fc.Arbitrary<Party['tiers']> =>
  fc
    .record({
      by: fc.constantFrom('outstanding' as const, 'revenue' as const),
      bounds: fc.uniqueArray(upTo(scale), { minLength: 1, maxLength: 3 }),
      shares: fc.array(fc.oneof(fc.constant(budget), between(0n, budget)), { minLength: 4, maxLength: 4 }),
    })
    .map(({ by, bounds, shares }) => ({
      by,
      steps: bounds.toSorted(ascending).map((upToFen, step) => ({ upToFen, shareBps: shares[step] ?? 0n })),
      above: { shareBps: shares[3] ?? 0n },
    }));

const splits = fc.record({
  countyBps: bps,
  countyShortfall: fc.constantFrom('city-covers' as const, 'bank-bears' as const),
});

/** A party's budget is the most that it may be called for; budgets together are at most the whole. */
const partyWithin = (id: string, budget: bigint, scale: bigint): fc.Arbitrary<Party> =>
  fc
    .record({
      kind: fc.constantFrom('public' as const, 'public' as const, 'private' as const),
      shareBps: fc.oneof({ weight: 4, arbitrary: fc.constant(budget) }, { weight: 1, arbitrary: between(0n, budget) }),
      capFen: onceIn(5, about(scale / 3n)),
      tiers: onceIn(5, tiersWithin(budget, scale)),
      split: onceIn(2, splits),
    })
    .map(({ split, ...party }) => ({ id, ...party, ...(party.kind === 'public' && { split }) }));

const partiesOf = (scale: bigint): fc.Arbitrary<Party[]> =>
  fc
    .record({
      together: fc.constantFrom(10_000n, 10_000n, 9_999n, 8_000n, 6_600n),
      cuts: fc.array(between(500n, 9_500n), { minLength: 0, maxLength: 4 }),
    })
    .chain(({ together, cuts }) => {
      const bounds = [0n, ...cuts.map((cut) => (cut * together) / 10_000n), together].toSorted(ascending);
      const budgets = bounds.slice(1).map((bound, place) => bound - (bounds[place] ?? 0n));
      return fc.tuple(...budgets.map((budget, place) => partyWithin(`party-${place}`, budget, scale)));
    });

const termsOf = (scale: bigint): fc.Arbitrary<SharingTerms> =>
  fc.record({
    parties: partiesOf(scale),
    eligiblePerEnterpriseFen: onceIn(2, about(scale)),
    minIpPartBps: onceIn(4, fc.constantFrom(0n, 5_000n)),
    allLevelsCeilingBps: onceIn(4, high),
    enterpriseCumulativeCapFen: onceIn(5, about(scale)),
    bankYearCap: onceIn(6, fc.record({ ofPreviousBalanceBps: high, maxFen: about(scale) })),
    interestCover: onceIn(
      3,
      fc.record({ days: fc.constantFrom(0, 30, 90, 360), dayCount: fc.constant('actual/360' as const) }),
    ),
    prePosition: onceIn(3, fc.record({ advanceBps: bps })),
    recoveryOrder: fc.constantFrom('principal-first' as const, 'interest-first' as const),
  });

const factsOf = (scale: bigint): fc.Arbitrary<CaseFacts> =>
  fc.record({
    outstandingFen: about(scale),
    ipPartBps: onceIn(3, high),
    netRecoveredBeforeFen: onceIn(3, upTo(scale / 3n)),
    annualRateBps: onceIn(2, fc.constantFrom(0n, 435n, 10_000n)),
    interestDueFen: onceIn(2, upTo(scale / 4n)),
    penaltyDueFen: onceIn(3, upTo(scale / 4n)),
    revenueFen: upTo(scale),
    enterprisePaidBeforeFen: onceIn(2, upTo(scale / 2n)),
    bankYearPaidBeforeFen: onceIn(2, upTo(scale / 2n)),
    bankPreviousBalanceFen: onceIn(2, about(scale)),
    fundAvailableFen: onceIn(2, upTo(scale / 2n)),
    countyAvailableFen: onceIn(2, upTo(scale / 6n)),
  });

const recoveryOf = (scale: bigint) =>
  fc.record({
    type: fc.constant('recovery' as const),
    grossFen: upTo(scale / 4n),
    costsFen: fc.oneof(fc.constant(0n), upTo(scale / 12n)),
  });

const eventOf = (scale: bigint): fc.Arbitrary<SimulationRequest['events'][number]> =>
  fc.oneof(
    { weight: 4, arbitrary: recoveryOf(scale) },
    { weight: 1, arbitrary: fc.constant({ type: 'settle' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('replenish' as const), amountFen: upTo(scale / 4n) }) },
  );

export const arbitraryRequest: fc.Arbitrary<SimulationRequest> = fc.constantFrom(...scales).chain((scale) =>
  fc.record({
    programme: termsOf(scale),
    case: factsOf(scale),
    events: fc.array(eventOf(scale), { maxLength: 8, size: 'large' }),
  }),
);

/** Eligible claims without an advance: the plain case, in which all recoveries are shared from the first payment on. */
export const arbitraryShared: fc.Arbitrary<SimulationRequest> = arbitraryRequest.map(({ programme, ...rest }) => {
  const { prePosition: _advance, minIpPartBps: _least, ...terms } = programme;
  return { ...rest, programme: terms };
});

function ascending(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
