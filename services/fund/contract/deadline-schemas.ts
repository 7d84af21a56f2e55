import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Id } from '#packages/words';

export const deadlineCodes = ['initial-review', 'decision', 'payment', 'settlement', 'refund'] as const;
const DeadlineCode = z.enum(deadlineCodes);

/** Something that has to be done about a claim. */
export const ClaimDeadline = z.strictObject({
  code: DeadlineCode,
  /** Who has to do it. */
  duty: z.enum(['city-reviewer', 'city-admin', 'bank']),
  /** Of a refund: the bank's own number of the recovery. */
  reference: z.string().optional(),
  startedOn: LegalDate,
  dueOn: LegalDate,
  /** Some of the days counted have no published calendar yet. */
  provisional: z.boolean(),
  doneOn: LegalDate.optional(),
  state: z.enum(['open', 'due-soon', 'late', 'done', 'done-late']),
  /** Until it is due; below zero: so many working days late. Left out of what is done. */
  workingDaysLeft: z.int().min(-10_000).optional(),
});
export type ClaimDeadline = z.output<typeof ClaimDeadline>;

/** One that is still to be done, and of which claim. */
export const OpenDeadline = z.strictObject({
  claimId: Id,
  loanId: Id,
  fundId: Id,
  partnerId: Id,
  ...ClaimDeadline.omit({ doneOn: true, reference: true }).shape,
});
export type OpenDeadline = z.output<typeof OpenDeadline>;

/** A reminder: what is due in a few working days, or late. Told once each. */
export const ReminderDue = z.strictObject({
  claimId: Id,
  loanId: Id,
  fundId: Id,
  partnerId: Id,
  code: DeadlineCode,
  stage: z.enum(['due-soon', 'late']),
  dueOn: LegalDate,
  provisional: z.boolean(),
});
export type ReminderDue = z.output<typeof ReminderDue>;
