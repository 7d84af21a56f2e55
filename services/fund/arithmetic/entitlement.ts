import { shareOf } from '#packages/money';
import type { CaseFacts, Party, SharingTerms } from '../contract.ts';
import { atLeastZero, least, sum } from './amounts.ts';
import { tierShare } from './tiers.ts';

/** What each party owes on a base, in the programme's order: its share, its cap, then the public parties' ceilings. */
export function entitlementsOf(terms: SharingTerms, facts: CaseFacts, baseFen: bigint): bigint[] {
  const own = terms.parties.map((party) => {
    const share = shareOf(baseFen, shareBpsOf(party, facts));
    return least(share, party.capFen ?? share);
  });
  const together = sum(own.filter((_amount, place) => terms.parties[place]?.kind === 'public'));
  let excess = atLeastZero(together - publicCeiling(terms, facts, baseFen, together));
  const cut = terms.parties.map((party, place) => ({ party, amount: own[place] ?? 0n }));
  // The last listed gives way first.
  for (const one of cut.toReversed()) {
    if (one.party.kind === 'private') continue;
    const less = least(excess, one.amount);
    one.amount -= less;
    excess -= less;
  }
  return cut.map(({ amount }) => amount);
}

function shareBpsOf({ shareBps, tiers }: Party, facts: CaseFacts): bigint {
  if (tiers === undefined) return shareBps;
  const amount = tiers.by === 'outstanding' ? facts.outstandingFen : facts.revenueFen;
  // The contract asks for it; whoever comes past the contract must not be paid by a guess.
  if (amount === undefined) throw new Error('a share by revenue needs the revenue');
  return tierShare(tiers, amount);
}

/** The most that the public parties may owe together, of what they would. What is not known of a bank is nothing. */
function publicCeiling(terms: SharingTerms, facts: CaseFacts, baseFen: bigint, together: bigint): bigint {
  const { allLevelsCeilingBps, enterpriseCumulativeCapFen, bankYearCap } = terms;
  const { enterprisePaidBeforeFen = 0n, bankYearPaidBeforeFen = 0n, bankPreviousBalanceFen = 0n } = facts;
  const ceilings: bigint[] = [];
  if (allLevelsCeilingBps !== undefined) ceilings.push(shareOf(baseFen, allLevelsCeilingBps));
  if (enterpriseCumulativeCapFen !== undefined) ceilings.push(enterpriseCumulativeCapFen - enterprisePaidBeforeFen);
  if (bankYearCap !== undefined) {
    const ofBalance = shareOf(bankPreviousBalanceFen, bankYearCap.ofPreviousBalanceBps);
    ceilings.push(least(bankYearCap.maxFen, ofBalance) - bankYearPaidBeforeFen);
  }
  return atLeastZero(least(together, ...ceilings));
}
