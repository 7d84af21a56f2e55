/**
 * Kleene's three-valued logic. The verdicts are ordered false < unknown < true, so that *and* is the lesser, *or* the
 * greater and *not* the mirror image; what is unknown becomes definite only where the rest decides alone.
 */
export const NO = 0;
export const UNKNOWN = 1;
export const YES = 2;
export type Verdict = typeof NO | typeof UNKNOWN | typeof YES;

export function and(left: Verdict, right: Verdict): Verdict {
  return left < right ? left : right;
}

export function or(left: Verdict, right: Verdict): Verdict {
  return left > right ? left : right;
}

export function not(verdict: Verdict): Verdict {
  if (verdict === UNKNOWN) return UNKNOWN;
  return verdict === YES ? NO : YES;
}

/** What a verdict is called wherever people or other programs read it. */
export type RuleOutcome = 'pass' | 'fail' | 'unknown';
