import type { Conclusion, MethodResult, ValuationRequest } from '../contract/valuation-schemas.ts';
import { meanOf } from './appraise.ts';
import { roundHalfUp, whole } from './exact.ts';

type Concluded = { kind: 'concluded'; conclusion: Conclusion } | { kind: 'reason-needed' };

/**
 * One value of several methods' results: the one that was chosen, else the mean of the middle values. A chosen value that
 * no method's range holds needs a reason.
 */
export function reconcile(results: readonly MethodResult[], chosen: ValuationRequest['conclusion']): Concluded {
  const middles = results.map(({ range }) => range.middleFen);
  const meanFen = meanOf(middles);
  const spreadFen = most(middles) - least(middles);
  const valueFen = chosen?.valueFen ?? meanFen;
  const outsideEveryRange = results.every(({ range }) => valueFen < range.lowFen || valueFen > range.highFen);
  if (chosen !== undefined && outsideEveryRange && chosen.reason === undefined) return { kind: 'reason-needed' };
  return {
    kind: 'concluded',
    conclusion: {
      valueFen,
      how: howOf(results, chosen),
      ...(chosen?.reason !== undefined && { reason: chosen.reason }),
      outsideEveryRange,
      lowFen: least(results.map(({ range }) => range.lowFen)),
      highFen: most(results.map(({ range }) => range.highFen)),
      spreadFen,
      spreadBps: meanFen === 0n ? null : Number(roundHalfUp({ numerator: spreadFen * whole, denominator: meanFen })),
    },
  };
}

function howOf(results: readonly MethodResult[], chosen: ValuationRequest['conclusion']): Conclusion['how'] {
  if (chosen !== undefined) return 'chosen';
  return results.length === 1 ? 'only-method' : 'mean';
}

function least(values: readonly bigint[]): bigint {
  return values.reduce((one, other) => (other < one ? other : one));
}

function most(values: readonly bigint[]): bigint {
  return values.reduce((one, other) => (other > one ? other : one));
}
