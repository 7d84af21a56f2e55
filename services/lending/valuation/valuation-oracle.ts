/*
 * For tests: the methods once more, another way. Each term is a fraction of its own in lowest terms and they are added
 * one by one, where the code under test has one denominator and Horner's scheme.
 */

type Fraction = readonly [bigint, bigint];

const gcd = (one: bigint, other: bigint): bigint => (other === 0n ? one : gcd(other, one % other));
const fraction = (top: bigint, bottom: bigint): Fraction => {
  const common = gcd(top, bottom);
  return common === 0n ? [0n, 1n] : [top / common, bottom / common];
};
const times = (one: Fraction, other: Fraction) => fraction(one[0] * other[0], one[1] * other[1]);
const plus = (one: Fraction, other: Fraction) => fraction(one[0] * other[1] + other[0] * one[1], one[1] * other[1]);
const bps = (part: bigint) => fraction(part, 10_000n);

/** Of yearly amounts, each a product of its factors, as many months as count. */
export function discountedOracle(
  years: readonly { fen: bigint; factorsBps: readonly bigint[] }[],
  rateBps: bigint,
  months: number,
): Fraction {
  let total = fraction(0n, 1n);
  for (let month = 1; month <= Math.min(months, years.length * 12); month += 1) {
    const year = Math.ceil(month / 12);
    const { fen = 0n, factorsBps = [] } = years[year - 1] ?? {};
    let term = fraction(fen, 12n);
    for (const factor of factorsBps) term = times(term, bps(factor));
    for (let t = 0; t < year; t += 1) term = times(term, fraction(10_000n, 10_000n + rateBps));
    total = plus(total, term);
  }
  return total;
}

export function productOracle(fen: bigint, factorsBps: readonly bigint[]): Fraction {
  return factorsBps.map(bps).reduce(times, fraction(fen, 1n));
}

/** Half up, by what is left over. */
export function roundedOracle([top, bottom]: Fraction): bigint {
  const left = top % bottom;
  return top / bottom + (left + left >= bottom ? 1n : 0n);
}
