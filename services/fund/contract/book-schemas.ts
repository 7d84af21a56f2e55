import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { DivisionCode } from '#packages/identifiers';
import { Fen } from '#packages/money';
import { Digest, Id, Reason } from '#packages/words';
import { levels } from '../ledger/cash.ts';
import { Seal } from '../ledger/control.ts';
import { Entry } from '../ledger/entry.ts';
import { contributionReturnMachine } from '../machines.ts';

const AmountFen = Fen.meta({ description: '金额（分）', example: 580_000_000 });

/** The bank's own number of a line on the special account's statement: it is booked once, whatever it is booked as. */
const bankReference = z
  .string()
  .trim()
  .min(1, { error: '银行流水号不能为空' })
  .max(128, { error: '银行流水号不得超过 128 个字符' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '银行流水号不能含控制字符' })
  .meta({ description: '银行流水号', example: 'ICBC2026112700012345' });

export const NewContribution = z.strictObject({
  level: z.enum(levels),
  divisionCode: DivisionCode.optional(),
  amountFen: AmountFen,
  receivedOn: LegalDate,
  bankReference,
});

export const NewBankLine = z.strictObject({ amountFen: AmountFen, bookedOn: LegalDate, bankReference });

/** Where a line stands in the journal. */
const booked = { fundId: Id, seq: z.int().positive(), at: Instant, hash: Digest };
export const BookedContribution = z.strictObject({ ...NewContribution.shape, ...booked });
export const BookedBankLine = z.strictObject({ ...NewBankLine.shape, ...booked });

export const NewTransfer = z.strictObject({ toFundId: Id, ...NewBankLine.shape });
/** In the giving fund's journal, and in the other's. */
export const BookedTransfer = z.strictObject({
  ...NewTransfer.shape,
  ...booked,
  to: z.strictObject({ seq: booked.seq, at: booked.at, hash: booked.hash }),
});

/** Capital that a contributor is to get back; `returnId` is its decision's own number, said once for ever. */
export const NewContributionReturn = z.strictObject({
  returnId: Id,
  level: z.enum(levels),
  divisionCode: DivisionCode.optional(),
  amountFen: AmountFen,
  reason: Reason,
});
export const ReturnPayment = z.strictObject({ bankReference, bookedOn: LegalDate });
const ReturnStep = z.strictObject({ at: Instant, seq: z.int().positive() });
export const ContributionReturn = z.strictObject({
  fundId: Id,
  ...NewContributionReturn.shape,
  status: z.enum(contributionReturnMachine.states),
  proposedAt: Instant,
  /** From then on the fund owes it, and where that stands in the journal. */
  approved: ReturnStep.optional(),
  paid: z.strictObject({ ...ReturnStep.shape, ...ReturnPayment.shape }).optional(),
});

/** Below zero only where an account may be: a loss carried forward. */
export const BalanceFen = z.codec(z.int(), z.bigint(), { decode: (fen) => BigInt(fen), encode: Number });

export const Balances = z.strictObject({
  fundId: Id,
  at: Instant,
  /** What the special accounts must hold together. */
  cashFen: BalanceFen,
  /** What may be spent: cash less what is owed. */
  availableFen: BalanceFen,
  exposureFen: BalanceFen,
  accounts: z.array(
    z.strictObject({ code: z.string(), name: z.string(), partyId: z.string().optional(), balanceFen: BalanceFen }),
  ),
});

export const JournalEntry = Entry.meta({
  id: 'JournalEntry',
  description: '账簿分录：哈希为其余各项 RFC 8785 形式的 SHA-256',
  example: {
    fundId: 'xinyang',
    seq: 1,
    id: 'bank:ICBC2026112700012345',
    at: '2026-11-27T02:00:00.000Z',
    valueDate: '2026-11-26',
    cause: { type: 'contribution-received', id: 'ICBC2026112700012345' },
    lines: [
      { account: '1002', partyId: 'main', debitFen: 580_000_000 },
      { account: '3001', partyId: 'city', creditFen: 580_000_000 },
    ],
    prevHash: '0'.repeat(64),
    hash: '3f'.repeat(32),
  },
});

export const Proof = z.strictObject({
  entries: z.int().nonnegative(),
  headHash: Digest,
  trialBalance: BalanceFen,
  verified: z.boolean(),
  sealedThrough: LegalDate.nullable(),
  /** What does not fit, for people to look at; none where it is verified. */
  findings: z.array(z.string()),
});

/** A period that is over: its last day, and the root over its entries that is printed where the fund cannot reach it. */
export const ClosedPeriod = Seal;

export const Suspension = z.strictObject({
  /** Left out: the whole fund. */
  bankId: Id.optional(),
  reason: Reason,
});
export const Suspended = z.strictObject({ fundId: Id, bankId: Id.optional(), suspended: z.boolean(), seq: z.int() });

export const StatementChecked = z.strictObject({
  lines: z.int().nonnegative(),
  differences: z.array(z.record(z.string(), z.union([z.string(), z.int()]))),
});
