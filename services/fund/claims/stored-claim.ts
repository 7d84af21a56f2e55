import * as z from 'zod';
import { createHash } from 'node:crypto';
import { Instant, LegalDate } from '#packages/calendar';
import { Classification } from '#packages/classification';
import { Fen } from '#packages/money';
import { type Claim as Opened, ClaimState, openClaim } from '../arithmetic/claim.ts';
import { CaseFacts, ClaimStatus, NewClaim, NewDecision, Proposal, SharingTerms } from '../contract.ts';

/** What of a loan a claim rests on: it is judged on these, and paid on these or not at all. */
export const LoanFacts = z.strictObject({
  outstandingFen: Fen,
  classification: Classification,
  ended: z.string().optional(),
});
export type LoanFacts = z.output<typeof LoanFacts>;

/** By one person, on the claim after so many changes of its money. */
const StoredProposal = z.strictObject({
  kind: z.enum(['settlement', 'write-off']),
  ...Proposal.shape,
  proposedBy: z.string(),
  revision: z.int().nonnegative(),
  reason: z.string().optional(),
});
export type StoredProposal = z.output<typeof StoredProposal>;

/** A recovery can be taken back as long as nothing else has moved the claim's money: then all is as it was before. */
const LastRecovery = z.strictObject({
  reference: z.string(),
  status: ClaimStatus,
  state: ClaimState,
  bankBackFen: Fen,
  refundFen: Fen,
  netFen: Fen,
  countyFen: Fen,
});

/**
 * A claim as the ledger keeps it, an aggregate beside the fund's book: what is fixed when it is filed (its words, the
 * programme's terms, the facts that they are applied to), and where it stands. Moved only by the ledger's commands, in
 * the transaction of their entries.
 */
export const StoredClaim = z.strictObject({
  claimId: z.string(),
  /** The first claim on its loan is 1. */
  ordinal: z.int().positive(),
  loanId: z.string(),
  fundId: z.string(),
  bankId: z.string(),
  uscc: z.string(),
  divisionCode: z.string(),
  parkId: z.string().optional(),
  programmeVersion: z.int().positive(),
  status: ClaimStatus,
  /** Changes of its money, and events told of it. */
  revision: z.int().nonnegative(),
  sequence: z.int().nonnegative(),
  /** Payments booked: the first, and those from later money. */
  payments: z.int().nonnegative(),
  filed: NewClaim,
  terms: SharingTerms,
  facts: CaseFacts,
  loan: LoanFacts,
  /** The cover of the loan that stands under claim. */
  cover: z.strictObject({ exposureFen: Fen, principalFen: Fen }),
  entitlement: z.array(z.strictObject({ partyId: z.string(), dueFen: Fen })),
  /** What of the caps of its enterprise and its bank's year it takes. */
  cappedFen: Fen,
  filedAt: Instant,
  filedOn: LegalDate,
  decision: z.strictObject({ ...NewDecision.shape, by: z.string(), on: LegalDate }).optional(),
  approvedSeq: z.int().positive().optional(),
  /** What was booked as owed by the approval. */
  approvedFen: Fen.optional(),
  paidBy: z.string().optional(),
  paidOn: LegalDate.optional(),
  firstPayment: z.array(z.strictObject({ partyId: z.string(), paidFen: Fen, pendingFen: Fen })).optional(),
  /** The county that shares it, by the name under which it contributes. */
  county: z.string().optional(),
  /** From its payment on. */
  state: ClaimState.optional(),
  /** What has come back to the bank of its own loss. */
  bankBackFen: Fen,
  lastRecovery: LastRecovery.optional(),
  settleBy: LegalDate.optional(),
  settledOn: LegalDate.optional(),
  writtenOffOn: LegalDate.optional(),
  closedOn: LegalDate.optional(),
  proposals: z.array(StoredProposal),
});
export type StoredClaim = z.output<typeof StoredClaim>;

export function readClaim(value: unknown): StoredClaim {
  return StoredClaim.parse(value);
}

export function claimWire(claim: StoredClaim): z.input<typeof StoredClaim> {
  return z.encode(StoredClaim, claim);
}

export function claimAggregate(claimId: string): string {
  return `claim:${claimId}`;
}

/** Made of what it is the claim of, so that who files the same again names the same. */
export function claimIdOf(loanId: string, ordinal: number): string {
  return `clm-${createHash('sha256').update(`${loanId}#${ordinal}`).digest('hex').slice(0, 24)}`;
}

/** What the arithmetic goes by. */
export function opened({ claimId, terms, facts }: Pick<StoredClaim, 'claimId' | 'terms' | 'facts'>): Opened {
  const claim = openClaim(terms, facts);
  // A claim that is not eligible is not filed.
  if (claim === 'ip-share-below-min') throw new Error(`${claimId} was filed below its programme's least part`);
  return claim;
}

/** Where its money stands. @throws before its payment. */
export function stateOf({ claimId, state }: StoredClaim): ClaimState {
  if (state === undefined) throw new Error(`${claimId} has not been paid`);
  return state;
}

export function pendingFen(state: ClaimState): bigint {
  return state.parties.reduce((sum, party) => sum + party.pendingFen, 0n);
}

/** Another name of the same money: a proposal rests on the claim as it stood. */
export function movedMoney(claim: StoredClaim): Pick<StoredClaim, 'revision' | 'lastRecovery'> {
  return { revision: claim.revision + 1, lastRecovery: undefined };
}
