import { expect, test } from 'vitest';
import { firstMissing, lastDayOf, missingMonths, Month, monthsFrom, reportDueOn } from './report-months.ts';

test.each([
  // National Day takes the first seven days of October 2026; the Saturday after is made up for.
  ['2026-09', '2026-10-20', false],
  // February 2026 has Spring Festival from 15 to 23; of 14 and 28, both Saturdays, both are worked.
  ['2026-01', '2026-02-13', false],
  ['2026-02', '2026-03-13', false],
  // New Year's days off 2026 reach to 3 January, and Sunday the 4th is worked.
  ['2025-12', '2026-01-15', false],
  // The holidays of 2027 are not published: weekends only, and said so.
  ['2026-12', '2027-01-14', true],
])('the report for %s is due on %s', (month, date, provisional) => {
  expect(reportDueOn(month)).toEqual({ date, provisional });
});

test('months are counted across years, and their last days are the calendar’s', () => {
  expect(monthsFrom('2026-11', '2027-02')).toEqual(['2026-11', '2026-12', '2027-01', '2027-02']);
  expect(monthsFrom('2026-12', '2026-11')).toEqual([]);
  expect(['2026-02', '2028-02', '2026-12'].map(lastDayOf)).toEqual(['2026-02-28', '2028-02-29', '2026-12-31']);
  for (const wrong of ['2026-13', '2026-00', '26-01', '2026-1', '2026-01-01']) {
    expect(Month.safeParse(wrong).success).toBe(false);
  }
});

test('every month from the filing on wants a report, in whatever order they came', () => {
  const loan = { filedOn: '2026-08-31', months: ['2026-11', '2026-08', '2026-09'] };
  expect(missingMonths(loan, '2026-12')).toEqual(['2026-10', '2026-12']);
  expect(firstMissing(loan)).toBe('2026-10');
  expect(firstMissing({ ...loan, months: [...loan.months, '2026-10'] })).toBe('2026-12');
});
