import type { Table } from '#packages/table';
import type { PolicyBook } from './policy-book.ts';
import type { CompiledPolicy } from './rules/engine.ts';
import { getPolicies } from './store/policy.ts';

/** Where explanations and replays find policies. */
export type PolicyLookup = {
  /** The policy that once decided, whether or not it is still in force. */
  policyByVersion(version: string): Promise<CompiledPolicy | undefined>;
  /** The policy in force on a legal date for the enterprises of a division. Releases since have changed no past day. */
  policyOn(day: string, divisionCode: string): Promise<CompiledPolicy | undefined>;
};

export function policyLookup({ table, book }: { table: Table; book: PolicyBook }): PolicyLookup {
  return {
    async policyByVersion(version) {
      return (await book.policyOf(version)) === undefined ? undefined : book.policy(version);
    },
    async policyOn(day, divisionCode) {
      return book.inForce(await getPolicies(table), day, divisionCode);
    },
  };
}
