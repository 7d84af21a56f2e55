import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Fen } from '#packages/money';
import { Digest, Id } from '#packages/words';
import { ClaimStatus } from './claim-schemas.ts';
import { onceWellFormed } from '#packages/words';

/** As many as fit into a body; a bank with more sends them fund by fund anyway. */
const maxClaims = 1_000;

/** A claim as the bank has it: what the fund owes it, has paid it, and got back from it. Named by either id. */
const ListedByBank = z
  .strictObject({
    claimId: Id.optional(),
    loanId: Id.optional(),
    entitledFen: Fen,
    paidFen: Fen,
    refundedFen: Fen,
    status: ClaimStatus,
  })
  .refine(({ claimId, loanId }) => claimId !== undefined || loanId !== undefined, {
    error: '应有 claimId 或 loanId',
    ...onceWellFormed,
  });
export type ListedByBank = z.output<typeof ListedByBank>;

export const ClaimList = z
  .strictObject({
    fundId: Id,
    /** The day at whose end the bank's figures hold. */
    asOf: LegalDate,
    claims: z.array(ListedByBank).max(maxClaims, { error: `每次不得超过 ${maxClaims} 件` }),
  })
  .meta({
    example: {
      fundId: 'xinyang',
      asOf: '2026-11-26',
      claims: [
        { claimId: 'clm-1', entitledFen: 50_000_000, paidFen: 50_000_000, refundedFen: 14_500_000, status: 'paid' },
      ],
    },
  });
export type ClaimList = z.output<typeof ClaimList>;

export const claimDifferenceCodes = [
  /** The bank lists it, the fund has none such of this bank. */
  'missing-here',
  /** The fund has it, the bank does not list it. */
  'missing-there',
  'twice-there',
  'status',
  'amount-entitled',
  'amount-paid',
  'amount-refunded',
] as const;

const ClaimDifference = z.strictObject({
  code: z.enum(claimDifferenceCodes),
  claimId: Id.optional(),
  loanId: Id.optional(),
  bankFen: Fen.optional(),
  fundFen: Fen.optional(),
  bankStatus: ClaimStatus.optional(),
  fundStatus: ClaimStatus.optional(),
  /** The claim has moved after the list's day: that may be all there is to it. */
  movedSince: z.boolean(),
});
export type ClaimDifference = z.output<typeof ClaimDifference>;

const sums = z.strictObject({ claims: z.int().nonnegative(), entitledFen: Fen, paidFen: Fen, refundedFen: Fen });

/** What came of a list. The same list has the same digest and the same answer, whatever has happened since. */
export const ClaimListChecked = z.strictObject({
  fundId: Id,
  partnerId: Id,
  asOf: LegalDate,
  /** SHA-256 of the list's RFC 8785 form, its claims in the order of their ids. */
  digest: Digest,
  checkedAt: Instant,
  agrees: z.boolean(),
  bank: sums,
  fund: sums,
  differences: z.array(ClaimDifference),
});
export type ClaimListChecked = z.output<typeof ClaimListChecked>;
