import { createHash } from 'node:crypto';
import * as z from 'zod';
import { aggregatePk } from '#packages/aggregate';
import { Instant, LegalDate } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import type { Item, Key, Table, Write } from '#packages/table';
import { Evidence } from '../contract/evidence-schemas.ts';
import { LoanWatch } from '../contract/watch-schemas.ts';
import { Month } from '../report-months.ts';
import { watchChanges, watchKey } from '../watches.ts';
import { type Loan, loanKind } from './loan.ts';

/*
 * What is kept of a loan after its filing, beside its head. It changes only in a transaction that changes the head under
 * the version that was read before it, so that it needs no condition of its own: read the head first.
 */

const OpenWatch = LoanWatch.pick({ code: true, about: true, dueOn: true, raisedAt: true });
export type OpenWatch = z.output<typeof OpenWatch>;

const Servicing = z.strictObject({
  /** The months that have been reported. */
  months: z.array(Month).default([]),
  /** What is to be looked after and has been told. */
  watches: z.array(OpenWatch).default([]),
  evidence: z.array(Evidence).default([]),
  /** The day on which somebody has to look again. */
  lookOn: LegalDate.optional(),
  /** The first month without a report; of loans that are still to be reported. */
  expects: Month.optional(),
});
export type Servicing = z.output<typeof Servicing>;

const Stored = z.object({ servicing: jsonText(Servicing) });
export const newServicing: Servicing = Servicing.parse({});

export function servicingKey(loanId: string): Key {
  return { pk: aggregatePk(loanKind, loanId), sk: 'SERVICING' };
}

export function readServicing(item: Item | undefined): Servicing {
  return item === undefined ? newServicing : Stored.parse(item).servicing;
}

export async function getServicing(table: Table, loanId: string): Promise<Servicing> {
  return readServicing(await table.get(servicingKey(loanId)));
}

/*
 * What has to be looked at, in a few partitions: first marks of enterprises of which something became known, then loans
 * by the day on which one of their clocks runs out. A day's work reads the beginning of each partition and no more, so
 * it costs what is due and not what there is.
 */
const shards = 4;
export const lookPartitions: readonly string[] = Array.from({ length: shards }, (_item, shard) => `LOOK#${shard}`);
export const borrowerPrefix = '!';

function partitionFor(id: string): string {
  const [byte = 0] = createHash('sha256').update(id).digest();
  return lookPartitions[byte % shards] ?? '';
}

export const LookItem = z.object({ pk: z.string(), sk: z.string(), loanId: z.string() });
export const BorrowerMark = z.object({ pk: z.string(), sk: z.string(), uscc: z.string(), at: Instant });

export function lookKey(loanId: string, day: string): Key {
  return { pk: partitionFor(loanId), sk: `${day}#${loanId}` };
}

/** A step for whatever changes an enterprise's listing: its loans are looked at by the next daily run. */
export function borrowerMark(uscc: string, now: Date): Write {
  const key = { pk: partitionFor(uscc), sk: `${borrowerPrefix}${uscc}` };
  return { kind: 'put', item: { ...key, uscc, at: now.toISOString() } };
}

/** Lists by whom they are for: a bank's own, and all. What a place or a company sees is picked from all. */
type Lists = readonly [all: string, bank: string];
export const watchLists = (state: LoanWatch['state'], partnerId: string): Lists => {
  const kind = state === 'open' ? 'WATCHES#OPEN' : 'WATCHES#CLEARED';
  return [`${kind}#ALL`, `${kind}#PARTNER#${partnerId}`];
};
export const expectedLists = (partnerId: string): Lists => ['EXPECTED#ALL', `EXPECTED#PARTNER#${partnerId}`];

export const ListedWatch = z.object({ watch: jsonText(LoanWatch) });

/** The steps that bring the stored servicing of a loan, and every list it stands in, from one state to the next. */
export function servicingWrites(loan: Loan, before: Servicing, after: Servicing, now: Date): Write[] {
  const { loanId } = loan;
  return [
    { kind: 'put', item: { ...servicingKey(loanId), servicing: JSON.stringify(after) } },
    ...moved(
      before.lookOn,
      after.lookOn,
      (day): Write => ({ kind: 'delete', key: lookKey(loanId, day) }),
      (day) => ({
        kind: 'put',
        item: { ...lookKey(loanId, day), loanId },
      }),
    ),
    ...expectedLists(loan.partnerId).flatMap((pk) =>
      moved(
        before.expects,
        after.expects,
        (month): Write => ({ kind: 'delete', key: { pk, sk: `${month}#${loanId}` } }),
        (month) => ({ kind: 'put', item: { pk, sk: `${month}#${loanId}`, ...belonging(loan) } }),
      ),
    ),
    ...watchWrites(loan, before, after, now),
  ];
}

function moved(
  from: string | undefined,
  to: string | undefined,
  leave: (place: string) => Write,
  enter: (place: string) => Write,
): Write[] {
  if (from === to) return [];
  return [...(from === undefined ? [] : [leave(from)]), ...(to === undefined ? [] : [enter(to)])];
}

function watchWrites(loan: Loan, before: Servicing, after: Servicing, now: Date): Write[] {
  const { raised, cleared } = watchChanges(before.watches, after.watches);
  return [
    ...raised.flatMap((watch) =>
      watchLists('open', loan.partnerId).map((pk): Write => ({ kind: 'put', item: listed(pk, loan, watch) })),
    ),
    ...cleared.flatMap((watch) => [
      ...watchLists('open', loan.partnerId).map((pk): Write => ({ kind: 'delete', key: placeOf(pk, loan, watch) })),
      ...watchLists('cleared', loan.partnerId).map((pk): Write => ({
        kind: 'put',
        item: listed(pk, loan, watch, now.toISOString()),
      })),
    ]),
  ];
}

function placeOf(pk: string, { loanId }: Loan, watch: OpenWatch): Key {
  return { pk, sk: `${watch.raisedAt}#${loanId}#${watchKey(watch)}` };
}

function listed(pk: string, loan: Loan, watch: OpenWatch, clearedAt?: string): Key & Item {
  const { loanId, partnerId } = loan;
  const state = clearedAt === undefined ? ('open' as const) : ('cleared' as const);
  const view: LoanWatch = { loanId, partnerId, state, ...watch, ...(clearedAt !== undefined && { clearedAt }) };
  const key = placeOf(pk, loan, watch);
  const sk = clearedAt === undefined ? key.sk : `${clearedAt}#${key.sk}`;
  return { pk, sk, code: watch.code, watch: JSON.stringify(view), ...belonging(loan) };
}

/** Who may see the line, as filters ask for it. */
function belonging({ loanId, uscc, divisionCode, parkId }: Loan) {
  return { loanId, uscc, divisionCode, parkId };
}
