import { city2 } from './policies/city-2.ts';
import { defaultPolicy } from './policy.ts';
import { compile, type CompiledPolicy } from './rules/engine.ts';

/** Where explanations and replays find policies. */
export type PolicyLookup = {
  /** The policy that once decided, whether or not it is still in force. */
  policyByVersion(version: string): Promise<CompiledPolicy | undefined>;
  /** The policy in force on a legal date for the enterprises of a division. */
  policyOn(day: string, divisionCode: string): Promise<CompiledPolicy | undefined>;
};

/** The policies that come with the software. */
export function builtInPolicies(): PolicyLookup {
  const inForce = compile(defaultPolicy);
  const known = new Map([inForce, compile(city2)].map((policy) => [policy.version, policy]));
  return {
    policyByVersion: async (version) => known.get(version),
    policyOn: async () => inForce,
  };
}
