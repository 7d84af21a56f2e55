import { sum } from '../arithmetic/amounts.ts';
import { outsideLeft, recoveredBefore } from '../arithmetic/basis.ts';
import type { Claim } from '../arithmetic/claim.ts';
import { baseOf, entitlementsOfClaim } from '../arithmetic/pay.ts';
import type { SharingTerms } from '../contract.ts';
import { bankId } from '../contract/programme-problems.ts';

type Entitlement = { partyId: string; dueFen: bigint }[];

/** What each is due to bear, in the programme's order, the bank last with the rest and its loss outside the programme. */
export function entitlementOf(claim: Claim): Entitlement {
  const dues = entitlementsOfClaim(claim);
  const parties = claim.terms.parties.map(({ id }, place) => ({ partyId: id, dueFen: dues[place] ?? 0n }));
  const outside = outsideLeft(claim.basis, recoveredBefore(claim.basis, claim.facts));
  return [...parties, { partyId: bankId, dueFen: baseOf(claim) - sum(dues) + outside }];
}

/** The parties' dues alone. */
export function entitledOf({ parties }: SharingTerms, entitlement: Entitlement): bigint[] {
  return parties.map((_party, place) => entitlement[place]?.dueFen ?? 0n);
}

export function publicDueFen(terms: SharingTerms, entitlement: Entitlement): bigint {
  return sum(entitledOf(terms, entitlement).filter((_due, place) => terms.parties[place]?.kind === 'public'));
}
