import { hashOfText, canonical } from '#packages/canonical';
import * as z from 'zod';
import { sum } from './arithmetic/amounts.ts';
import {
  type ClaimDifference,
  ClaimList,
  type ClaimListChecked,
  type ListedByBank,
} from './contract/claim-list-schemas.ts';
import type { ClaimStatus } from './contract/claim-schemas.ts';

/** A claim as the fund has it, by what its public parties owe, have paid and got back. */
export type FundClaim = {
  claimId: string;
  loanId: string;
  status: ClaimStatus;
  entitledFen: bigint;
  paidFen: bigint;
  refundedFen: bigint;
  /** It has moved after the day of the list. */
  movedSince: boolean;
};

/** The list's own: of the same claims in whatever order it is the same. */
export function digestOfList(list: ClaimList): string {
  const { claims, ...head } = z.encode(ClaimList, list);
  const inOrder = claims.map((claim) => canonical(claim)).toSorted();
  return hashOfText(canonical({ ...head, claims: inOrder }));
}

/**
 * A bank's list beside the fund's claims of that bank. A loan has one claim at a time, but those before it may be on
 * record: named by its loan alone, a claim is the last one on it.
 */
export function compareLists(
  listed: readonly ListedByBank[],
  known: readonly FundClaim[],
): Pick<ClaimListChecked, 'agrees' | 'bank' | 'fund' | 'differences'> {
  const byClaim = new Map(known.map((claim) => [claim.claimId, claim]));
  const byLoan = new Map(known.map((claim) => [claim.loanId, claim]));
  const differences: ClaimDifference[] = [];
  const seen = new Set<FundClaim>();
  for (const theirs of listed) {
    const { claimId, loanId } = theirs;
    const ours = claimId === undefined ? byLoan.get(loanId ?? '') : byClaim.get(claimId);
    const named = { ...(claimId !== undefined && { claimId }), ...(loanId !== undefined && { loanId }) };
    if (ours === undefined || (loanId !== undefined && loanId !== ours.loanId)) {
      differences.push({ code: 'missing-here', ...named, movedSince: false });
      continue;
    }
    if (seen.has(ours)) differences.push({ code: 'twice-there', ...idsOf(ours), movedSince: false });
    else differences.push(...between(theirs, ours));
    seen.add(ours);
  }
  for (const ours of known) {
    // What came to nothing need not be listed.
    if (seen.has(ours) || ours.status === 'returned' || ours.status === 'rejected') continue;
    differences.push({ code: 'missing-there', ...idsOf(ours), movedSince: ours.movedSince });
  }
  return { agrees: differences.length === 0, bank: sumsOf(listed), fund: sumsOf(known), differences };
}

function between(theirs: ListedByBank, ours: FundClaim): ClaimDifference[] {
  const both = { ...idsOf(ours), movedSince: ours.movedSince };
  const amounts = [
    ['amount-entitled', 'entitledFen'],
    ['amount-paid', 'paidFen'],
    ['amount-refunded', 'refundedFen'],
  ] as const;
  return [
    ...(theirs.status === ours.status
      ? []
      : [{ code: 'status' as const, ...both, bankStatus: theirs.status, fundStatus: ours.status }]),
    ...amounts.flatMap(([code, field]) =>
      theirs[field] === ours[field] ? [] : [{ code, ...both, bankFen: theirs[field], fundFen: ours[field] }],
    ),
  ];
}

function idsOf({ claimId, loanId }: FundClaim): { claimId: string; loanId: string } {
  return { claimId, loanId };
}

function sumsOf(claims: readonly Pick<FundClaim, 'entitledFen' | 'paidFen' | 'refundedFen'>[]) {
  return {
    claims: claims.length,
    entitledFen: sum(claims.map(({ entitledFen }) => entitledFen)),
    paidFen: sum(claims.map(({ paidFen }) => paidFen)),
    refundedFen: sum(claims.map(({ refundedFen }) => refundedFen)),
  };
}
