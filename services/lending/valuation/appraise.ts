import type { MethodResult } from '../contract/valuation-schemas.ts';
import type { ValuationMethod } from '../contract/valuation-methods.ts';
import { atEnd, drawn, likeliest, type Pick } from './estimate.ts';
import { roundHalfUp } from './exact.ts';
import { worthBy } from './methods.ts';
import { valuationPolicy } from './policy.ts';

/** Beyond it an amount is not exact in every reader's JSON. */
const largestFen = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * A method's value, its range over the samples of `seed`, and what each estimated input moves alone. The same arguments
 * give the same to the fen, on any machine. `too-large` where some value is more than can be told.
 */
export function appraise(
  method: ValuationMethod,
  legalMonths: bigint | undefined,
  seed: string,
): MethodResult | 'too-large' {
  const estimated = estimatedIn(method, legalMonths);
  const valueBy = (pick: Pick) => roundHalfUp(worthBy(method, legalMonths, pick).value);
  const valueFen = valueBy(likeliest);
  const { counted } = worthBy(method, legalMonths, likeliest);
  const sensitivity = estimated
    .map((input) => ({ input, atLowFen: valueBy(atEnd(input, 'low')), atHighFen: valueBy(atEnd(input, 'high')) }))
    .toSorted((one, other) => order(swing(other), swing(one)));
  // Where all is known every sample would be the value itself.
  const values = Array.from({ length: estimated.length === 0 ? 1 : valuationPolicy.samples }, (_none, sample) =>
    valueBy(drawn(`${seed}/${method.method}`, sample)),
  ).toSorted(order);
  const told = [
    valueFen,
    ...values.slice(-1),
    ...sensitivity.flatMap(({ atLowFen, atHighFen }) => [atLowFen, atHighFen]),
  ];
  if (told.some((value) => value > largestFen)) return 'too-large';
  const { low, middle, high } = valuationPolicy.percentiles;
  return {
    method: method.method,
    valueFen,
    range: {
      lowFen: percentile(values, low),
      middleFen: percentile(values, middle),
      highFen: percentile(values, high),
      meanFen: meanOf(values),
    },
    ...(counted !== undefined && { counted }),
    sensitivity,
  };
}

/** To the nearest fen, a half up. */
export function meanOf(values: readonly bigint[]): bigint {
  return roundHalfUp({ numerator: values.reduce((sum, value) => sum + value, 0n), denominator: BigInt(values.length) });
}

/** The inputs of which only a range is known, by the names that `worthBy` gives them. */
function estimatedIn(method: ValuationMethod, legalMonths: bigint | undefined): string[] {
  const names = new Set<string>();
  worthBy(method, legalMonths, (name, estimate) => {
    if (typeof estimate !== 'bigint' && estimate.low < estimate.high) names.add(name);
    return likeliest(name, estimate);
  });
  return [...names];
}

/** The value at the place ⌈n · percent ÷ 100⌉ of the sorted ones (nearest rank). */
function percentile(sorted: readonly bigint[], percent: number): bigint {
  const place = Math.ceil((sorted.length * percent) / 100);
  const value = sorted[Math.max(place, 1) - 1];
  if (value === undefined) throw new RangeError('no percentile of no values');
  return value;
}

function swing({ atLowFen, atHighFen }: { atLowFen: bigint; atHighFen: bigint }): bigint {
  return atLowFen < atHighFen ? atHighFen - atLowFen : atLowFen - atHighFen;
}

function order(one: bigint, other: bigint): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
