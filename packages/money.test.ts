import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { Bps, divideDown, divideUp, Fen, shareOf, StoredFen, wanYuanText, yuanText } from './money.ts';

const largest = BigInt(Number.MAX_SAFE_INTEGER);
const fen = fc.bigInt({ min: 0n, max: largest });
const bps = fc.bigInt({ min: 0n, max: 10_000n });

test('an amount survives the wire and the store', () => {
  fc.assert(
    fc.property(fen, (amount) => {
      expect(z.decode(Fen, JSON.parse(JSON.stringify(z.encode(Fen, amount))))).toBe(amount);
      expect(z.decode(StoredFen, z.encode(StoredFen, amount))).toBe(amount);
      expect(z.decode(StoredFen, Number(amount))).toBe(amount);
      expect(z.decode(StoredFen, amount.toString())).toBe(amount);
    }),
  );
});

test.each([-1, 1.5, Number.MAX_SAFE_INTEGER + 1, Infinity, Number.NaN, '1', null, 1n, undefined])(
  'money is not %s',
  (value) => expect(Fen.safeDecode(value as number).success).toBe(false),
);

test.each([-1n, largest + 1n])('%s fen cannot be written', (value) => {
  expect(Fen.safeEncode(value).success).toBe(false);
  expect(StoredFen.safeEncode(value).success).toBe(false);
});

test.each(['', '01', '-1', '1.0', '1e3', ' 1', '9007199254740992', -1n])('a store does not hold %s', (value) => {
  expect(StoredFen.safeDecode(value).success).toBe(false);
});

test.each([-1, 10_001, 0.5, '1'])('a ratio is not %s', (value) => {
  expect(Bps.safeDecode(value as number).success).toBe(false);
});

test('a ratio survives the wire', () => {
  expect(z.decode(Bps, 10_000)).toBe(10_000n);
  expect(z.encode(Bps, 0n)).toBe(0);
});

test('a share is rounded down, and share and remainder together are the amount', () => {
  expect(shareOf(100_001n, 4_000n)).toBe(40_000n);
  fc.assert(
    fc.property(fen, bps, (amount, share) => {
      const part = shareOf(amount, share);
      expect(part * 10_000n <= amount * share && amount * share < (part + 1n) * 10_000n).toBe(true);
      expect(part + shareOf(amount, 10_000n - share) <= amount).toBe(true);
    }),
  );
});

test('no share of a negative amount, and none above the whole', () => {
  expect(() => shareOf(-1n, 1n)).toThrow(RangeError);
  expect(() => shareOf(1n, -1n)).toThrow(RangeError);
  expect(() => shareOf(1n, 10_001n)).toThrow(RangeError);
  expect(() => divideUp(1n, 0n)).toThrow(RangeError);
  expect(() => divideUp(-1n, 2n)).toThrow(RangeError);
});

test('rounding up and down differ by one, or by nothing where the division is exact', () => {
  fc.assert(
    fc.property(fen, fc.bigInt({ min: 1n, max: largest }), (dividend, divisor) => {
      const exact = dividend % divisor === 0n;
      expect(divideUp(dividend, divisor) - divideDown(dividend, divisor)).toBe(exact ? 0n : 1n);
    }),
  );
});

test.each([
  [0n, '0.00', '0.0000'],
  [5n, '0.05', '0.0000'],
  [49n, '0.49', '0.0000'],
  [50n, '0.50', '0.0001'],
  [123_405n, '1234.05', '0.1234'],
  [123_450n, '1234.50', '0.1235'],
  [580_000_000n, '5800000.00', '580.0000'],
  [-123_450n, '-1234.50', '-0.1235'],
  [largest, '90071992547409.91', '9007199254.7410'],
])('%s fen read as yuan and as ten thousands', (amount, yuan, wanYuan) => {
  expect(yuanText(amount)).toBe(yuan);
  expect(wanYuanText(amount)).toBe(wanYuan);
});

test('yuan text holds every fen', () => {
  fc.assert(
    fc.property(fen, (amount) => {
      expect(BigInt(yuanText(amount).replace('.', ''))).toBe(amount);
    }),
  );
});
