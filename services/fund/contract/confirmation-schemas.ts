import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Fen } from '#packages/money';
import { Id } from '#packages/words';

/** A private party says what it has paid, or will pay, to the bank on a claim: a memo, none of it is the fund's money. */
export const NewConfirmation = z.strictObject({
  amountFen: Fen,
  /** Left out: confirmed, and not paid yet. */
  paidOn: LegalDate.optional(),
  reference: z
    .string()
    .trim()
    .min(1, { error: '编号不能为空' })
    .max(64, { error: '编号不得超过 64 个字符' })
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '编号不能含控制字符' })
    .meta({ description: '机构自己对这笔的编号', example: 'DC-2026-001' }),
});
export type NewConfirmation = z.output<typeof NewConfirmation>;

export const Confirmation = z.strictObject({ ...NewConfirmation.shape, at: Instant });

/** What a party has confirmed of a claim, all of it, beside what it is due by the programme. */
export const PartyConfirmation = z.strictObject({
  claimId: Id,
  partyId: Id,
  entitledFen: Fen,
  confirmedFen: Fen,
  /** Left out where it is just what is due. */
  difference: z.enum(['below-entitlement', 'above-entitlement']).optional(),
  confirmations: z.array(Confirmation),
});
export type PartyConfirmation = z.output<typeof PartyConfirmation>;
