import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { tries } from '../../test/support/effort.ts';
import { effectiveFrom, type ProgrammeLine, versionOn } from './programme-line.ts';

const approved = (version: number, from: string) => ({
  version,
  effectiveFrom: from,
  approvedAt: `${from}T00:00:00.000Z`,
});

test('a version holds from its day on, until a later approved one does', () => {
  const line: ProgrammeLine = [approved(1, '2026-11-01'), approved(2, '2027-01-01'), approved(3, '2026-12-01')];
  const days = ['2026-10-31', '2026-11-01', '2026-11-30', '2026-12-01', '2026-12-31', '2027-01-01'];
  expect(days.map((day) => versionOn(line, day))).toEqual([undefined, 1, 1, 3, 3, 3]);
  expect(versionOn([], '2026-11-01')).toBeUndefined();
});

test('a version never holds before it is approved', () => {
  expect(effectiveFrom('2027-01-01', '2026-11-23')).toBe('2027-01-01');
  expect(effectiveFrom('2026-01-01', '2026-11-23')).toBe('2026-11-23');
  expect(effectiveFrom(undefined, '2026-11-23')).toBe('2026-11-23');
});

test('what held on a day that is past goes on having held: an approval changes no day before it', () => {
  const offsets = fc.array(fc.record({ wait: fc.nat(30), ahead: fc.integer({ min: -40, max: 40 }) }), { maxLength: 8 });
  fc.assert(
    fc.property(offsets, (steps) => {
      let line: ProgrammeLine = [];
      let today = '2026-11-23';
      for (const [place, { wait, ahead }] of steps.entries()) {
        today = addDays(today, wait);
        const from = effectiveFrom(addDays(today, ahead), today);
        const next = [...line, { version: place + 1, effectiveFrom: from, approvedAt: `${today}T00:00:00.000Z` }];
        for (let back = 1; back < 60; back += 1) {
          const day = addDays(today, -back);
          expect(versionOn(next, day)).toBe(versionOn(line, day));
        }
        line = next;
      }
    }),
    { numRuns: tries(100, 2_000) },
  );
});
