import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { builtInPolicies } from './policies/built-in.ts';
import {
  coreInForce,
  lineAt,
  overlayInForce,
  partsOf,
  type PolicyLine,
  released,
  type ReleasedPolicy,
  versionFor,
} from './policy-line.ts';

const [city1, city2] = builtInPolicies.map(({ policy }) => policy);
const first = city1!.validFrom;
const none: PolicyLine = { revision: 0, released: [] };
const lineOf = (...policies: Partial<ReleasedPolicy>[]): PolicyLine => ({
  revision: policies.length,
  released: policies.map((one, place) => ({
    version: `v${place}`,
    kind: 'core',
    effectiveFrom: '2027-01-01',
    releasedAt: `2026-11-${String(place + 10)}T00:00:00.000Z`,
    ...one,
  })),
});
const overlay = (more: Partial<ReleasedPolicy>): Partial<ReleasedPolicy> => ({
  kind: 'overlay',
  divisionCode: '411502',
  base: 'city-2',
  effectiveFrom: '2026-11-10',
  ...more,
});

describe('the core in force', () => {
  test.each([
    ['1999-12-31', 'city-1'],
    [first, 'city-1'],
    ['2026-10-31', 'city-1'],
    ['2026-11-01', 'city-2'],
    ['2036-01-01', 'city-2'],
  ])('on %s, where nothing was released, is %s', (day, version) => {
    expect(coreInForce(none, day)).toBe(version);
  });

  test('is the one released last of those that have begun', () => {
    const line = lineOf({ effectiveFrom: '2027-03-01' }, { effectiveFrom: '2027-01-01' });
    expect(['2026-12-31', '2027-01-01', '2027-03-01'].map((day) => coreInForce(line, day))).toEqual([
      city2!.version,
      'v1',
      'v1',
    ]);
  });

  test('that has ended gives way to the one before', () => {
    const line = lineOf({}, { effectiveFrom: '2027-02-01', validThrough: '2027-02-28' });
    expect(['2027-01-31', '2027-02-01', '2027-02-28', '2027-03-01'].map((day) => coreInForce(line, day))).toEqual([
      'v0',
      'v1',
      'v1',
      'v0',
    ]);
  });
});

const days = fc.integer({ min: 0, max: 400 });
/** Whatever is released when: as a release makes it, no sooner in force than released. */
const history = fc
  .array(
    fc.record({
      wait: fc.integer({ min: 0, max: 60 }),
      from: fc.integer({ min: -100, max: 200 }),
      lasts: fc.option(days, { nil: undefined }),
      overlay: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((drawn) => {
    let today = addDays(first, 3);
    return drawn.map(({ wait, from, lasts, overlay: isOverlay }, place): ReleasedPolicy => {
      today = addDays(today, wait);
      const effectiveFrom = from > 0 ? addDays(today, from) : today;
      return {
        version: `v${place}`,
        effectiveFrom,
        releasedAt: `${today}T0${place}:00:00.000Z`,
        ...(isOverlay ? { kind: 'overlay', divisionCode: '411502', base: `v${place - 1}` } : { kind: 'core' }),
        ...(lasts !== undefined && { validThrough: addDays(effectiveFrom, lasts) }),
      };
    });
  });

describe('whatever is released when', () => {
  const day = days.map((after) => addDays(first, after));

  test('one core is in force on every day from the first on, and its days have come and not passed', () => {
    fc.assert(
      fc.property(history, day, (policies, today) => {
        const version = coreInForce({ revision: 1, released: policies }, today);
        const known = policies.find((one) => one.version === version);
        if (known === undefined) {
          expect(version).toBe(today < city2!.validFrom ? 'city-1' : 'city-2');
          return;
        }
        expect(known.kind).toBe('core');
        expect(known.effectiveFrom <= today && today <= (known.validThrough ?? today)).toBe(true);
      }),
    );
  });

  test('a release changes nothing about the days before it', () => {
    fc.assert(
      fc.property(history, day, (policies, today) => {
        const line = { revision: 1, released: policies };
        const then = lineAt(line, `${today}T23:59:59.999Z`);
        expect(versionFor(line, today, '411502')).toBe(versionFor(then, today, '411502'));
      }),
    );
  });
});

describe('a county’s overlay', () => {
  test('is in force in its division, upon the core that it was made for', () => {
    const line = lineOf(overlay({ version: 'a' }), { version: 'city-3', effectiveFrom: '2027-01-01' });
    expect(versionFor(line, '2026-11-09', '411502')).toBe('city-2');
    expect(versionFor(line, '2026-11-10', '411502')).toBe('city-2~a');
    expect(versionFor(line, '2026-11-10', '411525')).toBe('city-2');
    expect(versionFor(line, '2027-01-01', '411502')).toBe('city-3');
  });

  test('gives way to the one released after it; one for another core leaves it in force', () => {
    const line = lineOf(overlay({ version: 'a' }), overlay({ version: 'b', validThrough: '2026-11-30' }));
    const more = released(line, {
      version: 'c',
      kind: 'overlay',
      divisionCode: '411502',
      base: 'city-9',
      effectiveFrom: '2026-11-10',
      releasedAt: '2026-11-20T00:00:00.000Z',
    });
    expect(overlayInForce(more, '2026-11-30', '411502')).toBe('b');
    expect(overlayInForce(more, '2026-12-01', '411502')).toBe('a');
  });
});

test('a combined version parts as it was joined', () => {
  expect(partsOf('city-2')).toEqual({ core: 'city-2' });
  expect(partsOf('city-2~411502-1')).toEqual({ core: 'city-2', overlay: '411502-1' });
});
