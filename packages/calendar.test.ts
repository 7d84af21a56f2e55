import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays, addMonths, endOfDay, Instant, instantOf, LegalDate, legalDateOf } from './calendar.ts';

test.each(['2026-11-23', '2024-02-29', '2000-02-29', '1900-01-01', '9999-12-31'])('%s is a legal date', (date) => {
  expect(LegalDate.parse(date)).toBe(date);
});

test.each([
  '2026-02-30',
  '2025-02-29',
  '1900-02-29',
  '2100-02-29',
  '2026-13-01',
  '2026-00-01',
  '2026-04-31',
  '1899-12-31',
  '2026-1-1',
  '2026/01/01',
  '20260101',
  ' 2026-01-01',
  '2026-01-01\n',
  '2026-01-01T00:00:00.000Z',
  '+002026-01-01',
  '２０２６-01-01',
  '0000-00-00',
  '',
])('%j is not a legal date', (date) => {
  expect(LegalDate.safeParse(date).success).toBe(false);
});

test.each(['2026-12-01T00:00:00.000Z', '2024-02-29T23:59:59.999Z'])('%s is an instant', (instant) => {
  expect(Instant.parse(instant)).toBe(instant);
  expect(instantOf(new Date(instant))).toBe(instant);
});

test.each([
  '2026-12-01T00:00:00Z',
  '2026-12-01T00:00:00.00Z',
  '2026-12-01T00:00:00.0000Z',
  '2026-12-01T00:00:00.000+08:00',
  '2026-12-01T24:00:00.000Z',
  '2026-12-01T23:59:60.000Z',
  '2026-02-29T00:00:00.000Z',
  '2026-12-01 00:00:00.000Z',
  '2026-12-01T00:00:00.000z',
  '2026-12-01',
])('%s is not an instant', (instant) => {
  expect(Instant.safeParse(instant).success).toBe(false);
});

test.each([
  ['2026-11-22T15:59:59.999Z', '2026-11-22'],
  ['2026-11-22T16:00:00.000Z', '2026-11-23'],
  ['2026-12-31T16:00:00.000Z', '2027-01-01'],
  // In the years of Chinese summer time the law's day is still taken at UTC+8.
  ['1988-07-01T15:30:00.000Z', '1988-07-01'],
])('at %s it is %s in Shanghai', (instant, date) => {
  expect(legalDateOf(instant)).toBe(date);
});

test.each([
  ['2026-01-31', 1, '2026-02-28'],
  ['2024-01-31', 1, '2024-02-29'],
  ['2026-03-31', -1, '2026-02-28'],
  ['2026-12-31', 2, '2027-02-28'],
  ['2026-01-15', -1, '2025-12-15'],
  ['2024-02-29', 12, '2025-02-28'],
  ['2026-11-23', 0, '2026-11-23'],
])('%s plus %d months is %s', (date, months, expected) => {
  expect(addMonths(date, months)).toBe(expected);
});

test('a day ends a millisecond before the next begins, by the law’s clock', () => {
  expect(endOfDay('2026-02-28')).toBe('2026-02-28T15:59:59.999Z');
  expect(legalDateOf(endOfDay('2026-12-31'))).toBe('2026-12-31');
  expect(legalDateOf(new Date(Date.parse(endOfDay('2026-12-31')) + 1).toISOString())).toBe('2027-01-01');
});

test('days step over months, years and leap days', () => {
  expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
});

test('a sum out of range or of part days is a bug, not a date', () => {
  expect(() => addDays('9999-12-31', 1)).toThrow();
  expect(() => addMonths('1900-01-01', -1)).toThrow();
  expect(() => addDays('2026-01-01', 0.5)).toThrow(RangeError);
  expect(() => addMonths('2026-02-30', 1)).toThrow();
});

const dates = fc
  .date({ min: new Date('1950-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));

test('adding days is undone by taking them off, and keeps the order of the text', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: 1, max: 10_000 }), (date, days) => {
      const later = addDays(date, days);
      expect(later > date).toBe(true);
      expect(addDays(later, -days)).toBe(date);
    }),
  );
});

test('adding months lands in the month meant, on the same day or on its last', () => {
  fc.assert(
    fc.property(dates, fc.integer({ min: -500, max: 500 }), (date, months) => {
      const sum = addMonths(date, months);
      const index = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
      expect(index(sum)).toBe(index(date) + months);
      if (sum.slice(8) !== date.slice(8)) {
        expect(sum.slice(8) < date.slice(8)).toBe(true);
        expect(addDays(sum, 1).slice(8)).toBe('01');
      }
    }),
  );
});
