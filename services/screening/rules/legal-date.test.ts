import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addMonths, dayBefore, lastStartWithin } from './legal-date.ts';

const date = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2060-12-31'), noInvalidDate: true })
  .map((instant) => instant.toISOString().slice(0, 10));
const dayAfter = (day: string) => new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);

test.each([
  ['2024-02-29', 12, '2025-02-28'],
  ['2025-11-30', 3, '2026-02-28'],
  ['2025-11-23', 12, '2026-11-23'],
  ['2025-12-31', 2, '2026-02-28'],
  ['2026-01-31', 0, '2026-01-31'],
])('%s and %i months end on %s', (start, months, end) => {
  expect(addMonths(start, months)).toBe(end);
});

test('the day before is one day before', () => {
  fc.assert(
    fc.property(date, (day) => {
      expect(dayAfter(dayBefore(day))).toBe(day);
    }),
  );
});

test('the last start within a limit is within it, and no later one is', () => {
  fc.assert(
    fc.property(date, fc.integer({ min: 0, max: 40 }), (limit, months) => {
      const start = lastStartWithin(limit, months);
      expect(addMonths(start, months) <= limit).toBe(true);
      expect(addMonths(dayAfter(start), months) > limit).toBe(true);
    }),
    { numRuns: 2_000 },
  );
});
