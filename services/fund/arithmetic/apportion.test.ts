import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { apportion, type Weight } from './apportion.ts';
import { sum } from './amounts.ts';

const amount = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc.bigInt({ min: 0n, max: 1_000_003n }),
  fc.bigInt({ min: 0n, max: BigInt(Number.MAX_SAFE_INTEGER) / 8n }),
);
const weights: fc.Arbitrary<Weight[]> = fc.array(
  fc.record({ kind: fc.constantFrom('public' as const, 'private' as const), weightFen: amount }),
  { maxLength: 6 },
);
/** Weights, what is the bank's, and a part of their total in ten-thousandths. */
const shared = fc.record({
  weights,
  bankFen: amount,
  parts: fc.tuple(fc.integer({ max: 10_000, min: 0 }), fc.nat(10_000)),
});
const options = { numRuns: tries(300, 20_000) };

function lossOf({ weights: all, bankFen }: { weights: Weight[]; bankFen: bigint }): bigint {
  return bankFen + sum(all.map(({ weightFen }) => weightFen));
}

describe('a cumulative recovery', () => {
  test('is given away to the fen, nobody gets more than it is out by, the bank neither', () => {
    fc.assert(
      fc.property(shared, (given) => {
        const loss = lossOf(given);
        const recovered = (loss * BigInt(given.parts[0])) / 10_000n;
        const parts = apportion(recovered, loss, given.weights);
        for (const [place, part] of parts.entries()) {
          expect(part >= 0n && part <= (given.weights[place]?.weightFen ?? 0n)).toBe(true);
        }
        const bank = recovered - sum(parts);
        expect(bank >= 0n && bank <= given.bankFen).toBe(true);
      }),
      options,
    );
  });

  test('grows for everybody as it grows, so that no event takes anything back', () => {
    fc.assert(
      fc.property(shared, (given) => {
        const loss = lossOf(given);
        const [less, more] = given.parts
          .map((part) => (loss * BigInt(part)) / 10_000n)
          .toSorted((one, other) => (one < other ? -1 : 1));
        const [before, after] = [apportion(less!, loss, given.weights), apportion(more!, loss, given.weights)];
        for (const [place, part] of before.entries()) expect(after[place]! >= part).toBe(true);
        expect(more! - sum(after) >= less! - sum(before)).toBe(true);
      }),
      options,
    );
  });

  test('makes everybody whole when it reaches the loss, and gives nothing before it begins', () => {
    fc.assert(
      fc.property(shared, (given) => {
        const loss = lossOf(given);
        const own = given.weights.map(({ weightFen }) => weightFen);
        expect(apportion(loss, loss, given.weights)).toEqual(own);
        expect(apportion(0n, loss, given.weights)).toEqual(own.map(() => 0n));
      }),
      options,
    );
  });

  test('never leaves the public parties together more than their part of the loss that is left, and one alone by less than a fen for each public party', () => {
    fc.assert(
      fc.property(shared, (given) => {
        const loss = lossOf(given);
        const recovered = (loss * BigInt(given.parts[0])) / 10_000n;
        const left = loss - recovered;
        const parts = apportion(recovered, loss, given.weights);
        const publics = given.weights.flatMap(({ kind, weightFen }, place) =>
          kind === 'public' ? [{ weightFen, out: weightFen - parts[place]! }] : [],
        );
        const [weight, out] = [sum(publics.map((one) => one.weightFen)), sum(publics.map((one) => one.out))];
        expect(out * loss <= weight * left).toBe(true);
        // Those before it round up at its expense. (By less than two fen it is with up to three of them, not with four.)
        const slack = BigInt(publics.length) * loss;
        for (const one of publics) expect(loss === 0n || one.out * loss < one.weightFen * left + slack).toBe(true);
      }),
      options,
    );
  });

  test('is rounded up for the first public party, and for one private party alone down', () => {
    expect(apportion(1n, 3n, [{ kind: 'public', weightFen: 1n }])).toEqual([1n]);
    expect(apportion(1n, 3n, [{ kind: 'private', weightFen: 1n }])).toEqual([0n]);
    // The private party stands first in the programme and is served last.
    const both = [
      { kind: 'private', weightFen: 2n },
      { kind: 'public', weightFen: 1n },
    ] as const;
    expect(apportion(1n, 3n, both)).toEqual([0n, 1n]);
  });

  test('is not computed on weights beyond the loss, nor on more than the loss', () => {
    expect(() => apportion(4n, 3n, [])).toThrow(RangeError);
    expect(() => apportion(2n, 3n, [{ kind: 'public', weightFen: 4n }])).toThrow(RangeError);
  });
});
