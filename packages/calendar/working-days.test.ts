import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '../calendar.ts';
import { holidayYears } from './holidays.ts';
import { addWorkingDays, isWorkingDay, publishedYears, workingDaysBetween } from './working-days.ts';

const weekdayOf = (date: string) => new Date(`${date}T00:00:00.000Z`).getUTCDay();
const isWeekend = (date: string) => weekdayOf(date) === 0 || weekdayOf(date) === 6;
const isWorking = (date: string) => isWorkingDay(date).working;

function daysFrom(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day);
  return days;
}

test('the published years follow each other', () => {
  expect(publishedYears).toEqual([2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
});

describe.each(holidayYears)('$year', ({ year, notices, holidays, makeUpDays }) => {
  const off = holidays.flatMap(({ from, to }) => daysFrom(from, to));
  const own = (date: string) => date.startsWith(`${year}-`) || date >= `${year - 1}-12-25`;

  test('names its notices', () => {
    // The year's own notice is of the year before, a change of it of the year itself.
    expect(notices[0]).toMatch(new RegExp(`^国办发明电〔${year - 1}〕[0-9]+号$`));
    for (const change of notices.slice(1)) expect(change).toMatch(new RegExp(`^国办发明电〔${year}〕[0-9]+号$`));
  });

  test('its days are of that year or of the days before it, in order, each once', () => {
    for (const days of [off, [...makeUpDays]]) {
      expect(days).toEqual([...new Set(days)].sort());
      expect(days.filter((day) => !own(day) || day > `${year}-12-31`)).toEqual([]);
    }
    expect(makeUpDays.filter((day) => off.includes(day))).toEqual([]);
  });

  test('has all seven holidays, and New Year and National Day on their dates', () => {
    const names = holidays.flatMap(({ name }) => name.split('、'));
    expect(names.sort()).toEqual(['中秋节', '元旦', '劳动节', '国庆节', '春节', '清明节', '端午节'].sort());
    for (const day of ['01-01', '05-01', '10-01', '10-02', '10-03']) expect(off).toContain(`${year}-${day}`);
    // From 2025 on the law gives two days more: lunar New Year's Eve and 2 May.
    if (year >= 2025) expect(off).toContain(`${year}-05-02`);
  });

  test('make-up days are weekend days near a holiday, and are worked', () => {
    for (const day of makeUpDays) {
      expect(isWeekend(day)).toBe(true);
      expect(isWorking(day)).toBe(true);
      const near = daysFrom(addDays(day, -15), addDays(day, 15));
      expect(off.some((holiday) => near.includes(holiday))).toBe(true);
    }
  });

  test('holidays are not worked, and weekdays off less make-up days are the days the law gives', () => {
    for (const day of off) expect(isWorking(day)).toBe(false);
    const weekdaysOff = off.filter((day) => !isWeekend(day)).length;
    // The longer Spring Festival of 2020 gave two days (31 January, and 1 February no longer worked) never worked off.
    const given = (year >= 2025 ? 13 : 11) + (year === 2020 ? 2 : 0);
    expect(weekdaysOff - makeUpDays.length).toBe(given);
  });

  test('every other day of the year is worked on weekdays only', () => {
    const special = new Set([...off, ...makeUpDays, ...holidayYears.flatMap((row) => row.makeUpDays)]);
    const plain = daysFrom(`${year}-01-01`, `${year}-12-24`).filter((day) => !special.has(day));
    expect(plain.filter((day) => isWorking(day) === isWeekend(day))).toEqual([]);
  });
});

test.each([
  [2019, 250],
  [2020, 249],
  [2021, 250],
  [2022, 249],
  [2023, 249],
  [2024, 251],
  [2025, 248],
  [2026, 248],
])('%d has %d working days', (year, days) => {
  expect(workingDaysBetween(`${year - 1}-12-31`, `${year}-12-31`).days).toBe(days);
});

test.each([
  // The last working day before National Day, and the two after it.
  ['2019-09-30', '2019-10-08', '2019-10-09'],
  ['2020-09-30', '2020-10-09', '2020-10-10'],
  ['2021-09-30', '2021-10-08', '2021-10-09'],
  ['2022-09-30', '2022-10-08', '2022-10-09'],
  ['2023-09-28', '2023-10-07', '2023-10-08'],
  ['2024-09-30', '2024-10-08', '2024-10-09'],
  ['2025-09-30', '2025-10-09', '2025-10-10'],
  ['2026-09-30', '2026-10-08', '2026-10-09'],
])('after %s work goes on on %s and %s', (last, first, second) => {
  expect(isWorking(last)).toBe(true);
  expect(addWorkingDays(last, 1)).toEqual({ date: first, provisional: false });
  expect(addWorkingDays(last, 2)).toEqual({ date: second, provisional: false });
});

test.each([
  ['2026-11-20', 3, '2026-11-25'], // a Friday
  ['2026-11-21', 3, '2026-11-25'], // a Saturday
  ['2026-11-23', 7, '2026-12-02'],
  ['2026-11-23', 0, '2026-11-23'],
  ['2026-11-22', 0, '2026-11-22'],
  ['2026-02-12', 3, '2026-02-24'], // the make-up Saturday of 14 February counts
  ['2026-02-27', 1, '2026-02-28'],
  ['2020-01-23', 1, '2020-02-03'], // the lengthened Spring Festival
  ['2019-04-30', 1, '2019-05-05'], // the changed Labour Day
  ['2024-02-08', 1, '2024-02-09'], // New Year's Eve of the lunar year, before it was a holiday
  ['2025-12-31', 1, '2026-01-04'],
  ['2018-12-28', 1, '2018-12-29'],
  ['2018-12-29', 1, '2019-01-02'],
])('%s plus %d working days is %s', (date, count, expected) => {
  expect(addWorkingDays(date, count).date).toBe(expected);
});

test.each([
  ['2026-12-24', true, false],
  // The notice for 2027 may still swap the last days of December.
  ['2026-12-25', true, true],
  ['2025-12-31', true, false],
  ['2027-01-01', true, true],
  ['2027-01-02', false, true],
  // The notice for 2019 reached back; the rest of 2018 is not in the data.
  ['2018-12-31', false, true],
  ['2018-12-29', true, true],
  ['2018-10-01', true, true],
  ['2019-01-01', false, false],
])('%s: working %s, provisional %s', (date, working, provisional) => {
  expect(isWorkingDay(date)).toEqual({ working, provisional });
});

test('a span is provisional when a day counted in it is', () => {
  expect(addWorkingDays('2026-12-22', 2)).toEqual({ date: '2026-12-24', provisional: false });
  expect(addWorkingDays('2026-12-22', 3)).toEqual({ date: '2026-12-25', provisional: true });
  expect(addWorkingDays('2026-12-24', 7)).toEqual({ date: '2027-01-04', provisional: true });
  expect(addWorkingDays('2018-12-31', 1)).toEqual({ date: '2019-01-02', provisional: false });
  expect(addWorkingDays('2030-01-01', 0)).toEqual({ date: '2030-01-01', provisional: false });
  expect(workingDaysBetween('2026-12-31', '2027-01-05')).toEqual({ days: 3, provisional: true });
  expect(workingDaysBetween('2018-12-28', '2019-01-02')).toEqual({ days: 2, provisional: true });
});

test('between is negative when overdue, and zero on the day', () => {
  expect(workingDaysBetween('2026-10-12', '2026-09-30')).toEqual({ days: -4, provisional: false });
  expect(workingDaysBetween('2026-10-01', '2026-10-01')).toEqual({ days: 0, provisional: false });
  expect(workingDaysBetween('2026-10-05', '2026-10-01')).toEqual({ days: 0, provisional: false });
});

test('what is no date, no count or out of bounds is a bug', () => {
  expect(() => isWorkingDay('2026-02-30')).toThrow();
  expect(() => addWorkingDays('2026-02-30', 0)).toThrow();
  expect(() => workingDaysBetween('2026-01-01', '2026-2-1')).toThrow();
  for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => addWorkingDays('2026-01-05', count)).toThrow(RangeError);
  }
  expect(() => addWorkingDays('2026-01-05', 4000)).toThrow(RangeError);
  expect(() => workingDaysBetween('2000-01-01', '2026-01-01')).toThrow(RangeError);
  expect(() => workingDaysBetween('2026-01-01', '2000-01-01')).toThrow(RangeError);
});

