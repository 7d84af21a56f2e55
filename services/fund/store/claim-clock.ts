import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { type Item, type Key, type Query, type Write } from '#packages/table';
import { clocksOf, datesOf } from '../claim-clocks.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import { deadlineCodes, ReminderDue } from '../contract/deadline-schemas.ts';

/*
 * What is to be done about claims, by the day on which it is due: in one list of all and in one of each bank. An item is
 * put when its clock starts, in the transaction of what starts it. When its clock ends nobody takes it away: who reads
 * the list looks at the claim, and the daily run takes away what has come to its day. So a run costs what is due.
 */

const duePrefix = 'CLAIM-DUE#';
const duePk = (bankId?: string) => `${duePrefix}${bankId === undefined ? '' : `BANK#${bankId}`}`;

const DueItem = z.object({ claimId: z.string(), bankId: z.string(), code: z.enum(deadlineCodes), dueOn: LegalDate });
export type DueItem = z.output<typeof DueItem>;

export function readDueItem(item: Item): DueItem {
  return DueItem.parse(item);
}

function keysOf({ claimId, bankId, code, dueOn }: DueItem): Key[] {
  const sk = `${dueOn}#${claimId}#${code}`;
  return [
    { pk: duePk(), sk },
    { pk: duePk(bankId), sk },
  ];
}

export function dueWrites(due: DueItem): Write[] {
  return keysOf(due).map((key) => ({ kind: 'put', item: { ...key, ...due } }));
}

export function undueWrites(due: DueItem): Write[] {
  return keysOf(due).map((key) => ({ kind: 'delete', key }));
}

/** The clocks that a change of the claim has started, by the day on which it counts. */
export function startedClocks(claim: StoredClaim, on: string): Write[] {
  const { claimId, bankId } = claim;
  return clocksOf(datesOf(claim))
    .filter(({ startedOn, doneOn }) => startedOn === on && doneOn === undefined)
    .flatMap(({ code, dueOn }) => dueWrites({ claimId, bankId, code, dueOn }));
}

/** What is due, the first first: of one bank or of all, through a day or whenever. */
export function dueList({ bankId, through }: { bankId?: string; through?: string }): Query {
  const pk = duePk(bankId);
  return through === undefined
    ? { condition: { expression: 'pk = :pk', values: { ':pk': pk } } }
    : // A day's keys go on behind it with the sign before this one.
      { condition: { expression: 'pk = :pk AND sk < :end', values: { ':pk': pk, ':end': `${through}$` } } };
}

/**
 * The word of a reminder. Claim, duty and stage are an aggregate with this one event, so that it is told once for ever:
 * the step is refused where it was told.
 */
export function reminderWrite(reminder: ReminderDue, at: string): Write {
  const id = `${reminder.claimId}.${reminder.code}.${reminder.stage}`;
  return outboxWrite({
    pk: `CLAIM-REMINDER#${id}`,
    service: 'fund',
    subject: `claim-reminder/${id}`,
    sequence: 1,
    type: 'claim.reminder.due.v1',
    time: at,
    data: z.encode(ReminderDue, reminder),
  });
}
