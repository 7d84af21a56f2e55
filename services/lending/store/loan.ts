import * as z from 'zod';
import {
  type AggregateChange,
  aggregateWrites,
  getHeld,
  headKeyOf,
  type Held,
  type Kind,
  readHeld,
} from '#packages/aggregate';
import { sha256 } from '#packages/audit';
import { Instant, LegalDate } from '#packages/calendar';
import { absent, type Table, type Write } from '#packages/table';
import { BundledRight, ListedLoan } from '../contract/loan-schemas.ts';
import { stands } from '../bundle.ts';
import { rightKey } from '../rights/right-number.ts';

const { bundle: _derived, ...fields } = ListedLoan.shape;

/** A loan with its bundle: the fund's answer and each right's own state move with it. */
export const Loan = z.strictObject({
  ...fields,
  rights: z.array(BundledRight),
  /** The day on which the bundle was complete first, by the latest of its registrations. */
  registeredOn: LegalDate.optional(),
  filedAt: Instant,
  /** What was filed, as a digest: said again it must have the same; and what was answered then. */
  filing: z.strictObject({ digest: z.string(), reason: z.literal('registration-missing').optional() }),
  ended: z.strictObject({ how: z.enum(['repaid', 'renewed', 'written-off']), on: LegalDate }).optional(),
});
export type Loan = z.output<typeof Loan>;

export const loanKind: Kind<Loan> = { service: 'lending', name: 'loan', state: Loan, idOf: ({ loanId }) => loanId };

/** The id follows from the business key, so that one bank's loan can have no second. */
export function loanIdOf(partnerId: string, bankLoanNo: string): string {
  return `loan-${sha256({ partnerId, bankLoanNo }).slice(0, 24)}`;
}

export function getLoan(table: Table, loanId: string): Promise<Held<Loan> | undefined> {
  return getHeld(table, loanKind, loanId);
}

/** Loans by id, those that exist, in no order. */
export async function getLoans(table: Table, loanIds: readonly string[]): Promise<Map<string, Loan>> {
  const items = await table.getMany(loanIds.map((id) => headKeyOf(loanKind, id)));
  return new Map(items.map((item) => readHeld(loanKind, item).state).map((loan) => [loan.loanId, loan]));
}

/** Lists of loans, newest first by `filedAt`: of a bank, a place, a company, and all. */
export const loansOf = {
  partner: (partnerId: string) => `LOANS#PARTNER#${partnerId}`,
  division: (code: string) => `LOANS#DIVISION#${code}`,
  park: (parkId: string) => `LOANS#PARK#${parkId}`,
  company: (uscc: string) => `LOANS#COMPANY#${uscc}`,
  all: 'LOANS#ALL',
};

/**
 * The steps of one change of a loan: itself, at first its place in the lists, and what its rights hold. A right is held
 * by one live bundle at a time, whoever's it is; the condition of its item sees to that. Where a loan renews another,
 * the new one takes rights from it in one step, so that the old one has nothing to give back of them.
 */
export function loanWrites(
  before: Held<Loan> | undefined,
  change: AggregateChange<Loan>,
  context: { now: Date; requestId: string },
  { takenFrom, handedTo }: { takenFrom?: Loan; handedTo?: Loan } = {},
): Write[] {
  return [
    ...aggregateWrites(loanKind, before, change, context),
    ...(before === undefined ? listWrites(change.state) : []),
    ...holdWrites(before?.state, change.state, takenFrom, handedTo),
  ];
}

function listWrites({ loanId, partnerId, divisionCode, parkId, uscc, filedAt }: Loan): Write[] {
  const lists = [
    loansOf.all,
    loansOf.partner(partnerId),
    loansOf.division(divisionCode),
    loansOf.company(uscc),
    ...(parkId === undefined ? [] : [loansOf.park(parkId)]),
  ];
  return lists.map((pk) => ({ kind: 'put', item: { pk, sk: `${filedAt}#${loanId}`, loanId, uscc } }));
}

const holdKey = (key: string) => ({ pk: `RIGHT#${key}`, sk: 'HELD' });

const Hold = z.object({ pk: z.string(), loanId: z.string() });

/** Of these rights those that stand in a live bundle of another loan than `ours`. */
export async function heldElsewhere(table: Table, keys: readonly string[], ours?: string): Promise<Set<string>> {
  const items = (await table.getMany(keys.map(holdKey))).map((item) => Hold.parse(item));
  const taken = new Set(items.filter(({ loanId }) => loanId !== ours).map(({ pk }) => pk));
  return new Set(keys.filter((key) => taken.has(holdKey(key).pk)));
}

/** Keys of the rights that a loan holds: those that still stand, until the debt is gone. What is written off is not. */
export function heldBy(loan: Loan | undefined): Set<string> {
  if (loan === undefined || loan.status === 'settled' || loan.status === 'renewed') return new Set();
  return new Set(loan.rights.filter(stands).map((right) => rightKey(right, loan.uscc)));
}

function holdWrites(
  before: Loan | undefined,
  after: Loan,
  takenFrom: Loan | undefined,
  handedTo: Loan | undefined,
): Write[] {
  const [old, now, others, handed] = [heldBy(before), heldBy(after), heldBy(takenFrom), heldBy(handedTo)];
  const mine = { expression: 'loanId = :loanId', values: { ':loanId': after.loanId } };
  const theirs = { expression: 'loanId = :loanId', values: { ':loanId': takenFrom?.loanId } };
  return [
    ...[...now]
      .filter((key) => !old.has(key))
      .map((key): Write => ({
        kind: 'put',
        item: { ...holdKey(key), loanId: after.loanId },
        condition: others.has(key) ? theirs : absent,
      })),
    ...[...old]
      .filter((key) => !now.has(key) && !handed.has(key))
      .map((key): Write => ({ kind: 'delete', key: holdKey(key), condition: mine })),
  ];
}
