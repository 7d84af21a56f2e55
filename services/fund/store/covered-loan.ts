import * as z from 'zod';
import { type AggregateChange, aggregateWrites, getHeld, type Held, type Kind } from '#packages/aggregate';
import { LegalDate } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { Bps, Fen } from '#packages/money';
import { inPartition, type Condition, type Item, type Key, type Table, type Write } from '#packages/table';
import { Classification } from '#packages/classification';
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
  /** What it takes of the fund's capacity when it is taken in. */
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
  /** What the ledger still holds for it, as it was last booked; from the day it is covered on. */
  left: z.strictObject({ exposureFen: Fen, principalFen: Fen }).optional(),
  /** The claim that is open on it: while there is one, no report gives anything back. */
  claimId: z.string().optional(),
  lastReport: LastReport.optional(),
  /** As of which report it was first non-performing, and first overdue for the programme's days. */
  nonPerformingSince: LegalDate.optional(),
  overdueSince: LegalDate.optional(),
  /** The last report of each year, by date: of them a bank's balance at a year's end is made. */
  yearEnds: z.array(z.strictObject({ asOf: LegalDate, outstandingFen: Fen })),
  ended: z.strictObject({ how: z.enum(['repaid', 'renewed', 'written-off']), on: LegalDate }).optional(),
});
export type CoveredLoan = z.output<typeof CoveredLoan>;

/** `cover/<loanId>` is the subject of what the fund tells of it. */
const coveredLoanKind: Kind<CoveredLoan> = {
  service: 'fund',
  name: 'cover',
  state: CoveredLoan,
  idOf: ({ loanId }) => loanId,
};

export function getCoveredLoan(table: Table, loanId: string): Promise<Held<CoveredLoan> | undefined> {
  return getHeld(table, coveredLoanKind, loanId);
}

/** The steps of one change of a loan's cover, its place in the fund's lists among them. */
export function coveredLoanWrites(
  before: Held<CoveredLoan> | undefined,
  change: AggregateChange<CoveredLoan>,
  context: { now: Date; requestId: string },
): Write[] {
  const key = listKey(change.state);
  const left = before === undefined ? key : listKey(before.state);
  return [
    ...aggregateWrites(coveredLoanKind, before, change, context),
    { kind: 'put', item: { ...key, loan: JSON.stringify(z.encode(CoveredLoan, change.state)) } },
    ...(left.sk === key.sk ? [] : [{ kind: 'delete', key: left } as const]),
  ];
}

/** The lists, the only items of the fund's that are ever deleted: a loan moves from one to the other. */
const coversPrefix = 'COVERS#';

/** A loan is live while the fund answers for it or may have to; afterwards it is over. */
export const coverPhases = ['live', 'over'] as const;
export type CoverPhase = (typeof coverPhases)[number];

function phaseOf({ cover }: CoveredLoan): CoverPhase {
  return cover === 'pending' || cover === 'covered' ? 'live' : 'over';
}

function listKey(loan: CoveredLoan): Key {
  return { pk: listPk(loan.fundId), sk: `${listPrefix(phaseOf(loan), loan.bankId)}${loan.loanId}` };
}

const listPk = (fundId: string) => `${coversPrefix}${fundId}`;
/** No id holds a `#`. */
const listPrefix = (phase: CoverPhase, bankId?: string) =>
  bankId === undefined ? `${phase.toUpperCase()}#` : `${phase.toUpperCase()}#${bankId}#`;

/** A fund's loans of one phase, those of one bank where it is named; by bank and id. */
export function listedLoans(fundId: string, phase: CoverPhase, bankId?: string): Condition {
  return inPartition(listPk(fundId), listPrefix(phase, bankId));
}

const ListedLoan = z.object({ loan: jsonText(CoveredLoan) });

export function readListedLoan(item: Item): CoveredLoan {
  return ListedLoan.parse(item).loan;
}

/** A loan as it stands. Where no report has come yet it is as it was paid out. */
export type LiveLoan = Omit<CoveredLoan, 'left' | 'lastReport' | 'yearEnds'> & {
  /** What the fund answers for now; of one whose cover is `pending`, what it would. */
  exposureFen: bigint;
  outstandingFen: bigint;
  classification: Classification;
  overdueDays: number;
  /** Of the last report. */
  asOf?: string;
};

export function asItStands({ left, lastReport, yearEnds: _years, ...loan }: CoveredLoan): LiveLoan {
  return {
    ...loan,
    exposureFen: left?.exposureFen ?? loan.exposureFen,
    ...(lastReport ?? { outstandingFen: loan.principalFen, classification: 'normal', overdueDays: 0 }),
  };
}

/** Every live loan of a fund: covered, under claim, or waiting for its registration. */
export async function* coveredLoansOf(table: Table, fundId: string): AsyncGenerator<LiveLoan> {
  for await (const item of table.each({ condition: listedLoans(fundId, 'live') })) {
    yield asItStands(readListedLoan(item));
  }
}

/** Every loan ever filed with a fund, live or over; of one bank where it is named. */
export async function* allLoansOf(table: Table, fundId: string, bankId?: string): AsyncGenerator<CoveredLoan> {
  for (const phase of coverPhases) {
    for await (const item of table.each({ condition: listedLoans(fundId, phase, bankId) })) yield readListedLoan(item);
  }
}
