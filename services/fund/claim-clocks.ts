import { addMonths, legalDateOf } from '#packages/calendar';
import { addWorkingDays, workingDaysBetween } from '#packages/calendar/working-days';
import type { StoredClaim } from './claims/stored-claim.ts';
import type { Claim } from './contract/claim-schemas.ts';
import type { ClaimDeadline } from './contract/deadline-schemas.ts';
import { claimDaysOn, reminderWorkingDays } from './claim-days.ts';

/** When what happened to a claim. A day that has not come is left out. */
export type ClaimDates = {
  filedOn: string;
  /** Approved, rejected or returned. */
  decidedOn?: string | undefined;
  approved: boolean;
  paidOn?: string | undefined;
  /** By when what was paid has to be settled, of an advance. */
  settleBy?: string | undefined;
  settledOn?: string | undefined;
  recoveries: readonly { reference: string; receivedOn: string; bookedOn: string }[];
};

const countedMonths = 60;

/** A duty, since when it runs and when it was done. */
type Clock = Pick<ClaimDeadline, 'code' | 'duty' | 'startedOn' | 'dueOn' | 'provisional'> & {
  doneOn?: string | undefined;
  reference?: string;
};

/** A claim's dates; its recoveries only where what happened to it is at hand. */
export function datesOf(claim: StoredClaim, happened: Claim['events'] = []): ClaimDates {
  const { status, filedOn, decision, paidOn, settleBy, settledOn } = claim;
  const reversed = new Set(
    happened.flatMap(({ type, reference }) => (type === 'recovery-reversed' ? [reference] : [])),
  );
  return {
    filedOn,
    decidedOn: decision?.on,
    // An approval that came to nothing has no payment to wait for.
    approved: status !== 'filed' && status !== 'returned' && status !== 'rejected',
    paidOn,
    settleBy,
    settledOn,
    recoveries: happened.flatMap(({ type, reference, on: receivedOn, at }) =>
      type !== 'recovery' || reference === undefined || reversed.has(reference)
        ? []
        : [{ reference, receivedOn, bookedOn: legalDateOf(at) }],
    ),
  };
}

/** Every clock that a claim's dates have started, in their order. */
export function clocksOf(dates: ClaimDates): Clock[] {
  const { filedOn, decidedOn, approved, paidOn, settleBy, settledOn, recoveries } = dates;
  const { initialReviewWorkingDays, committeeWorkingDays } = claimDaysOn(filedOn);
  const clocks: Clock[] = [
    // Nothing is recorded of the first check alone: whoever decides has checked.
    {
      code: 'initial-review',
      duty: 'city-reviewer',
      ...inWorkingDays(filedOn, initialReviewWorkingDays),
      doneOn: decidedOn,
    },
    {
      code: 'decision',
      duty: 'city-reviewer',
      ...inWorkingDays(filedOn, initialReviewWorkingDays + committeeWorkingDays),
      doneOn: decidedOn,
    },
  ];
  if (approved && decidedOn !== undefined) {
    const { paymentWorkingDays } = claimDaysOn(decidedOn);
    clocks.push({
      code: 'payment',
      duty: 'city-admin',
      ...inWorkingDays(decidedOn, paymentWorkingDays),
      doneOn: paidOn,
    });
  }
  if (settleBy !== undefined && paidOn !== undefined) {
    const settlement = { code: 'settlement', duty: 'city-reviewer', startedOn: paidOn, dueOn: settleBy } as const;
    clocks.push({ ...settlement, provisional: false, doneOn: settledOn });
  }
  for (const { reference, receivedOn, bookedOn } of recoveries) {
    const { refundWorkingDays } = claimDaysOn(receivedOn);
    const refund = { code: 'refund', duty: 'bank', reference } as const;
    clocks.push({ ...refund, ...inWorkingDays(receivedOn, refundWorkingDays), doneOn: bookedOn });
  }
  return clocks;
}

function inWorkingDays(startedOn: string, days: number): Pick<Clock, 'startedOn' | 'dueOn' | 'provisional'> {
  const { date, provisional } = addWorkingDays(startedOn, days);
  return { startedOn, dueOn: date, provisional };
}

/** What is due of a claim, by whom and by when, as it stands on a day. */
export function deadlinesOf(dates: ClaimDates, today: string): ClaimDeadline[] {
  return clocksOf(dates).map(({ doneOn, ...clock }) => {
    const { dueOn } = clock;
    if (doneOn !== undefined) return { ...clock, doneOn, state: doneOn > dueOn ? 'done-late' : 'done' };
    // Whoever is later than years does not count days.
    if (dueOn < addMonths(today, -countedMonths)) return { ...clock, state: 'late' };
    const { days: workingDaysLeft } = workingDaysBetween(today, dueOn);
    if (dueOn < today) return { ...clock, state: 'late', workingDaysLeft };
    return { ...clock, state: dueOn <= soonUntil(today) ? 'due-soon' : 'open', workingDaysLeft };
  });
}

/** What is due by this day is due soon. */
export function soonUntil(today: string): string {
  return addWorkingDays(today, reminderWorkingDays).date;
}
