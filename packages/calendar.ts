import * as z from 'zod';

/** Shanghai keeps UTC+8 all year; the law's day begins at its midnight. */
const shanghaiOffsetMs = 8 * 60 * 60 * 1000;
const dayMs = 24 * 60 * 60 * 1000;

/** A legal date: `YYYY-MM-DD` in Asia/Shanghai, a real day from 1900 on (earlier ones are always mistyped here). */
export const LegalDate = z.iso
  .date({ error: '日期应为真实存在的 YYYY-MM-DD' })
  .refine((date) => date >= '1900-01-01', { error: '日期不能早于 1900-01-01' })
  .meta({ description: '法定日期（Asia/Shanghai）', example: '2026-11-23' });

/** An instant: RFC 3339 in UTC with milliseconds, `2026-12-01T00:00:00.000Z`. Sorts as text. */
export const Instant = z.iso
  .datetime({ precision: 3, error: '时刻应为 UTC 且精确到毫秒，例如 2026-12-01T00:00:00.000Z' })
  .meta({ description: '时刻（UTC，毫秒）', example: '2026-12-01T00:00:00.000Z' });

/** An instant as text. */
export function instantOf(date: Date): string {
  return Instant.parse(date.toISOString());
}

/** The legal date at an instant. */
export function legalDateOf(instant: string): string {
  return dayText(Date.parse(Instant.parse(instant)) + shanghaiOffsetMs);
}

/** The legal date at a moment, Shanghai's. */
export function todayOf(now: Date): string {
  return legalDateOf(now.toISOString());
}

/** The last instant of a legal date: what happened by then happened on that day or before. */
export function endOfDay(date: string): string {
  return new Date(dayStart(date) + dayMs - shanghaiOffsetMs - 1).toISOString();
}

/** The legal date so many calendar days later (or earlier). */
export function addDays(date: string, days: number): string {
  return dayText(dayStart(date) + whole(days) * dayMs);
}

/**
 * The legal date so many months later (or earlier). A day that the month lacks becomes its last:
 * 31 January plus one month is 28 or 29 February.
 */
export function addMonths(date: string, months: number): string {
  const from = new Date(dayStart(date));
  const first = Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + whole(months), 1);
  const next = new Date(first);
  const daysOfMonth = new Date(Date.UTC(next.getUTCFullYear(), next.getUTCMonth() + 1, 0)).getUTCDate();
  return dayText(first + (Math.min(from.getUTCDate(), daysOfMonth) - 1) * dayMs);
}

function dayStart(date: string): number {
  return Date.parse(`${LegalDate.parse(date)}T00:00:00.000Z`);
}

function dayText(time: number): string {
  const day = new Date(time);
  // Beyond year 9999 the text form has a sign and six digits, which no longer sorts as text.
  if (Number.isNaN(time) || day.getUTCFullYear() > 9999) throw new RangeError('the date is beyond the year 9999');
  return LegalDate.parse(day.toISOString().slice(0, 10));
}

function whole(count: number): number {
  if (!Number.isSafeInteger(count)) throw new RangeError(`not a whole number: ${count}`);
  return count;
}
