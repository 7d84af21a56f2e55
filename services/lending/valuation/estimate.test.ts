import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { atEnd, drawn, likeliest, type Spread, triangular } from './estimate.ts';
import { roundHalfUp, squareRoot } from './exact.ts';

const parts = 1n << 64n;
const largestFen = BigInt(Number.MAX_SAFE_INTEGER);
const numRuns = tries(300, 20_000);

const arbitrarySpread = fc
  .oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, largestFen))
  .chain((most) => fc.tuple(fc.bigInt(0n, most), fc.bigInt(0n, most), fc.bigInt(0n, most)))
  .map((three): Spread => {
    const [low = 0n, mode = 0n, high = 0n] = three.toSorted((one, other) => Number(one - other));
    return { low, mode, high };
  });
const arbitraryDraw = fc.oneof(fc.bigInt(0n, parts - 1n), fc.constantFrom(0n, 1n, parts / 2n, parts - 1n));

test('a root is the largest whole number whose square is not more', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 1n << 200n), (square) => {
      const root = squareRoot(square);
      expect(root * root <= square && square < (root + 1n) * (root + 1n)).toBe(true);
    }),
    { numRuns },
  );
  expect([0n, 1n, 2n, 3n, 4n, 15n, 16n].map(squareRoot)).toEqual([0n, 1n, 1n, 1n, 2n, 3n, 4n]);
});

test('a half is rounded up, and less than a half down', () => {
  const rounded = (numerator: bigint) => roundHalfUp({ numerator, denominator: 4n });
  expect([0n, 1n, 2n, 5n, 6n, 7n].map(rounded)).toEqual([0n, 0n, 1n, 1n, 2n, 2n]);
});

test('a draw is the nearest whole number to the inverse of the triangle, checked by its definition', () => {
  fc.assert(
    fc.property(arbitrarySpread, arbitraryDraw, ({ low, mode, high }, draw) => {
      const value = triangular({ low, mode, high }, draw);
      expect(value >= low && value <= high).toBe(true);
      if (low === high) return;
      // F(x) = (x − low)² ÷ ((high − low)(mode − low)) left of the likeliest, 1 − (high − x)² ÷ ((high − low)(high − mode)) right.
      const isLeft = draw * (high - low) < (mode - low) * parts;
      const [distance, area] = isLeft
        ? [value - low, draw * (high - low) * (mode - low)]
        : [high - value, (parts - draw) * (high - low) * (high - mode)];
      const [nearer, farther] = [2n * distance - 1n, 2n * distance + 1n];
      expect(nearer < 0n || nearer * nearer * parts <= 4n * area).toBe(true);
      expect(4n * area < farther * farther * parts).toBe(true);
    }),
    { numRuns },
  );
});

test('of a larger draw the value is not less', () => {
  fc.assert(
    fc.property(arbitrarySpread, arbitraryDraw, arbitraryDraw, (spread, one, other) => {
      const [less, more] = one < other ? [one, other] : [other, one];
      expect(triangular(spread, less) <= triangular(spread, more)).toBe(true);
    }),
    { numRuns },
  );
});

test('the random numbers are the first 64 bits of SHA-256 over seed, name and sample, as any other program has them', () => {
  // Computed by another implementation.
  const known = [9_681_437_016_330_048_679n, 10_839_914_077_444_144_526n];
  const wide = { low: 0n, mode: 0n, high: largestFen };
  known.forEach((draw, sample) => {
    expect(drawn('a-seed-of-ours/revenue-share', sample)('shareBps', wide)).toBe(triangular(wide, draw));
  });
});

test('estimates of one name move together, of different names apart', () => {
  const spread = { low: 0n, mode: 500n, high: largestFen };
  const pick = drawn('seed', 7);
  expect(pick('revenueFen', spread)).toBe(pick('revenueFen', spread));
  expect(pick('revenueFen', spread)).not.toBe(pick('shareBps', spread));
});

test('a known number is that number, whoever picks', () => {
  for (const pick of [likeliest, atEnd('it', 'low'), drawn('seed', 1)]) expect(pick('it', 42n)).toBe(42n);
  const spread = { low: 1n, mode: 2n, high: 3n };
  expect([atEnd('it', 'low')('it', spread), atEnd('it', 'high')('it', spread)]).toEqual([1n, 3n]);
  expect([atEnd('it', 'low')('another', spread), likeliest('it', spread)]).toEqual([2n, 2n]);
});
