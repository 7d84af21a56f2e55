import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { fallsOf, type Weighed, weightOf } from './weight.ts';

// Caps: invention 50 %, utility model 30 %, trademark 50 %, software 35 %.
const invention: Weighed = { key: 'a', kind: 'invention', valueFen: 600_000_000n };
const utilityModel: Weighed = { key: 'b', kind: 'utility-model', valueFen: 300_000_000n };
const software: Weighed = { key: 'c', kind: 'software', valueFen: 100_000_000n };

describe('a loan against its rights', () => {
  test('has the cap of their kinds, weighed by value, exact to the fen', () => {
    // 3,000,000 + 900,000 + 350,000 yuan of 10,000,000.
    const bundle = [invention, utilityModel, software];
    expect(weightOf(425_000_000n, bundle)).toEqual({
      valueFen: 1_000_000_000n,
      ratioBps: 4_250n,
      capBps: 4_250n,
      maxLoanFen: 425_000_000n,
      withinCap: true,
      covered: true,
    });
    // One fen more is above, though it rounds to the next point only.
    expect(weightOf(425_000_001n, bundle)).toMatchObject({ ratioBps: 4_251n, withinCap: false, covered: true });
  });

  test('of no value has no ratio, and none beyond a hundred times', () => {
    expect(weightOf(1n, [])).toMatchObject({
      valueFen: 0n,
      ratioBps: null,
      capBps: null,
      withinCap: false,
      covered: false,
    });
    expect(weightOf(100n, [{ kind: 'design', valueFen: 1n }])).toMatchObject({ ratioBps: 1_000_000n });
    expect(weightOf(101n, [{ kind: 'design', valueFen: 1n }])).toMatchObject({ ratioBps: null, capBps: 2_000n });
    expect(weightOf(0n, [])).toMatchObject({ withinCap: true, covered: true });
  });
});

describe('what falls with a right', () => {
  test('is told with what is left, the worst first', () => {
    const falls = fallsOf(350_000_000n, [software, invention, utilityModel]);
    expect(falls.map(({ of, lostFen, left, breaks }) => [of, lostFen, left.valueFen, left.ratioBps, breaks])).toEqual([
      [{ key: 'a' }, 600_000_000n, 400_000_000n, 8_750n, ['ratio-cap']],
      [{ key: 'b' }, 300_000_000n, 700_000_000n, 5_000n, ['ratio-cap']],
      [{ key: 'c' }, 100_000_000n, 900_000_000n, 3_889n, []],
    ]);
  });

  test('of a family of several falls together', () => {
    const family = 'twins';
    const falls = fallsOf(350_000_000n, [
      { ...invention, family },
      { ...utilityModel, family },
      { ...software, family: 'alone' },
    ]);
    expect(falls[0]).toMatchObject({
      of: { family },
      lostFen: 900_000_000n,
      breaks: ['ratio-cap', 'value-below-loan'],
    });
    expect(falls).toHaveLength(4);
  });

  test('breaks no bound that was broken before', () => {
    expect(fallsOf(950_000_000n, [invention, utilityModel, software])[0]).toMatchObject({
      breaks: ['value-below-loan'],
    });
  });
});

const loan = fc.bigInt({ min: 0n, max: 10n ** 12n });
const bundle = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...rightKinds),
      valueFen: fc.bigInt({ min: 0n, max: 10n ** 11n }),
      family: fc.constantFrom(undefined, 'f', 'g'),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((rights) => rights.map((right, place): Weighed => ({ ...right, key: String(place) })));

test('what is lost and what is left come to the whole, each right is lost once, a family as the sum of its own', () => {
  fc.assert(
    fc.property(loan, bundle, (loanFen, rights) => {
      const whole = weightOf(loanFen, rights);
      const falls = fallsOf(loanFen, rights);
      for (const { lostFen, left } of falls) {
        expect(lostFen + left.valueFen).toBe(whole.valueFen);
        expect(left.maxLoanFen <= whole.maxLoanFen).toBe(true);
        // Less never makes a bound hold that did not.
        if (left.withinCap) expect(whole.withinCap).toBe(true);
        if (left.covered) expect(whole.covered).toBe(true);
      }
      const single = falls.filter(({ of }) => 'key' in of);
      expect(single.reduce((sum, { lostFen }) => sum + lostFen, 0n)).toBe(whole.valueFen);
      for (const { of, lostFen } of falls) {
        if (!('family' in of)) continue;
        const own = rights.filter(({ family }) => family === of.family);
        expect(lostFen).toBe(own.reduce((sum, { valueFen }) => sum + valueFen, 0n));
      }
      const rooms = falls.filter(({ left }) => left.covered).map(({ left }) => left.maxLoanFen);
      expect(rooms).toEqual(rooms.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)));
    }),
    { numRuns: tries(500, 10_000) },
  );
});

test('a right more never lowers what may be lent, and the cap lies between those of the kinds', () => {
  fc.assert(
    fc.property(loan, bundle, (loanFen, rights) => {
      const [, ...fewer] = rights;
      const { capBps, maxLoanFen, withinCap, ratioBps, valueFen } = weightOf(loanFen, rights);
      expect(weightOf(loanFen, fewer).maxLoanFen <= maxLoanFen).toBe(true);
      expect(weightOf(maxLoanFen, rights).withinCap).toBe(true);
      expect(weightOf(maxLoanFen + 1n, rights).withinCap).toBe(false);
      if (capBps !== null) expect(capBps >= 2_000n && capBps <= 6_000n).toBe(true);
      if (ratioBps !== null) expect(ratioBps * valueFen >= loanFen * 10_000n).toBe(true);
      expect(withinCap).toBe(loanFen <= maxLoanFen);
    }),
    { numRuns: tries(500, 10_000) },
  );
});
