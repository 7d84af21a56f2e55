import * as z from 'zod';

/**
 * An amount that many add to: kept exactly however large it grows, so that one bank's absurd figure never makes its sums
 * unreadable. Stores hand whole numbers back as `bigint`, `number` or text.
 */
export const StoredSum = z
  .union([z.bigint(), z.int(), z.string().regex(/^[0-9]+$/)])
  .transform((fen) => BigInt(fen))
  .pipe(z.bigint().min(0n));
