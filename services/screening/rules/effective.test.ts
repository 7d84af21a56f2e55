import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { type Dated, inForce } from './effective.ts';

const one = { version: 'one', validFrom: '2026-01-01' };
const two = { version: 'two', validFrom: '2026-04-01' };
const ending = (version: Dated, validThrough: string) => ({ ...version, validThrough });

test.each<[string, Dated[], string, string]>([
  ['the day before the first', [two, one], '2025-12-31', 'none'],
  ['the first day', [two, one], '2026-01-01', 'one'],
  ['the last day of the first', [two, one], '2026-03-31', 'one'],
  ['the first day of the second', [one, two], '2026-04-01', 'two'],
  ['years later', [one, two], '2036-04-01', 'two'],
  ['after a stated end', [one, ending(two, '2026-06-30')], '2026-07-01', 'none'],
  ['the stated end', [ending(one, '2026-03-31'), ending(two, '2026-06-30')], '2026-06-30', 'two'],
  ['no version at all', [], '2026-07-01', 'none'],
])('%s', (_case, versions, date, expected) => {
  const found = inForce(versions, date);
  expect(found.kind === 'in-force' ? found.policy.version : found.kind).toBe(expected);
});

describe('refused', () => {
  test.each<[string, Dated[], string, string]>([
    ['two from the same day', [one, { ...two, validFrom: one.validFrom }], 'two', '重叠'],
    ['a stated end after the next begins', [ending(one, '2026-04-01'), two], 'two', '重叠'],
    ['a gap', [ending(one, '2026-03-30'), two], 'two', '2026-03-31 起'],
    ['an end before the beginning', [ending(one, '2025-12-31')], 'one', '早于'],
  ])('%s', (_case, versions, version, words) => {
    const found = inForce(versions, '2026-05-01');
    if (found.kind !== 'refused') throw new Error(found.kind);
    expect(found.problems[0]).toMatchObject({ version });
    expect(found.problems[0]?.message).toContain(words);
  });
});

test('an accepted line has just one version for each of its days, whatever the order', () => {
  const versions = fc
    .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 5 })
    .map((starts) => starts.map((start) => ({ version: `v${start}`, validFrom: addDays('2026-01-01', start) })));
  fc.assert(
    fc.property(versions, fc.integer({ min: -3, max: 50 }), (line, offset) => {
      const date = addDays('2026-01-01', offset);
      const begun = line.filter(({ validFrom }) => validFrom <= date).map(({ validFrom }) => validFrom);
      const latest = begun.toSorted().at(-1);
      const found = inForce(line, date);
      expect(found.kind === 'in-force' ? found.policy.validFrom : undefined).toBe(latest);
      expect(inForce(line.toReversed(), date)).toEqual(found);
    }),
  );
});
