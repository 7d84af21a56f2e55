import { addDays, LegalDate } from '../calendar.ts';
import { holidayYears } from './holidays.ts';

/** No notice names more days in a row; more is a mistyped year. */
const longestHoliday = 15;

/** Ten years. The longest clock in the law is counted in weeks, so a longer span is a mistake. */
const longestSpanInDays = 3660;

/**
 * From this day on the next year's notice may decide: New Year's days off and their make-up days reach back into
 * December (29 and 31 December 2018 were swapped by the notice for 2019).
 */
const nextNoticeReachesBackTo = '12-25';

/** The years whose holidays are published, in order. All others count weekends only. */
export const publishedYears: readonly number[] = holidayYears.map((row) => row.year);

const published = new Set(publishedYears);
const daysOff = new Set(holidayYears.flatMap((row) => row.holidays.flatMap(daysOf)));
const makeUpDays = new Set(holidayYears.flatMap((row) => row.makeUpDays));

/**
 * Whether the legal date is a working day: a weekday that is no holiday, or a weekend day worked as make-up.
 * `provisional` says that the notice which may decide this day is not published, so the answer may change.
 */
export function isWorkingDay(date: string): { working: boolean; provisional: boolean } {
  const day = LegalDate.parse(date);
  return { working: makeUpDays.has(day) || (!isWeekend(day) && !daysOff.has(day)), provisional: !isSettled(day) };
}

/**
 * The legal date so many working days later. The day itself does not count: three working days from a Friday end on
 * Wednesday. Zero working days is the day itself, working or not. `provisional` speaks of the days passed, the last one
 * included. Throws a RangeError if `count` is not a whole number from 0, or ends beyond ten years.
 */
export function addWorkingDays(date: string, count: number): { date: string; provisional: boolean } {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`not a number of working days: ${count}`);
  let day = LegalDate.parse(date);
  let left = count;
  let provisional = false;
  for (let step = 0; step < longestSpanInDays && left > 0; step += 1) {
    day = addDays(day, 1);
    const verdict = isWorkingDay(day);
    if (verdict.working) left -= 1;
    provisional ||= verdict.provisional;
  }
  if (left > 0) throw new RangeError(`${count} working days are more than ${longestSpanInDays} days`);
  return { date: day, provisional };
}

/**
 * The working days after `from` up to and including `to`, so that `workingDaysBetween(day, addWorkingDays(day, n).date)`
 * is n. Negative when `to` is the earlier one: so many working days overdue. Throws a RangeError beyond ten years.
 */
export function workingDaysBetween(from: string, to: string): { days: number; provisional: boolean } {
  let day = LegalDate.parse(from);
  const last = LegalDate.parse(to);
  if (last < day) {
    const back = workingDaysBetween(last, day);
    return { days: 0 - back.days, provisional: back.provisional };
  }
  let days = 0;
  let provisional = false;
  for (let step = 0; step < longestSpanInDays && day < last; step += 1) {
    day = addDays(day, 1);
    const verdict = isWorkingDay(day);
    if (verdict.working) days += 1;
    provisional ||= verdict.provisional;
  }
  if (day < last) throw new RangeError(`${from} to ${to} is more than ${longestSpanInDays} days`);
  return { days, provisional };
}

function isSettled(day: string): boolean {
  const year = Number(day.slice(0, 4));
  return published.has(year) && (day.slice(5) < nextNoticeReachesBackTo || published.has(year + 1));
}

function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00.000Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}

function daysOf(holiday: { from: string; to: string }): string[] {
  const days = Array.from({ length: longestHoliday }, (_, index) => addDays(holiday.from, index));
  const end = days.indexOf(holiday.to);
  if (end < 0) throw new RangeError(`no holiday lasts from ${holiday.from} to ${holiday.to}`);
  return days.slice(0, end + 1);
}
