import * as z from 'zod';
import { addDays, addMonths } from '#packages/calendar';
import { addWorkingDays } from '#packages/calendar/working-days';
import { reportPolicy } from './servicing-policy.ts';

/** A calendar month, `YYYY-MM`. */
export const Month = z
  .string()
  .regex(/^(19|2[0-9])[0-9]{2}-(0[1-9]|1[0-2])$/, { error: '月份应为 YYYY-MM' })
  .meta({ description: '月份', example: '2026-11' });

export const monthOf = (date: string): string => date.slice(0, 7);
export const lastDayOf = (month: string): string => addDays(addMonths(`${month}-01`, 1), -1);
const after = (month: string): string => monthOf(addMonths(`${month}-01`, 1));

/** The months from one to another, both included; none where the second is earlier. */
export function monthsFrom(first: string, last: string): string[] {
  const months: string[] = [];
  for (let month = first; month <= last; month = after(month)) months.push(month);
  return months;
}

/** The last day on which a month's report is in time. */
export function reportDueOn(month: string): { date: string; provisional: boolean } {
  return addWorkingDays(lastDayOf(month), reportPolicy.dueWorkingDay);
}

/** The months that want a report and have none: of a loan that lives, from the month of its filing to the given one. */
export function missingMonths(loan: { filedOn: string; months: readonly string[] }, last: string): string[] {
  const reported = new Set(loan.months);
  return monthsFrom(monthOf(loan.filedOn), last).filter((month) => !reported.has(month));
}

/** The first month without a report, be it over or still to come. */
export function firstMissing(loan: { filedOn: string; months: readonly string[] }): string {
  const reported = new Set(loan.months);
  let month = monthOf(loan.filedOn);
  while (reported.has(month)) month = after(month);
  return month;
}
