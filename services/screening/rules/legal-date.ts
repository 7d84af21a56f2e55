/*
 * Arithmetic on legal dates (`YYYY-MM-DD`, which sort as text). A period of months ends on the day of the same number,
 * or on the last day of a month that has no such day (民法典 第二百零二条).
 */

export function addMonths(date: string, months: number): string {
  const month = monthOf(date) + months;
  return write(month, Math.min(dayOf(date), daysIn(month)));
}

export function dayBefore(date: string): string {
  const day = dayOf(date);
  if (day > 1) return write(monthOf(date), day - 1);
  return write(monthOf(date) - 1, daysIn(monthOf(date) - 1));
}

/**
 * The last date from which a period of `months` has ended by `limit`: the greatest d with addMonths(d, months) ≤ limit.
 * With it "d + months ≤ limit" is one comparison of texts, however many facts are compared with the same limit.
 */
export function lastStartWithin(limit: string, months: number): string {
  const month = monthOf(limit) - months;
  const day = dayOf(limit);
  // Days that the later month does not have all end on its last day.
  return write(month, day === daysIn(monthOf(limit)) ? daysIn(month) : Math.min(day, daysIn(month)));
}

/** Months since the year 0. */
function monthOf(date: string): number {
  return Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7)) - 1;
}

function dayOf(date: string): number {
  return Number(date.slice(8, 10));
}

function daysIn(month: number): number {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate();
}

function write(month: number, day: number): string {
  const year = String(Math.floor(month / 12)).padStart(4, '0');
  return `${year}-${String((month % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
