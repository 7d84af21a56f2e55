import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { DivisionCode, Uscc } from '#packages/identifiers';
import { Fen } from '#packages/money';
import { Id, Version } from '#packages/words';
import { Classification } from '#packages/classification';
import { CoverRefusal } from './cover-schemas.ts';

/** `live`: what the fund answers for or may have to; `over`: refused, ended, given back. */
export const CoverPhase = z.enum(['live', 'over']);

/** A loan filed with a fund, as the fund has heard of it last. */
export const Exposure = z.strictObject({
  loanId: Id,
  bankId: Id,
  uscc: Uscc,
  divisionCode: DivisionCode,
  programmeVersion: Version,
  /** `pending` until its pledge is registered. */
  cover: z.enum(['pending', 'covered', 'refused', 'released']),
  refusal: CoverRefusal.optional(),
  principalFen: Fen,
  eligibleFen: Fen,
  /** What the fund answers for now; of one that is pending or was refused, what it would have. */
  exposureFen: Fen,
  /** As last reported; without a report, as it was paid out. */
  outstandingFen: Fen,
  classification: Classification,
  overdueDays: z.int().nonnegative(),
  /** Of the last report. */
  asOf: LegalDate.optional(),
  nonPerformingSince: LegalDate.optional(),
  overdueSince: LegalDate.optional(),
  /** The claim that is open on it. */
  claimId: Id.optional(),
  disbursedOn: LegalDate,
  maturesOn: LegalDate,
  filedOn: LegalDate,
  registeredOn: LegalDate.optional(),
  endedOn: LegalDate.optional(),
});
export type Exposure = z.output<typeof Exposure>;

/** Where a measure stands against the breaker of the programme in force. */
const Measured = z.strictObject({
  bps: z.int().nonnegative(),
  warnBps: z.int().nonnegative(),
  stopBps: z.int().nonnegative(),
  level: z.enum(['fine', 'warn', 'stop']),
  /** How far it is to the line at which nothing new is covered; 0 when it is reached. */
  toStopBps: z.int().nonnegative(),
});

const BankCapacity = z.strictObject({
  bankId: Id,
  exposureFen: Fen,
  /** Left out where the programme sets the bank none. */
  quotaFen: Fen.optional(),
  /** What it may still file: of its quota and of the fund, whichever is less. */
  roomFen: Fen,
  suspended: z.boolean(),
  /** By its last report; left out where none has told it, or there is no breaker. */
  npl: Measured.optional(),
});
export type BankCapacity = z.output<typeof BankCapacity>;

/** How much a fund may still take in, for whom, and how far the breaker is. */
export const Capacity = z.strictObject({
  fundId: Id,
  programmeVersion: Version.optional(),
  leverage: z.int().nonnegative(),
  /** Net assets times leverage: the most that the fund may answer for. */
  capacityFen: Fen,
  /** Covered loans and loans under claim. */
  exposureFen: Fen,
  roomFen: Fen,
  /** How much of the capacity is used, rounded up; `null` where there is none. */
  usedBps: z.int().nonnegative().nullable(),
  suspended: z.boolean(),
  /** A bank is told of itself alone. */
  byBank: z.array(BankCapacity),
  /** Of what was paid in, what has been paid out and not come back; left out where there is no breaker. */
  netPaid: Measured.optional(),
});
export type Capacity = z.output<typeof Capacity>;
export type Measured = z.output<typeof Measured>;
