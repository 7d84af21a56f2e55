import { pledgeRatioCapBps } from '../valuation/policy.ts';
import { divideDown, divideUp } from '#packages/money';
import type { RightKind } from '../contract/right-schemas.ts';

const whole = 10_000n;
/** A ratio above a hundred times tells nobody anything, and need not fit into a number. */
const largestRatioBps = 100n * whole;

/** A right by its weight; rights of one family fall together. */
export type Weighed = { key: string; kind: RightKind; valueFen: bigint; family?: string | undefined };

/** A loan against the value that secures it (质押率 = 贷款 ÷ 评估价值). */
export type Weight = {
  valueFen: bigint;
  /** Rounded up; nothing where there is no value, or the loan is over a hundred times of it. */
  ratioBps: bigint | null;
  /** The caps of the kinds weighed by value, rounded down; what decides is `maxLoanFen`, which is exact. */
  capBps: bigint | null;
  /** The largest loan within the caps. */
  maxLoanFen: bigint;
  withinCap: boolean;
  covered: boolean;
};

export function weightOf(loanFen: bigint, rights: readonly Pick<Weighed, 'kind' | 'valueFen'>[]): Weight {
  const valueFen = rights.reduce((sum, right) => sum + right.valueFen, 0n);
  const weighed = rights.reduce((sum, right) => sum + right.valueFen * pledgeRatioCapBps[right.kind], 0n);
  const maxLoanFen = divideDown(weighed, whole);
  const ratioBps = valueFen === 0n ? largestRatioBps + 1n : divideUp(loanFen * whole, valueFen);
  return {
    valueFen,
    ratioBps: ratioBps > largestRatioBps ? null : ratioBps,
    capBps: valueFen === 0n ? null : divideDown(weighed, valueFen),
    maxLoanFen,
    withinCap: loanFen <= maxLoanFen,
    covered: loanFen <= valueFen,
  };
}

/** What is left when something falls; `breaks` are the bounds that the bundle kept before and keeps no longer. */
export type Fall = {
  of: { key: string } | { family: string };
  lostFen: bigint;
  left: Weight;
  breaks: ('ratio-cap' | 'value-below-loan')[];
};

/** What falls with each right, and with each family of several; the worst first. */
export function fallsOf(loanFen: bigint, rights: readonly Weighed[]): Fall[] {
  const before = weightOf(loanFen, rights);
  const families = Map.groupBy(rights, ({ family }) => family);
  const groups: { of: Fall['of']; falls: (right: Weighed) => boolean }[] = [
    ...rights.map(({ key }) => ({ of: { key }, falls: (right: Weighed) => right.key === key })),
    ...[...families].flatMap(([family, members]) =>
      family === undefined || members.length === 1
        ? []
        : [{ of: { family }, falls: (right: Weighed) => right.family === family }],
    ),
  ];
  return groups
    .map(({ of, falls }) => {
      const left = weightOf(
        loanFen,
        rights.filter((right) => !falls(right)),
      );
      const breaks: Fall['breaks'] = [];
      if (before.withinCap && !left.withinCap) breaks.push('ratio-cap');
      if (before.covered && !left.covered) breaks.push('value-below-loan');
      return { of, lostFen: before.valueFen - left.valueFen, left, breaks };
    })
    .toSorted(byDamage);
}

function byDamage(one: Fall, other: Fall): number {
  return (
    Number(one.left.covered) - Number(other.left.covered) ||
    compare(one.left.maxLoanFen, other.left.maxLoanFen) ||
    compare(one.left.valueFen, other.left.valueFen)
  );
}

const compare = (one: bigint, other: bigint): number => (one < other ? -1 : one > other ? 1 : 0);
