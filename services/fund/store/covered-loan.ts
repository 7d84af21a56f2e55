import * as z from 'zod';
import type { Kind } from '#packages/aggregate';
import { LegalDate } from '#packages/calendar';
import { Bps, Fen } from '#packages/money';
import { Classification } from '#services/lending/contract';
import { CoverRefusal } from '../contract/cover-schemas.ts';

/** The last report of a loan that the fund has seen. */
const LastReport = z.strictObject({
  asOf: LegalDate,
  outstandingFen: Fen,
  overdueDays: z.int().nonnegative(),
  classification: Classification,
});

/**
 * What the fund knows of a loan filed with it: from lending's events alone, one after another. Claims rest on it, so it
 * holds the days from which on each trigger is met and needs no list of reports.
 */
export const CoveredLoan = z.strictObject({
  loanId: z.string(),
  bankId: z.string(),
  uscc: z.string(),
  divisionCode: z.string(),
  parkId: z.string().optional(),
  fundId: z.string(),
  /** The version by which it is covered, whatever comes into force later. */
  programmeVersion: z.int().positive(),
  principalFen: Fen,
  eligibleFen: Fen,
  exposureFen: Fen,
  ipPartBps: Bps,
  annualRateBps: Bps,
  disbursedOn: LegalDate,
  maturesOn: LegalDate,
  filedOn: LegalDate,
  renews: z.string().optional(),
  registeredOn: LegalDate.optional(),
  /** `pending` until its pledge is registered. */
  cover: z.enum(['pending', 'covered', 'refused', 'released']),
  refusal: CoverRefusal.optional(),
  lastReport: LastReport.optional(),
  /** As of which report it was first non-performing, and first overdue for the programme's days. */
  nonPerformingSince: LegalDate.optional(),
  overdueSince: LegalDate.optional(),
  ended: z.strictObject({ how: z.enum(['repaid', 'renewed', 'written-off']), on: LegalDate }).optional(),
});
export type CoveredLoan = z.output<typeof CoveredLoan>;

/** `cover/<loanId>` is the subject of what the fund tells of it. */
export const coveredLoanKind: Kind<CoveredLoan> = {
  service: 'fund',
  name: 'cover',
  state: CoveredLoan,
  idOf: ({ loanId }) => loanId,
};
