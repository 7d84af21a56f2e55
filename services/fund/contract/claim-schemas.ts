import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Fen } from '#packages/money';
import { Digest, Id, Reason, Version } from '#packages/words';
import { claimMachine, proposalMachine } from '../machines.ts';
import { PartyConfirmation } from './confirmation-schemas.ts';
import { ClaimDeadline } from './deadline-schemas.ts';
import { BalanceFen } from './book-schemas.ts';
import { Allocation } from './simulation-schemas.ts';

/** Without these no claim is looked at (材料清单). */
export const requiredDocuments = [
  'loan-contract',
  'disbursement-voucher',
  'pledge-registration',
  'overdue-proof',
  'computation-sheet',
  'recovery-commitment',
] as const;

/** What a bank claims by. The last two rest on a document of their own, called like them. */
export const triggerModes = ['npl-classified', 'overdue-days', 'suit-filed', 'disposal-done'] as const;
export const triggersByDocument = ['suit-filed', 'disposal-done'] as const;

const DocumentKind = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,63}$/, { error: '材料种类应为小写字母、数字与连字符' })
  .meta({ description: `材料种类；必备：${requiredDocuments.join('、')}`, example: 'loan-contract' });
const ClaimDocument = z.strictObject({ kind: DocumentKind, digest: Digest });
const Trigger = z.strictObject({ mode: z.enum(triggerModes), asOf: LegalDate });
const maxDocuments = 50;

export const NewClaim = z
  .strictObject({
    loanId: Id,
    /** The principal that was outstanding when it was lost; what was recovered of it since is told beside it. */
    lossPrincipalFen: Fen,
    interestDueFen: Fen.optional(),
    penaltyDueFen: Fen.optional(),
    /** Recovered since, net of costs, and not yet taken off the principal. */
    netRecoveredFen: Fen.optional(),
    /** Where the programme shares by revenue: the enterprise's, as the computation sheet has it. */
    revenueFen: Fen.optional(),
    trigger: Trigger,
    documents: z.array(ClaimDocument).max(maxDocuments, { error: `材料不得超过 ${maxDocuments} 件` }),
    /** Asks for an advance, where the programme offers one. */
    prePosition: z.boolean().optional(),
    previousClaimId: Id.optional(),
  })
  .meta({
    example: {
      loanId: 'loan-1',
      lossPrincipalFen: 100_000_000,
      trigger: { mode: 'npl-classified', asOf: '2026-11-20' },
      documents: requiredDocuments.map((kind) => ({ kind, digest: '3f'.repeat(32) })),
    },
  });
export type NewClaim = z.output<typeof NewClaim>;

/** What each is due to bear, the bank last and with all that the programme does not share. */
const Entitlement = z.array(z.strictObject({ partyId: Id, dueFen: Fen }));
export const ClaimStatus = z.enum(claimMachine.states);
export type ClaimStatus = z.output<typeof ClaimStatus>;

export const FiledClaim = z.strictObject({
  claimId: Id,
  status: z.literal(claimMachine.initial),
  entitlement: Entitlement,
});

/** Why claims come back, in a word, so that the next one can be warned: any number of them beside the sentence. */
export const returnCodes = [
  'document-missing',
  'document-unreadable',
  'document-outdated',
  'amount-unsupported',
  'computation-wrong',
  'recovery-not-deducted',
  'trigger-unproved',
  'pledge-defective',
  'wrong-loan',
  'other',
] as const;
const ReturnCodes = z.array(z.enum(returnCodes)).max(returnCodes.length);

/** What a claim would be returned for, each with what to do about it (中文). */
const Finding = z.strictObject({ code: z.string(), pointer: z.string(), message: z.string() });

export const ClaimCheck = z.strictObject({
  admissible: z.boolean(),
  findings: z.array(Finding),
  /** Empty where it cannot be computed. */
  entitlement: Entitlement,
  /** What claims of this bank by this trigger were returned for before, most often first. */
  pastReturns: z.strictObject({
    filed: z.int().nonnegative(),
    returned: z.int().nonnegative(),
    codes: z.array(z.strictObject({ code: z.enum(returnCodes), count: z.int().positive(), message: z.string() })),
  }),
});
export type ClaimCheck = z.output<typeof ClaimCheck>;

export const NewDecision = z.strictObject({
  decision: z.enum(['approve', 'reject', 'return']),
  reason: Reason,
  /** Of a return. */
  codes: ReturnCodes.optional(),
});

export const DecidedClaim = z.strictObject({ claimId: Id, status: ClaimStatus });

const Payment = z.strictObject({ partyId: Id, paidFen: Fen, pendingFen: Fen });
export const PaidClaim = z.strictObject({ claimId: Id, status: ClaimStatus, payments: z.array(Payment) });

/** The bank's own number of a recovery: it is booked once under it. */
const Reference = z
  .string()
  .trim()
  .min(1, { error: '回收编号不能为空' })
  .max(64, { error: '回收编号不得超过 64 个字符' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '回收编号不能含控制字符' })
  .meta({ description: '银行对这笔回收的编号', example: 'RC-2026-001' });

