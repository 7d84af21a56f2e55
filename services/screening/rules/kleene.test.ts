import { expect, test } from 'vitest';
import { and, NO, not, or, UNKNOWN, type Verdict, YES } from './kleene.ts';

const verdicts: Verdict[] = [NO, UNKNOWN, YES];
const pairs = verdicts.flatMap((left) => verdicts.map((right) => [left, right] as const));

// Nine pairs are all there are, so these laws are proved and not sampled.
test('the tables are those of Kleene', () => {
  expect(pairs.map(([left, right]) => and(left, right))).toEqual([0, 0, 0, 0, 1, 1, 0, 1, 2]);
  expect(pairs.map(([left, right]) => or(left, right))).toEqual([0, 1, 2, 1, 1, 2, 2, 2, 2]);
  expect(verdicts.map(not)).toEqual([2, 1, 0]);
});

test('and, or and not obey de Morgan, order and double negation', () => {
  for (const [left, right] of pairs) {
    expect(not(and(left, right))).toBe(or(not(left), not(right)));
    expect(and(left, right)).toBe(and(right, left));
    expect(or(left, and(left, right))).toBe(left);
    expect(not(not(left))).toBe(left);
  }
});

test('the excluded middle does not hold, and must not', () => {
  expect(or(UNKNOWN, not(UNKNOWN))).toBe(UNKNOWN);
});
