import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { DivisionCode, ParkId, Uscc } from '#packages/identifiers';
import { Bps, Fen } from '#packages/money';
import { Id, Version } from '#packages/words';
import { CoverRefusal } from '#services/fund/contract';
import { bundleMachine, coverMachine, loanMachine, rightMachine } from '../machines.ts';
import { Day } from './day.ts';
import { Evidence } from './evidence-schemas.ts';
import { LoanStanding } from './report-schemas.ts';
import { ExtinctionCause, PledgedAsset } from './right-schemas.ts';
import { LoanWatch } from './watch-schemas.ts';

/** More rights than any bundle that is known has; so a filing fits one transaction. */
export const maxRights = 50;

/** The bank's own number of a loan: filed once, for ever. */
export const BankLoanNo = z
  .string()
  .trim()
  .min(1, { error: '银行贷款编号不能为空' })
  .max(64, { error: '银行贷款编号不得超过 64 个字' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '银行贷款编号不能含控制字符' })
  .meta({ description: '银行贷款编号', example: 'XY2026-0117' });

const PrincipalFen = Fen.refine((fen) => fen > 0n, {
  error: '贷款本金应大于 0',
  when: ({ issues }) => issues.length === 0,
}).meta({
  description: '贷款本金（分）',
  example: 500_000_000,
});

/** What a bank says of a loan; the same of one that renews another. */
export const loanTerms = {
  bankLoanNo: BankLoanNo,
  productId: Id.optional(),
  fundId: Id,
  principalFen: PrincipalFen,
  ipPartBps: Bps,
  annualRateBps: Bps,
  disbursedOn: Day,
  maturesOn: Day,
  pledge: z.strictObject({
    assets: z
      .array(PledgedAsset)
      .min(1, { error: '质押至少应有一项权利' })
      .max(maxRights, { error: `一笔贷款的质押权利不得超过 ${maxRights} 项` }),
  }),
};

/** 入池备案. */
export const NewLoan = z.strictObject({ uscc: Uscc, ...loanTerms });
export type NewLoan = z.output<typeof NewLoan>;

/** 续贷: as a filing, but for the pledge, which is the one that the loan before it has. */
const { pledge: _same, ...renewalTerms } = loanTerms;
export const Renewal = z.strictObject({
  ...renewalTerms,
  /** Whether the registrations were extended to the new loan, or are to be made anew for it. */
  registration: z.enum(['extended', 're-registered']).default('extended'),
});
export type Renewal = z.output<typeof Renewal>;

/** Why the fund does not answer for a loan, or not yet. */
export const CoverReason = z.enum(['registration-missing', ...CoverRefusal.options]);

/** What the fund shares of a loan, and whether it does. */
export const Cover = z.strictObject({
  fundId: Id,
  programmeVersion: Version,
  eligibleFen: Fen,
  shareBps: Bps,
  status: z.enum(coverMachine.states),
  reason: CoverReason.optional(),
});
export type Cover = z.output<typeof Cover>;

export const FiledLoan = z.strictObject({ loanId: Id, cover: Cover });
export type FiledLoan = z.output<typeof FiledLoan>;

/** `openTo`: enterprises of which sizes may renew a loan due when the renewed one is (金规〔2024〕13号). */
export const RenewedLoan = z.strictObject({
  ...FiledLoan.shape,
  renews: Id,
  openTo: z.enum(['small', 'small-and-medium']),
});

/** A right as it stands in a bundle. */
export const BundledRight = z.strictObject({
  ...PledgedAsset.shape,
  state: z.enum(rightMachine.states),
  appliedOn: LegalDate.optional(),
  returnedOn: LegalDate.optional(),
  /** The day on which its pledge ended, and of an extinction why. */
  endedOn: LegalDate.optional(),
  cause: ExtinctionCause.optional(),
});
export type BundledRight = z.output<typeof BundledRight>;

export const Bundle = z.strictObject({
  state: z.enum(bundleMachine.states),
  /** Of the rights that still stand. */
  valueFen: z.codec(z.int().nonnegative(), z.bigint(), { decode: (fen) => BigInt(fen), encode: Number }),
  /** When it was complete first: the fund answers from then on. */
  registeredOn: LegalDate.optional(),
  assets: z.array(BundledRight),
});

const loanFields = {
  loanId: Id,
  partnerId: Id,
  bankLoanNo: BankLoanNo,
  uscc: Uscc,
  divisionCode: DivisionCode,
  parkId: ParkId.optional(),
  productId: Id.optional(),
  principalFen: Fen,
  ipPartBps: Bps,
  annualRateBps: Bps,
  disbursedOn: LegalDate,
  maturesOn: LegalDate,
  filedOn: LegalDate,
  status: z.enum(loanMachine.states),
  cover: Cover,
  /** The loan that this one renews, and the one that renews it. */
  renews: Id.optional(),
  renewedBy: Id.optional(),
  /** The newest report by its date. */
  lastReport: LoanStanding.optional(),
  claimId: Id.optional(),
};

export const ListedLoan = z.strictObject({ ...loanFields, bundle: z.enum(bundleMachine.states) });
export type ListedLoan = z.output<typeof ListedLoan>;

/** What was done, newest first; `about` names a right, a report's day, a claim; the bank and the office read papers and reasons there too. */
export const HistoryRow = z.strictObject({
  at: Instant,
  action: z.string(),
  outcome: z.string(),
  about: z.string().optional(),
});
export type HistoryRow = z.output<typeof HistoryRow>;

/**
 * A loan as a whole: with what wants looking after, and the bank's evidence that it did its duty (尽职免责), which only it
 * and the office see.
 */
export const Loan = z.strictObject({
  ...loanFields,
  bundle: Bundle,
  watches: z.array(LoanWatch.pick({ code: true, about: true, dueOn: true, raisedAt: true })),
  evidence: z.array(Evidence),
  history: z.array(HistoryRow),
});
export type Loan = z.output<typeof Loan>;

export const ChangedAsset = z.strictObject({
  loanId: Id,
  asset: BundledRight,
  bundle: z.enum(bundleMachine.states),
  cover: Cover,
});
export type ChangedAsset = z.output<typeof ChangedAsset>;
