import * as z from 'zod';
import { ScreeningFacts } from '../facts.ts';
import { type CompiledPolicy, compile, type Outcome } from './engine.ts';
import type { RuleOutcome } from './kleene.ts';
import { type Policy, Rule } from './policy-schema.ts';

/** What is kept beside a policy to say what it is meant to decide. */
export const PolicyCase = z.strictObject({
  name: z.string().min(1).max(200),
  facts: ScreeningFacts,
  /** The legal date of the decision. */
  today: z.iso.date(),
  expect: z.strictObject({
    outcome: z.enum(['pass', 'review', 'exclude', 'stale']),
    /** All the rules that fail, and all that are undecided, in any order. */
    failing: z.array(Rule.shape.id),
    unknown: z.array(Rule.shape.id).optional(),
    tier: Rule.shape.id.optional(),
  }),
});
export type PolicyCase = { name: string; facts: ScreeningFacts; today: string; expect: Expectation };
export type Expectation = {
  outcome: Outcome;
  failing: string[];
  unknown?: string[] | undefined;
  tier?: string | undefined;
};

/** What a case was meant to give and what it gave. `tier` is compared where the case names one. */
export type CaseResult = { name: string; met: boolean; expected: Expectation; actual: Expectation };

/** Decides every case, and says which came out as meant. */
export function runCases(policy: Policy, cases: readonly PolicyCase[]): CaseResult[] {
  const compiled = compile(policy);
  return cases.map(({ name, facts, today, expect: expected }) => {
    const actual = actualOf(compiled, facts, today);
    const met =
      actual.outcome === expected.outcome &&
      sameIds(actual.failing, expected.failing) &&
      sameIds(actual.unknown ?? [], expected.unknown ?? []) &&
      (expected.tier === undefined || expected.tier === actual.tier);
    return { name, met, expected, actual };
  });
}

function actualOf(compiled: CompiledPolicy, facts: ScreeningFacts, today: string): Expectation {
  const { outcome, rules, score } = compiled.evaluate(facts, today);
  const ids = (wanted: RuleOutcome) => rules.filter((rule) => rule.outcome === wanted).map(({ id }) => id);
  return { outcome, failing: ids('fail'), unknown: ids('unknown'), tier: score?.tier };
}

function sameIds(left: readonly string[], right: readonly string[]): boolean {
  const sorted = right.toSorted();
  return left.length === right.length && left.toSorted().every((id, index) => id === sorted[index]);
}

/** How often a rule or score row said what; `notAsked` where an earlier one had decided. */
export type Tally = { id: string; pass: number; fail: number; unknown: number; notAsked: number };

export type Coverage = {
  cases: number;
  outcomes: Record<Outcome, number>;
  rules: readonly Tally[];
  /** The same for the rows of the score tables, the county's own among them. */
  rows: readonly Tally[];
  /** Rules that no case brought to a pass or a fail. */
  neverDecided: readonly string[];
  /** Rules that no case failed: nothing shows yet that they can say no. */
  neverFailed: readonly string[];
};

/** What the cases say of a policy: which rules they try, and which they leave untried. */
export function coverage(policy: Policy, cases: readonly PolicyCase[]): Coverage {
  const compiled = compile(policy);
  const outcomes: Record<Outcome, number> = { pass: 0, review: 0, exclude: 0, stale: 0 };
  const { tables = [], local = [] } = policy.scoring ?? {};
  const tally = (ids: readonly { id: string }[]) =>
    new Map(ids.map(({ id }): [string, Tally] => [id, { id, pass: 0, fail: 0, unknown: 0, notAsked: cases.length }]));
  const rules = tally(policy.rules);
  const rows = tally([...tables, ...local].flatMap((table) => table.rows));
  for (const { facts, today } of cases) {
    const evaluation = compiled.evaluate(facts, today);
    outcomes[evaluation.outcome] += 1;
    count(rules, evaluation.rules);
    count(rows, evaluation.score?.rows ?? []);
  }
  const tallies = [...rules.values()];
  return {
    cases: cases.length,
    outcomes,
    rules: tallies,
    rows: [...rows.values()],
    neverDecided: tallies.filter(({ pass, fail }) => pass + fail === 0).map(({ id }) => id),
    neverFailed: tallies.filter(({ fail }) => fail === 0).map(({ id }) => id),
  };
}

function count(tallies: ReadonlyMap<string, Tally>, asked: readonly { id: string; outcome: RuleOutcome }[]): void {
  for (const { id, outcome } of asked) {
    const tally = tallies.get(id);
    if (tally === undefined) throw new Error(`"${id}" was decided and is not in the policy`);
    tally[outcome] += 1;
    tally.notAsked -= 1;
  }
}
