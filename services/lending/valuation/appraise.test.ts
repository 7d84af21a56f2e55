import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import type { ValuationMethod } from '../contract/valuation-methods.ts';
import { appraise } from './appraise.ts';
import type { Estimate } from './estimate.ts';

const example: ValuationMethod = {
  method: 'revenue-share',
  revenueFen: [
    { low: 800_000_000n, mode: 1_000_000_000n, high: 1_300_000_000n },
    { low: 700_000_000n, mode: 1_100_000_000n, high: 1_500_000_000n },
    { low: 600_000_000n, mode: 1_210_000_000n, high: 2_000_000_000n },
  ],
  shareBps: { low: 400n, mode: 500n, high: 600n },
  discount: { rateBps: { low: 1_200n, mode: 1_500n, high: 1_800n } },
  economicLifeMonths: 36n,
};

function appraised(method: ValuationMethod, legalMonths?: bigint, seed = 'a-seed-of-ours') {
  const result = appraise(method, legalMonths, seed);
  if (result === 'too-large') throw new Error('too large');
  return result;
}

describe('a range', () => {
  test('is what another program computes from the same seed, to the fen', () => {
    const { valueFen, range, counted } = appraised(example, 129n);
    expect(valueFen).toBe(124_845_895n);
    // By an implementation of its own, with fractions, from the seed alone.
    expect(range).toEqual({
      lowFen: 99_807_364n,
      middleFen: 127_273_008n,
      highFen: 158_085_560n,
      meanFen: 128_168_069n,
    });
    expect(counted).toEqual({ months: 36n, endedBy: 'economic-life' });
  });

  test('of another seed is near and not the same', () => {
    const [one, other] = ['one', 'other'].map((seed) => appraised(example, 129n, seed).range.middleFen);
    expect(one).not.toBe(other);
    expect(Number(one) / Number(other)).toBeCloseTo(1, 1);
  });

  test('of inputs that are all known is the value itself', () => {
    const { valueFen, range, sensitivity } = appraised({
      method: 'cost',
      replacementFen: 150_000_000n,
      depreciationBps: { low: 2_500n, mode: 2_500n, high: 2_500n },
    });
    expect(valueFen).toBe(112_500_000n);
    expect(range).toEqual({ lowFen: valueFen, middleFen: valueFen, highFen: valueFen, meanFen: valueFen });
    expect(sensitivity).toEqual([]);
  });

  test('rises from low over middle to high, within what the inputs allow, the same again from the same seed', () => {
    const estimate = (most: bigint) =>
      fc.oneof(
        fc.bigInt(0n, most),
        fc.tuple(fc.bigInt(0n, most), fc.bigInt(0n, most), fc.bigInt(0n, most)).map((three): Estimate => {
          const [low = 0n, mode = 0n, high = 0n] = three.toSorted((one, other) => Number(one - other));
          return { low, mode, high };
        }),
      );
    const method = fc.oneof(
      fc.record({
        method: fc.constant('cost' as const),
        replacementFen: estimate(1n << 45n),
        depreciationBps: estimate(10_000n),
      }),
      fc.record({
        method: fc.constant('royalty' as const),
        revenueFen: fc.array(estimate(1n << 40n), { minLength: 1, maxLength: 4 }),
        royaltyBps: estimate(10_000n),
        taxBps: estimate(10_000n),
        discount: fc.record({ rateBps: estimate(10_000n) }),
        economicLifeMonths: estimate(60n),
      }),
    );
    const ends = (one: Estimate) => (typeof one === 'bigint' ? [one, one] : [one.low, one.high]);
    fc.assert(
      fc.property(method, fc.string(), (any, seed) => {
        const result = appraised(any, 48n, seed);
        const { lowFen, middleFen, highFen } = result.range;
        expect(lowFen <= middleFen && middleFen <= highFen).toBe(true);
        expect(appraised(any, 48n, seed)).toEqual(result);
        if (any.method !== 'cost') return;
        const [least = 0n, most = 0n] = ends(any.replacementFen);
        const [lightest = 0n, heaviest = 0n] = ends(any.depreciationBps);
        const valueOf = (replacementFen: bigint, depreciationBps: bigint) =>
          appraised({ method: 'cost', replacementFen, depreciationBps }).valueFen;
        expect(valueOf(least, heaviest) <= lowFen && highFen <= valueOf(most, lightest)).toBe(true);
      }),
      { numRuns: tries(12, 300) },
    );
  });
});

describe('what moves a value', () => {
  test('is told for each estimated input alone, what moves most first', () => {
    const { sensitivity } = appraised(example, 129n);
    expect(sensitivity.map(({ input }) => input)).toEqual(['revenueFen', 'shareBps', 'rateBps']);
    expect(sensitivity[1]).toEqual({ input: 'shareBps', atLowFen: 99_876_716n, atHighFen: 149_815_074n });
    expect(sensitivity[2]?.atHighFen).toBe(118_695_193n);
  });
});

test('a value that no reader could tell exactly is refused, not rounded', () => {
  const factors = Array.from({ length: 20 }, (_none, at) => ({ name: String(at), factorBps: 100_000n }));
  const market = { method: 'market', factors, basis: '成交' } as const;
  expect(appraise({ ...market, referenceFen: 1n }, undefined, 's')).toBe('too-large');
  expect(appraise({ ...market, referenceFen: { low: 0n, mode: 0n, high: 1n } }, undefined, 's')).toBe('too-large');
});
