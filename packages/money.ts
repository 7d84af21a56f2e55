import * as z from 'zod';

/** The largest amount that every reader's JSON holds exactly. */
export const largestFen = BigInt(Number.MAX_SAFE_INTEGER);
const wholeBps = 10_000n;

/** Money in memory: whole fen, never negative, small enough to be exact in every reader's JSON. */
const Amount = z.bigint().min(0n).max(largestFen);

/** Money on the wire: whole fen as a JSON integer, 0 … 9,007,199,254,740,991; `bigint` in memory. */
export const Fen = z.codec(
  z
    .int({ error: '金额应为整数分' })
    .nonnegative({ error: '金额不能为负' })
    .meta({ description: '金额（分）', example: 580_000_000 }),
  Amount,
  { decode: (fen) => BigInt(fen), encode: (fen) => Number(fen) },
);

/** A ratio on the wire: whole basis points, 0 … 10,000 (100 %); `bigint` in memory. */
export const Bps = z.codec(
  z
    .int({ error: '比例应为整数基点' })
    .min(0, { error: '比例不能为负' })
    .max(Number(wholeBps), { error: '比例不能超过 10000 基点' })
    .meta({ description: '比例（基点，10000 为 100 %）', example: 4_000 }),
  z.bigint().min(0n).max(wholeBps),
  { decode: (bps) => BigInt(bps), encode: (bps) => Number(bps) },
);

/**
 * Money in a store: written as `bigint`. Stores hand whole numbers back as `bigint`, `number` or decimal text,
 * depending on size and settings; all three are read, and only exactly.
 */
export const StoredFen = z.codec(z.union([z.bigint(), z.int(), z.string().regex(/^(0|[1-9][0-9]*)$/)]), Amount, {
  decode: (fen) => BigInt(fen),
  encode: (fen): bigint => fen,
});

/**
 * The stated share of an amount, rounded down to the fen; the remainder stays with the other party.
 * @throws RangeError on a negative amount or a share outside 0 … 10,000.
 */
export function shareOf(amount: bigint, basisPoints: bigint): bigint {
  if (basisPoints > wholeBps) throw new RangeError(`a share of ${basisPoints} basis points is more than the whole`);
  return divideDown(amount * basisPoints, wholeBps);
}

/** Whole quotient, rounded down. @throws RangeError unless dividend ≥ 0 and divisor > 0. */
export function divideDown(dividend: bigint, divisor: bigint): bigint {
  if (dividend < 0n || divisor <= 0n) throw new RangeError(`cannot divide ${dividend} by ${divisor}`);
  return dividend / divisor;
}

/** Whole quotient, rounded up. @throws RangeError unless dividend ≥ 0 and divisor > 0. */
export function divideUp(dividend: bigint, divisor: bigint): bigint {
  const down = divideDown(dividend, divisor);
  return down * divisor === dividend ? down : down + 1n;
}

/** 元 with two decimals, e.g. `1234.05`. Exact; takes differences, so also negative amounts. */
export function yuanText(fen: bigint): string {
  return decimalText(fen, 2);
}

/** 万元 with four decimals, e.g. `12.3456`: whole 元, half a 元 rounded away from zero. */
export function wanYuanText(fen: bigint): string {
  const halfUp = (fen < 0n ? -fen : fen) + 50n;
  return decimalText((fen < 0n ? -1n : 1n) * (halfUp / 100n), 4);
}

function decimalText(units: bigint, decimals: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}
