import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { sum } from '../arithmetic/amounts.ts';
import { horizonMonths } from './months.ts';
import { expectedOf, rangesOf, type Risk } from './outflow.ts';
import { template, years } from './template.ts';

const options = { numRuns: tries(100, 5_000) };
const trials = 200;

const inMonth = (place: number): number[] =>
  Array.from({ length: horizonMonths + 1 }, (_share, at) => (at === place ? 10_000 : 0));

const payable = fc.array(fc.nat(1_000), { minLength: horizonMonths + 1, maxLength: horizonMonths + 1 }).map((parts) => {
  const last = 10_000 - parts.slice(0, -1).reduce((total, part) => total + Math.min(part, 800), 0);
  return [...parts.slice(0, -1).map((part) => Math.min(part, 800)), last];
});
const arbitraryRisk: fc.Arbitrary<Risk> = fc.record({
  key: fc.uuid(),
  paysFen: fc.oneof(fc.bigInt({ min: 0n, max: 1_009n }), fc.bigInt({ min: 0n, max: 900_719_925_474_099n })),
  likelyBps: fc.bigInt({ min: 0n, max: 10_000n }),
  byYear: fc.boolean(),
  payableBps: payable,
});
const pools = fc.array(arbitraryRisk, { maxLength: 12 });

test('years weigh the whole, and on average change nothing', () => {
  expect(sum(years.map(({ weightBps }) => weightBps))).toBe(10_000n);
  expect(sum(years.map(({ weightBps, timesBps }) => weightBps * timesBps))).toBe(100_000_000n);
});

test('a loan of 1,000,000 fen that fails one time in fifty is expected to cost 20,000 fen, in its months', () => {
  const payableBps = [...inMonth(0)];
  payableBps[0] = 2_500;
  payableBps[horizonMonths] = 7_500;
  const risk = { key: 'a', paysFen: 1_000_000n, likelyBps: 200n, byYear: true, payableBps };
  const { months, beyondFen, totalFen } = expectedOf([risk], years);
  expect({ first: months[0], rest: sum(months.slice(1)), beyondFen, totalFen }).toEqual({
    first: 5_000n,
    rest: 0n,
    beyondFen: 15_000n,
    totalFen: 20_000n,
  });
});

test('what is certain is not less certain in a good year, and no year makes it more than certain', () => {
  const certain = { key: 'a', paysFen: 7n, likelyBps: 10_000n, byYear: false, payableBps: inMonth(3) };
  expect(expectedOf([certain], years).months[3]).toBe(7n);
  // Half the time it is half as likely as certain: 0.5 × 0.5 + 0.3 + 0.2.
  expect(expectedOf([{ ...certain, paysFen: 100n, byYear: true }], years).totalFen).toBe(75n);
  const { p10Fen, p90Fen } = rangesOf([certain], years, trials)[3] ?? { p10Fen: 0n, p90Fen: 0n };
  expect([p10Fen, p90Fen]).toEqual([7n, 7n]);
});

test('the months and what lies beyond come to the total, which is within a fen of each risk’s alone', () => {
  fc.assert(
    fc.property(pools, (risks) => {
      const { months, beyondFen, totalFen } = expectedOf(risks, years);
      expect(sum(months) + beyondFen).toBe(totalFen);
      expect(months.every((fen) => fen >= 0n)).toBe(true);
      const apart = sum(risks.map((risk) => expectedOf([risk], years).totalFen));
      expect(totalFen >= apart && totalFen <= apart + BigInt(risks.length)).toBe(true);
      expect(totalFen <= sum(risks.map(({ paysFen }) => paysFen))).toBe(true);
    }),
    options,
  );
});

test('a likelier or larger loss lowers nothing: not what is expected, not one amount of the ranges', () => {
  const more = fc.record({ likelier: fc.bigInt({ min: 0n, max: 3_000n }), dearer: fc.bigInt({ min: 0n, max: 99n }) });
  fc.assert(
    fc.property(pools, more, (risks, { likelier, dearer }) => {
      const worse = risks.map((risk) => ({
        ...risk,
        paysFen: risk.paysFen + dearer,
        likelyBps: risk.likelyBps + likelier < 10_000n ? risk.likelyBps + likelier : 10_000n,
      }));
      const [one, other] = [expectedOf(risks, years), expectedOf(worse, years)];
      expect(other.totalFen >= one.totalFen).toBe(true);
      const [ranges, worseRanges] = [rangesOf(risks, years, trials), rangesOf(worse, years, trials)];
      for (const [place, range] of ranges.entries()) {
        const then = worseRanges[place] ?? range;
        expect(then.p10Fen >= range.p10Fen && then.p50Fen >= range.p50Fen && then.p90Fen >= range.p90Fen).toBe(true);
      }
    }),
    options,
  );
});

test('ranges are in order, never fall from month to month, and do not depend on the order of the loans', () => {
  fc.assert(
    fc.property(pools, (risks) => {
      const ranges = rangesOf(risks, years, trials);
      let before = { p10Fen: 0n, p50Fen: 0n, p90Fen: 0n };
      for (const range of ranges) {
        expect(range.p10Fen <= range.p50Fen && range.p50Fen <= range.p90Fen).toBe(true);
        expect(range.p10Fen >= before.p10Fen && range.p90Fen >= before.p90Fen).toBe(true);
        before = range;
      }
      expect(rangesOf(risks.toReversed(), years, trials)).toEqual(ranges);
    }),
    options,
  );
});

test('the draws come near the exact distribution, which eight loans are few enough to write out', () => {
  const risks = Array.from({ length: 8 }, (_risk, place) => ({
    key: `loan-${place}`,
    paysFen: BigInt(1_000 + 137 * place),
    likelyBps: BigInt(600 + 300 * place),
    byYear: true,
    payableBps: inMonth(0),
  }));
  // Every set of failures with its likelihood, year by year.
  const outcomes = years.flatMap(({ weightBps, timesBps }) =>
    Array.from({ length: 2 ** risks.length }, (_set, set) => {
      let chance = Number(weightBps) / 10_000;
      let fen = 0n;
      for (const [place, { likelyBps, paysFen }] of risks.entries()) {
        const likely = Math.min(1, (Number(likelyBps) * Number(timesBps)) / 1e8);
        const fails = (set & (1 << place)) !== 0;
        chance *= fails ? likely : 1 - likely;
        if (fails) fen += paysFen;
      }
      return { fen, chance };
    }),
  );
  const atMost = (fen: bigint) => outcomes.reduce((total, one) => total + (one.fen <= fen ? one.chance : 0), 0);
  const below = (fen: bigint) => outcomes.reduce((total, one) => total + (one.fen < fen ? one.chance : 0), 0);
  const [drawn = { p10Fen: 0n, p50Fen: 0n, p90Fen: 0n }] = rangesOf(risks, years, template.trials);
  for (const [share, fen] of [
    [0.1, drawn.p10Fen],
    [0.5, drawn.p50Fen],
    [0.9, drawn.p90Fen],
  ] as const) {
    expect(below(fen)).toBeLessThan(share + 0.03);
    expect(atMost(fen)).toBeGreaterThan(share - 0.03);
  }
});
