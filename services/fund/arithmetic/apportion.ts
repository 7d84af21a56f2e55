import { divideDown, divideUp } from '#packages/money';

export type Weight = { kind: 'public' | 'private'; weightFen: bigint };

/**
 * How a cumulative recovery is split over a loss, by what each party is out by: one after another, each its part of what
 * is still unallocated over the weights not yet served, the public parties first (rounded up), then the private ones
 * (rounded down), the bank with what is left. Computed on the total so far, never on one recovery, so that roundings do
 * not add up; nobody gets more than its weight, and no part falls as the total grows.
 * @param recoveredFen of `lossFen`, all since the weights were taken
 * @param weights in the programme's order; what they leave of the loss is the bank's
 * @throws RangeError where the weights are more than the loss, or more was recovered than was lost
 */
export function apportion(recoveredFen: bigint, lossFen: bigint, weights: readonly Weight[]): bigint[] {
  if (recoveredFen > lossFen) throw new RangeError(`${recoveredFen} recovered of a loss of ${lossFen}`);
  const parts = weights.map(() => 0n);
  let unallocated = recoveredFen;
  let unserved = lossFen;
  for (const turn of ['public', 'private'] as const) {
    for (const [place, { kind, weightFen }] of weights.entries()) {
      if (kind !== turn || weightFen === 0n) continue;
      const part =
        turn === 'public' ? divideUp(unallocated * weightFen, unserved) : divideDown(unallocated * weightFen, unserved);
      parts[place] = part;
      unallocated -= part;
      unserved -= weightFen;
      if (unserved < 0n) throw new RangeError(`weights beyond a loss of ${lossFen}`);
    }
  }
  return parts;
}
