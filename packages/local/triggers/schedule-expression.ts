const minuteMs = 60_000;
const dayMs = 86_400_000;
const unitMs: Record<string, number> = { minute: minuteMs, hour: 60 * minuteMs, day: dayMs };
/** A date of February 29 comes back after eight years at most. */
const furthestDays = 8 * 366 + 1;

/** When a schedule is due next after a moment; undefined when never again. `since` is when the schedule began. */
export type NextTime = (after: Date, since: Date) => Date | undefined;

/**
 * Reads `rate(5 minutes)`, `cron(0 2 * * ? *)` or `at(2026-12-01T00:00:00)` as EventBridge Scheduler does, cron and at in
 * the time zone. Throws on what it cannot read, and on cron's `W`, which the local cloud does not know.
 */
export function readExpression(expression: string, timezone: string): NextTime {
  const [, kind, text = ''] = /^(rate|cron|at)\((.+)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') return rate(expression, text);
  if (kind === 'cron') return cron(expression, text, timezone);
  if (kind === 'at') {
    const time = instantOf(new Date(`${text}Z`).getTime(), timezone);
    if (time !== undefined && !Number.isNaN(time))
      return (after) => (time > after.getTime() ? new Date(time) : undefined);
  }
  throw new Error(`not a schedule expression: ${expression}`);
}

function rate(expression: string, text: string): NextTime {
  const [, value = '', unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
  const every = Number(value) * (unitMs[unit] ?? 0);
  if (every === 0) throw new Error(`not a schedule expression: ${expression}`);
  return (after, since) => {
    const rounds = Math.floor((after.getTime() - since.getTime()) / every) + 1;
    return new Date(since.getTime() + Math.max(rounds, 1) * every);
  };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function cron(expression: string, text: string, timezone: string): NextTime {
  const fields = text.trim().split(/\s+/);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  if (fields.length !== 6 || (dayOfMonth === '?') === (dayOfWeek === '?'))
    throw new Error(`not a cron expression of six fields with one ? for a day: ${expression}`);
  const minutes = numbers(minute, 0, 59);
  const hours = numbers(hour, 0, 23);
  const inMonth = new Set(numbers(month, 1, 12, months));
  const inYear = new Set(numbers(year, 1970, 2199));
  const onDay = dayOfWeek === '?' ? dayOfMonthRule(dayOfMonth) : dayOfWeekRule(dayOfWeek);
  return (after) => {
    const today = new Date(localOf(after.getTime(), timezone));
    const midnight = Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate());
    for (let day = 0; day <= furthestDays; day += 1) {
      const date = new Date(midnight + day * dayMs);
      if (!inYear.has(date.getUTCFullYear()) || !inMonth.has(date.getUTCMonth() + 1) || !onDay(date)) continue;
      for (const atHour of hours)
        for (const atMinute of minutes) {
          // A time that the clocks leave out does not come that day.
          const time = instantOf(date.getTime() + (atHour * 60 + atMinute) * minuteMs, timezone);
          if (time !== undefined && time > after.getTime()) return new Date(time);
        }
    }
    return undefined;
  };
}

/** The values of a field in order: `*`, `1,3`, `1-5`, `0/15`, names in place of numbers. */
function numbers(field: string, least: number, most: number, names: readonly string[] = []): number[] {
  const value = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const number = named >= 0 ? named + 1 : Number(text);
    if (!/^\w+$/.test(text) || !Number.isInteger(number) || number < least || number > most)
      throw new Error(`not a value from ${String(least)} to ${String(most)}: ${text}`);
    return number;
  };
  const found = new Set<number>();
  for (const part of field.split(',')) {
    const [range = '', step] = part.split('/');
    const [from = '', to] = range === '*' ? [String(least), String(most)] : range.split('-');
    const first = value(from);
    const last = to === undefined ? (step === undefined ? first : most) : value(to);
    const by = step === undefined ? 1 : Number(step);
    if (!Number.isInteger(by) || by < 1) throw new Error(`not a step: ${part}`);
    for (let one = first; one <= last; one += by) found.add(one);
  }
  return [...found].toSorted((a, b) => a - b);
}

function lastOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

function dayOfMonthRule(field: string): (date: Date) => boolean {
  if (field.toUpperCase() === 'L') return (date) => date.getUTCDate() === lastOfMonth(date);
  const days = new Set(numbers(field, 1, 31));
  return (date) => days.has(date.getUTCDate());
}

/** Sunday is 1. `6L` is the last Friday, `2#1` the first Monday of the month. */
function dayOfWeekRule(field: string): (date: Date) => boolean {
  const [, lastOne] = /^(\w+)L$/i.exec(field) ?? [];
  const [, nthOne, nth] = /^(\w+)#([1-5])$/.exec(field) ?? [];
  const days = new Set(numbers(lastOne ?? nthOne ?? field, 1, 7, weekdays));
  return (date) => {
    if (!days.has(date.getUTCDay() + 1)) return false;
    if (lastOne !== undefined) return date.getUTCDate() > lastOfMonth(date) - 7;
    return nth === undefined || Math.ceil(date.getUTCDate() / 7) === Number(nth);
  };
}

/** What a clock in the zone shows at an instant, as if it were UTC. */
function localOf(instant: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const shown = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => shown.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** The instant at which a clock in the zone shows that; undefined where none does. */
function instantOf(local: number, timeZone: string): number | undefined {
  if (Number.isNaN(local)) return undefined;
  // The offset may change between the first guess and the instant itself, so both sides of it are tried.
  const guesses = [local - dayMs, local + dayMs].map((near) => local - (localOf(near, timeZone) - near));
  return guesses.find((guess) => localOf(guess, timeZone) === local);
}
