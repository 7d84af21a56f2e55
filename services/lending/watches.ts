import { addDays, addMonths } from '#packages/calendar';
import type { RightKind } from './contract.ts';
import type { WatchCode } from './contract/watch-schemas.ts';
import { missingMonths, monthOf, reportDueOn } from './report-months.ts';
import { watchPolicy } from './servicing-policy.ts';

/** A right of a live loan's bundle, as far as days run out on it. */
export type WatchedRight = {
  kind: RightKind;
  number: string;
  valuedOn: string;
  registeredOn?: string | undefined;
  expiresOn?: string | undefined;
  feePaidUntil?: string | undefined;
};

export type WatchedLoan = {
  /** What is written off is no longer reported, but its rights are still looked after; a debt that is over wants nothing. */
  stage: 'live' | 'written-off' | 'over';
  filedOn: string;
  disbursedOn: string;
  maturesOn: string;
  months: readonly string[];
  /** Those that still stand in the bundle. */
  rights: readonly WatchedRight[];
  /** Since when the borrower is off the whitelist; undefined while it is on it. */
  unlistedOn?: string | undefined;
};

/** Something to be looked after: `about` tells two of one code apart, a month or a right. */
export type Watch = { code: WatchCode; about: string; dueOn: string };

/** From when on it is to be raised, and from when on no more. */
type Candidate = Watch & { from: string; until?: string };

/**
 * What of a loan wants looking after on a day, and the next day on which that changes by itself: what the loan's facts
 * say and the calendar, nothing else, so that a look that comes late or twice finds the same.
 */
export function watchesOf(loan: WatchedLoan, today: string): { open: Watch[]; next: string | undefined } {
  if (loan.stage === 'over') return { open: [], next: undefined };
  const all = [...candidates(loan, today)];
  const open = all
    .filter(({ from, until }) => from <= today && (until === undefined || today < until))
    .map(({ code, about, dueOn }) => ({ code, about, dueOn }));
  const turns = all.flatMap(({ from, until }) => (until === undefined ? [from] : [from, until]));
  const next = turns.filter((day) => day > today).toSorted()[0];
  return { open, next };
}

function* candidates(loan: WatchedLoan, today: string): Generator<Candidate> {
  if (loan.stage === 'live') yield* ofLoan(loan, today);
  for (const right of loan.rights) yield* ofRight(right, loan.disbursedOn, loan.maturesOn);
}

function* ofLoan(loan: WatchedLoan, today: string): Generator<Candidate> {
  const { filedOn, maturesOn, unlistedOn } = loan;
  // Months that are not begun yet come later: the day after the running one's is among the days to look again.
  for (const month of missingMonths(loan, later(monthOf(today), monthOf(filedOn)))) {
    const dueOn = reportDueOn(month).date;
    yield { code: 'report-missing', about: month, dueOn, from: addDays(dueOn, 1) };
  }
  const nextMonth = monthOf(addMonths(`${later(monthOf(today), monthOf(filedOn))}-01`, 1));
  if (!loan.months.includes(nextMonth)) {
    const dueOn = reportDueOn(nextMonth).date;
    yield { code: 'report-missing', about: nextMonth, dueOn, from: addDays(dueOn, 1) };
  }
  yield { code: 'loan-matured', about: 'loan', dueOn: maturesOn, from: addDays(maturesOn, 1) };
  if (unlistedOn !== undefined) {
    yield { code: 'borrower-unlisted', about: 'borrower', dueOn: unlistedOn, from: unlistedOn };
  }
}

function* ofRight(right: WatchedRight, disbursedOn: string, maturesOn: string): Generator<Candidate> {
  const about = `${right.kind}/${right.number}`;
  const { registeredOn, expiresOn, feePaidUntil, valuedOn } = right;
  if (registeredOn === undefined) {
    const dueOn = addDays(disbursedOn, watchPolicy.registrationDays);
    yield { code: 'registration-missing', about, dueOn, from: addDays(dueOn, 1) };
  }
  const oldOn = addMonths(valuedOn, watchPolicy.valuationMonths);
  yield { code: 'valuation-old', about, dueOn: oldOn, from: addDays(oldOn, 1) };
  if (expiresOn !== undefined) {
    // Too little time beyond the loan is known from the first day; otherwise when so little is left.
    const tooClose = expiresOn < addMonths(maturesOn, watchPolicy.rightMarginMonths);
    const from = tooClose ? disbursedOn : addMonths(expiresOn, -watchPolicy.rightMarginMonths);
    yield { code: 'right-expiring', about, dueOn: expiresOn, from };
  }
  if (feePaidUntil !== undefined) {
    const lateUntil = addMonths(feePaidUntil, watchPolicy.annualFeeLateMonths);
    const [late, ended] = [addDays(feePaidUntil, 1), addDays(lateUntil, 1)];
    const notice = addDays(feePaidUntil, -watchPolicy.annualFeeNoticeDays);
    yield { code: 'annual-fee-due', about, dueOn: feePaidUntil, from: notice, until: late };
    yield { code: 'annual-fee-late', about, dueOn: lateUntil, from: late, until: ended };
    yield { code: 'annual-fee-lapsed', about, dueOn: lateUntil, from: ended };
  }
}

function later(one: string, other: string): string {
  return one > other ? one : other;
}

/** How a loan's open watches change: what is new is raised, what is gone is cleared; the same is left alone. */
export function watchChanges<One extends Watch>(
  before: readonly One[],
  after: readonly One[],
): { raised: One[]; cleared: One[] } {
  const [old, now] = [new Set(before.map(watchKey)), new Set(after.map(watchKey))];
  return {
    raised: after.filter((watch) => !old.has(watchKey(watch))),
    cleared: before.filter((watch) => !now.has(watchKey(watch))),
  };
}

/** One that is due on another day is another one. */
export function watchKey({ code, about, dueOn }: Watch): string {
  return `${dueOn}#${code}#${about}`;
}
