import { divideDown, divideUp } from '#packages/money';
import { nplTolerances } from './servicing-policy.ts';

const wholeBps = 10_000n;

/** A bank's loans with pledged rights that live and have been reported; amounts outstanding as last reported. */
export type Portfolio = { loans: number; outstandingFen: bigint; nplLoans: number; nplFen: bigint };

export type Comparison = {
  /** `unknown` is no permission: without both ratios, or outside the rule's time, nobody has said that it is within. */
  state: 'within' | 'above' | 'unknown';
  reason?: 'no-loans' | 'all-loans-ratio-missing' | 'all-loans-ratio-old' | 'rule-not-in-force';
  limitBps?: bigint;
  /** How much of the limit is left: in basis points, and how much more of today's loans could turn bad. */
  roomBps?: bigint;
  roomFen?: bigint;
};

/**
 * The ratio of non-performing loans in basis points, rounded up: it never looks better than it is, and a limit in whole
 * basis points is kept by it exactly when it is kept by the amounts themselves. Undefined where nothing is outstanding.
 */
export function nplRatioBps({ outstandingFen, nplFen }: Portfolio): bigint | undefined {
  return outstandingFen === 0n ? undefined : divideUp(nplFen * wholeBps, outstandingFen);
}

export function toleranceOn(day: string): bigint | undefined {
  return nplTolerances.findLast(({ from }) => from <= day)?.gapBps;
}

/**
 * Compares a bank's loans with pledged rights with all its loans, at the same date: the second ratio must not be of an
 * earlier month than the first.
 */
export function compareNpl(
  portfolio: Portfolio,
  asOf: string | undefined,
  all: { asOf: string; bps: bigint } | undefined,
  day: string,
): Comparison {
  const gap = toleranceOn(day);
  const ratio = nplRatioBps(portfolio);
  if (gap === undefined) return { state: 'unknown', reason: 'rule-not-in-force' };
  if (ratio === undefined || asOf === undefined) return { state: 'unknown', reason: 'no-loans' };
  if (all === undefined) return { state: 'unknown', reason: 'all-loans-ratio-missing' };
  if (all.asOf.slice(0, 7) < asOf.slice(0, 7)) return { state: 'unknown', reason: 'all-loans-ratio-old' };
  const limitBps = all.bps + gap < wholeBps ? all.bps + gap : wholeBps;
  if (ratio > limitBps) return { state: 'above', limitBps, roomBps: 0n, roomFen: 0n };
  const mayBeBad = divideDown(portfolio.outstandingFen * limitBps, wholeBps);
  return { state: 'within', limitBps, roomBps: limitBps - ratio, roomFen: mayBeBad - portfolio.nplFen };
}
