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

  test('no holiday is worked, and weekday holidays are those the law gives plus those worked off', () => {
    for (const day of off) expect(isWorking(day)).toBe(false);
    const weekdaysOff = off.filter((day) => !isWeekend(day)).length;
    // Legal days that fall on a weekend and are made up on a weekday keep the difference at the number of legal days.
    const legalDays = year >= 2025 ? 13 : 11;
    expect(weekdaysOff - makeUpDays.length).toBeGreaterThanOrEqual(legalDays - 1);
    expect(weekdaysOff - makeUpDays.length).toBeLessThanOrEqual(legalDays + 1);
  });

  test('every other day of the year is worked on weekdays only', () => {
    const special = new Set([...off, ...makeUpDays, ...holidayYears.flatMap((row) => row.makeUpDays)]);
    const plain = daysFrom(`${year}-01-01`, `${year}-12-24`).filter((day) => !special.has(day));
    expect(plain.filter((day) => isWorking(day) === isWeekend(day))).toEqual([]);
  });
});
