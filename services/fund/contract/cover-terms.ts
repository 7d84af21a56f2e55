import { basisOf } from '../arithmetic/basis.ts';
import { entitlementsOf } from '../arithmetic/entitlement.ts';
import { sum } from '../arithmetic/amounts.ts';
import type { Party, SharingTerms } from './programme-schemas.ts';

/** What a fund takes on with a loan, before anything is lost. */
export type CoverTerms = {
  /** What of the principal the programme shares. */
  eligibleFen: bigint;
  /** The share of it that the public parties answer for together, before their caps; basis points. */
  shareBps: bigint;
  /** The most that they answer for, covered interest included: this is counted against the fund's capacity. */
  exposureFen: bigint;
};

const wholeBps = 10_000n;

/**
 * A programme as far as it can be known before a claim: what depends on payments of the past is left out, and a share by
 * a revenue that nobody knows yet is the highest that it can be. What is computed by it is never too little.
 */
export function knownTerms({
  enterpriseCumulativeCapFen: _enterprise,
  bankYearCap: _bankYear,
  ...programme
}: SharingTerms): SharingTerms {
  return { ...programme, parties: programme.parties.map(knownShare) };
}

/**
 * What the programme covers of a loan that has just been paid out, by its known terms: a fund must not have promised
 * more than it counted.
 */
export function coverTermsOf(
  programme: SharingTerms,
  loan: { principalFen: bigint; ipPartBps: bigint; annualRateBps: bigint },
): CoverTerms {
  const facts = {
    outstandingFen: loan.principalFen,
    ipPartBps: loan.ipPartBps,
    annualRateBps: loan.annualRateBps,
  };
  const terms = knownTerms(programme);
  const uncapped = { ...terms, parties: terms.parties.map(({ capFen: _cap, ...party }) => party) };
  const publicPart = (amounts: readonly bigint[]) =>
    sum(amounts.filter((_amount, place) => terms.parties[place]?.kind === 'public'));
  const owedAt = (outstandingFen: bigint) => {
    const then = { ...facts, outstandingFen };
    const basis = basisOf(terms, then);
    return publicPart(entitlementsOf(terms, then, basis.eligibleFen + basis.coveredInterestFen));
  };
  // A loan that is repaid may fall into a step with a higher share, and then be owed more than at its full amount.
  const steps = terms.parties.flatMap(({ tiers }) => tiers?.steps.map(({ upToFen }) => upToFen) ?? []);
  const amounts = [loan.principalFen, ...steps.filter((upToFen) => upToFen < loan.principalFen)];
  return {
    eligibleFen: basisOf(terms, facts).eligibleFen,
    shareBps: publicPart(entitlementsOf(uncapped, facts, wholeBps)),
    exposureFen: amounts.map(owedAt).reduce((most, owed) => (owed > most ? owed : most)),
  };
}

function knownShare({ tiers, ...party }: Party): Party {
  if (tiers === undefined) return party;
  if (tiers.by === 'outstanding') return { ...party, tiers };
  const shares = [...tiers.steps, tiers.above].map(({ shareBps }) => shareBps);
  return { ...party, shareBps: shares.reduce((most, share) => (share > most ? share : most), 0n) };
}
