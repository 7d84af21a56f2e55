import { hash } from 'node:crypto';
import { squareRoot } from './exact.ts';

/** What is not known for certain: the least, the likeliest and the most it may be (三角分布). */
export type Spread = { low: bigint; mode: bigint; high: bigint };
/** A number of the valuation, in fen, basis points or months: known, or estimated. */
export type Estimate = bigint | Spread;

/** Says which number counts for an estimate. Estimates of one name move together, as the years of one forecast do. */
export type Pick = (name: string, estimate: Estimate) => bigint;

/** Everything at its likeliest. */
export const likeliest: Pick = (_name, estimate) => (typeof estimate === 'bigint' ? estimate : estimate.mode);

/** One estimate at an end of its range, all others at their likeliest. */
export function atEnd(moved: string, end: 'low' | 'high'): Pick {
  return (name, estimate) =>
    name === moved && typeof estimate !== 'bigint' ? estimate[end] : likeliest(name, estimate);
}

const drawBits = 64n;
const draws = 1n << drawBits;

/**
 * The random numbers of a sample: for each name the first 64 bits of SHA-256 (FIPS 180-4) over `seed/name/sample`, big
 * end first. No state and no order: whoever has the seed computes any of them alone, in any language.
 */
export function drawn(seed: string, sample: number): Pick {
  const known = new Map<string, bigint>();
  return (name, estimate) => {
    if (typeof estimate === 'bigint') return estimate;
    const draw = known.get(name) ?? BigInt(`0x${hash('sha256', `${seed}/${name}/${sample}`, 'hex').slice(0, 16)}`);
    known.set(name, draw);
    return triangular(estimate, draw);
  };
}

/**
 * The whole number below which the triangle has `draw` of its 2⁶⁴ parts, to the nearest: the inverse of its distribution
 * function, low + √(u·(high − low)·(mode − low)) left of the likeliest and high − √((1 − u)·(high − low)·(high − mode))
 * right of it.
 */
export function triangular({ low, mode, high }: Spread, draw: bigint): bigint {
  const width = high - low;
  return draw * width < (mode - low) * draws
    ? low + nearestRoot(draw * width * (mode - low))
    : high - nearestRoot((draws - draw) * width * (high - mode));
}

/** √(square ÷ 2⁶⁴) to the nearest whole number. */
function nearestRoot(square: bigint): bigint {
  return (squareRoot((4n * square) >> drawBits) + 1n) / 2n;
}
