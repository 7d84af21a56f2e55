import assert from 'node:assert/strict';

/** An exact fraction, never negative. Values stay fractions until they are told; only then are they rounded, once. */
export type Ratio = { numerator: bigint; denominator: bigint };

/** What bps are parts of. */
export const whole = 10_000n;

/** To the nearest whole number, a half up (四舍五入), as an appraisal tells its value. */
export function roundHalfUp({ numerator, denominator }: Ratio): bigint {
  assert(numerator >= 0n && denominator > 0n, 'a value is a fraction that is not negative');
  return (2n * numerator + denominator) / (2n * denominator);
}

export function product(one: Ratio, other: Ratio): Ratio {
  return { numerator: one.numerator * other.numerator, denominator: one.denominator * other.denominator };
}

export function bps(part: bigint): Ratio {
  return { numerator: part, denominator: whole };
}

/**
 * What amounts are worth now, the first due after one year, each next a year later: Σ aₜ ÷ (1 + r)ᵗ. By Horner's scheme
 * from the last to the first, so that one denominator serves for all.
 */
export function presentValue(amounts: readonly Ratio[], rateBps: bigint): Ratio {
  const growth = whole + rateBps;
  let value: Ratio = { numerator: 0n, denominator: 1n };
  for (const amount of amounts.toReversed()) {
    const { numerator, denominator } = sum(amount, value);
    value = { numerator: numerator * whole, denominator: denominator * growth };
  }
  return value;
}

/** The largest whole number whose square is not more, by Newton's method on whole numbers. */
export function squareRoot(square: bigint): bigint {
  assert(square >= 0n);
  if (square < 2n) return square;
  let root = 1n << BigInt(Math.ceil(square.toString(16).length / 2) * 4);
  for (;;) {
    const next = (root + square / root) / 2n;
    if (next >= root) return root;
    root = next;
  }
}

function sum(one: Ratio, other: Ratio): Ratio {
  if (one.denominator === other.denominator) {
    return { numerator: one.numerator + other.numerator, denominator: one.denominator };
  }
  return {
    numerator: one.numerator * other.denominator + other.numerator * one.denominator,
    denominator: one.denominator * other.denominator,
  };
}
