import fc from 'fast-check';
import type { CaseFacts, Party, SharingTerms, SimulationRequest } from '../contract.ts';

/*
 * Random programmes, cases and histories for property tests. Amounts crowd where roundings live: a few fen, and primes;
 * now and then they are as large as the contract lets them be.
 */

const largest = BigInt(Number.MAX_SAFE_INTEGER);
const between = (min: bigint, max: bigint) => fc.bigInt({ min, max });
const bps = fc.oneof(fc.constantFrom(0n, 1n, 3_333n, 5_000n, 9_999n, 10_000n), between(0n, 10_000n));
const optional = { noNullPrototype: true } as const;

/** Amounts of about one size, so that what meets in one case is comparable. */
const scales = [12n, 1_009n, 123_456_789n, largest / 4n];
const amountUpTo = (scale: bigint) => fc.oneof(between(0n, scale), fc.constantFrom(0n, 1n, scale - 1n, scale));

const tiersWithin = (budget: bigint, scale: bigint): fc.Arbitrary<Party['tiers']> =>
  fc
    .record({
      by: fc.constantFrom('outstanding' as const, 'revenue' as const),
      bounds: fc.uniqueArray(between(0n, scale), { minLength: 1, maxLength: 3 }),
      shares: fc.array(between(0n, budget), { minLength: 4, maxLength: 4 }),
    })
    .map(({ by, bounds, shares }) => ({
      by,
      steps: bounds
        .toSorted((one, other) => (one < other ? -1 : 1))
        .map((upToFen, step) => ({ upToFen, shareBps: shares[step] ?? 0n })),
      above: { shareBps: shares[3] ?? 0n },
    }));

const splits = fc.record({
  countyBps: bps,
  countyShortfall: fc.constantFrom('city-covers' as const, 'bank-bears' as const),
});

/** A party's budget is what it may at most be called for; budgets together are at most the whole. */
const partyWithin = (id: string, budget: bigint, scale: bigint): fc.Arbitrary<Party> =>
  fc
    .record(
      {
        kind: fc.constantFrom('public' as const, 'public' as const, 'private' as const),
        shareBps: fc.oneof(fc.constant(budget), between(0n, budget)),
        capFen: amountUpTo(scale),
        tiers: tiersWithin(budget, scale),
        split: splits,
      },
      { ...optional, requiredKeys: ['kind', 'shareBps'] },
    )
    .map(({ split, ...party }) => ({ id, ...party, ...(party.kind === 'public' && split !== undefined && { split }) }));

const partiesOf = (scale: bigint): fc.Arbitrary<Party[]> =>
  fc
    .record({
      together: fc.constantFrom(10_000n, 9_999n, 8_000n, 6_600n),
      cuts: fc.array(between(0n, 10_000n), { minLength: 0, maxLength: 4 }),
    })
    .chain(({ together, cuts }) => {
      const bounds = [0n, ...cuts.map((cut) => (cut * together) / 10_000n), together].toSorted((one, other) =>
        one < other ? -1 : one > other ? 1 : 0,
      );
      const budgets = bounds.slice(1).map((bound, place) => bound - (bounds[place] ?? 0n));
      return fc.tuple(...budgets.map((budget, place) => partyWithin(`party-${place}`, budget, scale)));
    });

const termsOf = (scale: bigint): fc.Arbitrary<SharingTerms> =>
  fc.record(
    {
      parties: partiesOf(scale),
      eligiblePerEnterpriseFen: amountUpTo(scale),
      minIpPartBps: fc.constantFrom(0n, 5_000n),
      allLevelsCeilingBps: bps,
      enterpriseCumulativeCapFen: amountUpTo(scale),
      bankYearCap: fc.record({ ofPreviousBalanceBps: bps, maxFen: amountUpTo(scale) }),
      interestCover: fc.record({
        days: fc.constantFrom(0, 30, 90, 360),
        dayCount: fc.constant('actual/360' as const),
      }),
      prePosition: fc.record({ advanceBps: bps }),
      recoveryOrder: fc.constantFrom('principal-first' as const, 'interest-first' as const),
    },
    { ...optional, requiredKeys: ['parties', 'recoveryOrder'] },
  );

const factsOf = (scale: bigint): fc.Arbitrary<CaseFacts> =>
  fc.record(
    {
      outstandingFen: amountUpTo(scale),
      ipPartBps: bps,
      netRecoveredBeforeFen: amountUpTo(scale / 2n),
      annualRateBps: fc.constantFrom(0n, 435n, 10_000n),
      interestDueFen: amountUpTo(scale / 4n),
      penaltyDueFen: amountUpTo(scale / 4n),
      revenueFen: amountUpTo(scale),
      enterprisePaidBeforeFen: amountUpTo(scale / 2n),
      bankYearPaidBeforeFen: amountUpTo(scale / 2n),
      bankPreviousBalanceFen: amountUpTo(scale),
      fundAvailableFen: amountUpTo(scale / 2n),
      countyAvailableFen: amountUpTo(scale / 4n),
    },
    { ...optional, requiredKeys: ['outstandingFen', 'revenueFen'] },
  );

const recoveryOf = (scale: bigint) =>
  fc.record({
    type: fc.constant('recovery' as const),
    grossFen: amountUpTo(scale / 3n),
    costsFen: amountUpTo(scale / 12n),
  });

const eventOf = (scale: bigint): fc.Arbitrary<SimulationRequest['events'][number]> =>
  fc.oneof(
    { weight: 4, arbitrary: recoveryOf(scale) },
    { weight: 1, arbitrary: fc.constant({ type: 'settle' as const }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('replenish' as const), amountFen: amountUpTo(scale / 4n) }) },
  );

export const arbitraryRequest: fc.Arbitrary<SimulationRequest> = fc.constantFrom(...scales).chain((scale) =>
  fc.record({
    programme: termsOf(scale),
    case: factsOf(scale),
    events: fc.array(eventOf(scale), { maxLength: 8 }),
  }),
);

/** Eligible claims without an advance: the plain case, in which all recoveries are shared from the first payment on. */
export const arbitraryShared: fc.Arbitrary<SimulationRequest> = arbitraryRequest.map(({ programme, ...rest }) => {
  const { prePosition: _advance, minIpPartBps: _least, ...terms } = programme;
  return { ...rest, programme: terms };
});