const dates = fc
  .date({ min: new Date('2017-06-01'), max: new Date('2029-06-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const counts = fc.integer({ min: 0, max: 60 });

test('adding lands on a working day, and between counts the way back', () => {
  fc.assert(
    fc.property(dates, counts, (date, count) => {
      const later = addWorkingDays(date, count);
      if (count > 0) {
        expect(later.date > date).toBe(true);
        expect(isWorking(later.date)).toBe(true);
      }
      expect(workingDaysBetween(date, later.date)).toEqual({ days: count, provisional: later.provisional });
      expect(workingDaysBetween(later.date, date)).toEqual({ days: 0 - count, provisional: later.provisional });
    }),
  );
});

test('adding keeps the order of days and counts, and adds up', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: 0, max: 40 }), counts, counts, (date, gap, first, second) => {
      expect(addWorkingDays(addDays(date, gap), first).date >= addWorkingDays(date, first).date).toBe(true);
      expect(addWorkingDays(date, first + second).date >= addWorkingDays(date, first).date).toBe(true);
      const inSteps = addWorkingDays(addWorkingDays(date, first).date, second).date;
      expect(addWorkingDays(date, first + second).date).toBe(inSteps);
    }),
  );
});

test('between adds up over any day in the middle, over year ends too', () => {
  fc.assert(
    fc.property(dates, counts, counts, (date, first, second) => {
      const middle = addDays(date, first);
      const last = addDays(middle, second);
      const whole = workingDaysBetween(date, last);
      const parts = [workingDaysBetween(date, middle), workingDaysBetween(middle, last)];
      expect(whole.days).toBe(parts.reduce((sum, part) => sum + part.days, 0));
      expect(whole.provisional).toBe(parts.some((part) => part.provisional));
    }),
  );
});

test('beyond the published years weekends only count, and everything is provisional', () => {
  const beyond = fc.oneof(
    fc.date({ min: new Date('1950-01-01'), max: new Date('2018-12-24'), noInvalidDate: true }),
    fc.date({ min: new Date('2027-01-01'), max: new Date('2200-01-01'), noInvalidDate: true }),
  );
  fc.assert(
    fc.property(beyond, (time) => {
      const date = time.toISOString().slice(0, 10);
      expect(isWorkingDay(date)).toEqual({ working: !isWeekend(date), provisional: true });
    }),
  );
});
