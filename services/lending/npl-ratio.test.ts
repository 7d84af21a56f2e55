import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../test/support/effort.ts';
import { compareNpl, nplRatioBps, type Portfolio } from './npl-ratio.ts';

const portfolio = (outstandingFen: bigint, nplFen: bigint): Portfolio => ({
  loans: 3,
  outstandingFen,
  nplLoans: 1,
  nplFen,
});
const [ip, day] = ['2026-10-31', '2026-11-10'];
const all = (bps: bigint, asOf = '2026-10-31') => ({ bps, asOf });

test('three points above the bank’s own ratio are within, a fen more is above', () => {
  // 1.20 % of all loans; 4.20 % of 1,000,000,000 fen is 42,000,000.
  const at = compareNpl(portfolio(1_000_000_000n, 42_000_000n), ip, all(120n), day);
  expect(at).toEqual({ state: 'within', limitBps: 420n, roomBps: 0n, roomFen: 0n });
  const over = compareNpl(portfolio(1_000_000_000n, 42_000_001n), ip, all(120n), day);
  expect(over).toEqual({ state: 'above', limitBps: 420n, roomBps: 0n, roomFen: 0n });
  const under = compareNpl(portfolio(1_000_000_000n, 12_345_678n), ip, all(120n), day);
  expect(under).toEqual({ state: 'within', limitBps: 420n, roomBps: 296n, roomFen: 29_654_322n });
});

test.each([
  ['no loan has been reported', portfolio(0n, 0n), ip, all(120n), day, 'no-loans'],
  ['nobody said the ratio over all loans', portfolio(100n, 0n), ip, undefined, day, 'all-loans-ratio-missing'],
  ['it is of an earlier month', portfolio(100n, 0n), ip, all(120n, '2026-09-30'), day, 'all-loans-ratio-old'],
  ['the rule did not hold yet', portfolio(100n, 0n), ip, all(120n), '2019-08-05', 'rule-not-in-force'],
] as const)('where %s, it is not known whether the tolerance is kept', (_case, of, one, other, on, reason) => {
  expect(compareNpl(of, one, other, on)).toEqual({ state: 'unknown', reason });
});

const amounts = fc
  .tuple(fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.bigInt({ min: 0n, max: 10_000n }))
  .chain(([total, bps]) =>
    fc.record({ total: fc.constant(total), bad: fc.bigInt({ min: 0n, max: total }), bps: fc.constant(bps) }),
  );

test('the verdict is that of the amounts themselves, and the room is exact to the fen', () => {
  fc.assert(
    fc.property(amounts, ({ total, bad, bps }) => {
      const of = portfolio(total, bad);
      const answer = compareNpl(of, ip, all(bps), day);
      const limit = bps + 300n < 10_000n ? bps + 300n : 10_000n;
      expect(answer.state).toBe(bad * 10_000n <= limit * total ? 'within' : 'above');
      const ratio = nplRatioBps(of)!;
      expect(ratio * total >= bad * 10_000n && (ratio - 1n) * total < bad * 10_000n).toBe(true);
      if (answer.state !== 'within') return;
      const turned = (more: bigint) => compareNpl(portfolio(total, bad + more), ip, all(bps), day).state;
      expect(turned(answer.roomFen!)).toBe('within');
      if (bad + answer.roomFen! < total) expect(turned(answer.roomFen! + 1n)).toBe('above');
    }),
    { numRuns: tries(300, 20_000) },
  );
});