export const NewRecovery = z.strictObject({
  grossFen: Fen,
  /** As evidenced: they go off first. What they are above the gross amount nobody but the bank bears. */
  costsFen: Fen,
  receivedOn: LegalDate,
  source: z
    .string()
    .trim()
    .min(1, { error: '来源不能为空' })
    .max(64, { error: '来源不得超过 64 个字符' })
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '来源不能含控制字符' })
    .meta({ description: '回收来源', example: 'pledge-sale' }),
  reference: Reference,
});
export type NewRecovery = z.output<typeof NewRecovery>;

export const RecoveryShared = z.strictObject({
  netFen: Fen,
  shortfallFen: Fen,
  /** Every party, the bank last. */
  allocations: z.array(Allocation),
  surplusToPledgorFen: Fen,
});

export const NewReversal = z.strictObject({ reference: Reference, reason: Reason });
export const ReversedRecovery = z.strictObject({ claimId: Id, reference: Reference, status: ClaimStatus });

export const Proposal = z.strictObject({
  claimId: Id,
  id: Id,
  status: z.enum(proposalMachine.states),
  /** Of a settlement: what the parties pay more, and what the bank gives back. */
  topUpFen: Fen.optional(),
  clawBackFen: Fen.optional(),
  /** Of a write-off: what the fund gives up hope of. */
  writtenOffFen: Fen.optional(),
  proposedAt: Instant,
  approvedAt: Instant.optional(),
});
export type Proposal = z.output<typeof Proposal>;
export const NewWriteOff = z.strictObject({ reason: Reason });

/** What happened to a claim, with the number of its first entry in the fund's journal. */
const ClaimEvent = z.strictObject({
  seq: z.int().positive(),
  at: Instant,
  /** The day from which it counts. */
  on: LegalDate,
  type: z.enum([
    'filed',
    'returned',
    'rejected',
    'approved',
    'paid',
    'replenished',
    'recovery',
    'recovery-reversed',
    'settlement-proposed',
    'settled',
    'write-off-proposed',
    'written-off',
    'closed',
  ]),
  reference: z.string().optional(),
  source: z.string().optional(),
  grossFen: Fen.optional(),
  costsFen: Fen.optional(),
  netFen: Fen.optional(),
  shortfallFen: Fen.optional(),
  surplusToPledgorFen: Fen.optional(),
  paidFen: Fen.optional(),
  topUpFen: Fen.optional(),
  clawBackFen: Fen.optional(),
  writtenOffFen: Fen.optional(),
});

const PartyStanding = z.strictObject({
  partyId: Id,
  entitledFen: Fen,
  paidFen: Fen,
  pendingFen: Fen,
  refundedFen: Fen,
  /** Of the bank below zero only before a settlement, while it keeps recoveries of others. */
  burdenFen: BalanceFen,
  split: z
    .strictObject({ cityFen: Fen, countyFen: Fen, cityClaimOnCountyFen: Fen })
    .optional()
    .meta({ description: '市县各自净承担；cityClaimOnCountyFen 为市级代付而可向县区追回的' }),
});

export const Claim = z.strictObject({
  claimId: Id,
  loanId: Id,
  fundId: Id,
  partnerId: Id,
  uscc: z.string(),
  programmeVersion: Version,
  status: ClaimStatus,
  trigger: Trigger,
  lossPrincipalFen: Fen,
  netRecoveredFen: Fen,
  interestDueFen: Fen,
  penaltyDueFen: Fen,
  /** What is shared: the programme's part of the loss and the interest that it covers. */
  baseFen: Fen,
  prePosition: z.boolean(),
  documents: z.array(ClaimDocument),
  previousClaimId: Id.optional(),
  filedOn: LegalDate,
  decidedOn: LegalDate.optional(),
  paidOn: LegalDate.optional(),
  settledOn: LegalDate.optional(),
  writtenOffOn: LegalDate.optional(),
  closedOn: LegalDate.optional(),
  /** By when an advance has to be settled. */
  settleBy: LegalDate.optional(),
  decision: z.strictObject({ decision: NewDecision.shape.decision, reason: Reason, codes: ReturnCodes }).optional(),
  parties: z.array(PartyStanding),
  proposals: z.array(z.strictObject({ kind: z.enum(['settlement', 'write-off']), ...Proposal.shape })),
  events: z.array(ClaimEvent),
  /** What is or was to be done about it, by whom and by when. */
  deadlines: z.array(ClaimDeadline),
  /** What its private parties have confirmed of their parts. */
  confirmations: z.array(PartyConfirmation),
});
export type Claim = z.output<typeof Claim>;

export const ListedClaim = Claim.pick({
  claimId: true,
  loanId: true,
  fundId: true,
  partnerId: true,
  uscc: true,
  status: true,
  lossPrincipalFen: true,
  filedOn: true,
  decidedOn: true,
  paidOn: true,
  settleBy: true,
});
