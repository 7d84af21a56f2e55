import type { PolicyCase } from '../rules/coverage.ts';
import type { Policy } from '../rules/policy-schema.ts';
import { city1 } from './city-1.ts';
import { city2 } from './city-2.ts';
import { city2Cases } from './city-2-cases.ts';

/** A policy that is released with the software, from its own first day on. */
export type BuiltIn = { policy: Policy; cases: readonly PolicyCase[] };

/** The oldest first; the first has no end. A city that released none of its own is screened by these. */
export const builtInPolicies: readonly [BuiltIn, ...BuiltIn[]] = [
  { policy: city1, cases: [] },
  { policy: city2, cases: city2Cases },
];

export function builtIn(version: string): BuiltIn | undefined {
  return builtInPolicies.find(({ policy }) => policy.version === version);
}
