import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScreeningFacts } from '../facts.ts';
import { arbitraryFacts, arbitraryPolicy } from './arbitrary-facts.ts';
import { compile, type Evaluation } from './engine.ts';
import type { Read } from './frames.ts';
import type { Condition, Rule } from './policy-schema.ts';
import { sampleToday } from './sample-facts.ts';
import { traceOf } from './telling.ts';

/*
 * A second reading of what a rule tells: it walks the condition from left to right and writes down every fact that is
 * named, once for the rule and once for each item, and every list once.
 */

type Told = { path: string; [what: string]: unknown };
type Walk = { told: Told[]; missing: string[] };

function walkRule({ when, must }: Rule, root: unknown): Walk {
  const walk: Walk = { told: [], missing: [] };
  const seen = new Set<string>();
  for (const condition of when === undefined ? [must] : [when, must]) walkCondition(condition, root, '', seen, walk);
  return walk;
}

function walkCondition(condition: Condition, root: unknown, name: string, seen: Set<string>, walk: Walk): void {
  if ('all' in condition) for (const part of condition.all) walkCondition(part, root, name, seen, walk);
  else if ('any' in condition) for (const part of condition.any) walkCondition(part, root, name, seen, walk);
  else if ('not' in condition) walkCondition(condition.not, root, name, seen, walk);
  else if ('some' in condition || 'none' in condition) {
    const { of, where } = 'some' in condition ? condition.some : condition.none;
    const items = valueAt(root, of);
    const told = Array.isArray(items) ? { count: items.length } : { missing: true };
    if (!seen.has(of)) walk.told.push({ path: of, ...told });
    seen.add(of);
    if (!Array.isArray(items)) walk.missing.push(of);
    else for (const [at, item] of items.entries()) walkCondition(where, item, `${of}[${at}].`, seen, walk);
  } else {
    const other = 'value' in condition && typeof condition.value === 'object' && 'path' in condition.value;
    for (const path of other ? [condition.path, (condition.value as { path: string }).path] : [condition.path]) {
      const value = valueAt(root, path);
      if (!seen.has(`${name}${path}`)) walk.told.push({ path: `${name}${path}`, ...toldOf(value) });
      seen.add(`${name}${path}`);
      if (value === undefined && condition.op !== 'present' && condition.op !== 'absent')
        walk.missing.push(`${name}${path}`);
    }
  }
}

function toldOf(value: unknown): object {
  if (value === undefined) return { missing: true };
  if (typeof value !== 'object') return { value };
  if (!Array.isArray(value)) return { present: true };
  return value.every((word) => typeof word === 'string') ? { value } : { count: value.length };
}

function valueAt(root: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], root);
}

function rootOf({ nomination, credit, ip }: ScreeningFacts): unknown {
  return {
    nomination: nomination.data,
    credit: credit.kind === 'known' ? credit.data : undefined,
    ip: ip.kind === 'known' ? ip.data : undefined,
  };
}

const told = (evaluation: Evaluation): Read[][] => traceOf(evaluation).map(({ read }) => read);
const byPath = (reads: readonly { path: string }[]) =>
  reads.toSorted((one, other) => (one.path < other.path ? -1 : Number(one.path > other.path)));

describe('whatever the policy and the facts', () => {
  const policy = arbitraryPolicy({ presence: true });

  test('each rule tells every fact it names, once, whatever decided', () => {
    fc.assert(
      fc.property(policy, arbitraryFacts, (data, facts) => {
        const walked = data.rules.map((rule) => walkRule(rule, rootOf(facts)).told);
        expect(told(compile(data).evaluate(facts, sampleToday)).map(byPath)).toEqual(walked.map(byPath));
      }),
      { numRuns: 1_000 },
    );
  });

  test('the unknowns are the missing facts that undecided rules asked for, each once', () => {
    fc.assert(
      fc.property(policy, arbitraryFacts, (data, facts) => {
        const { rules, unknowns } = compile(data).evaluate(facts, sampleToday);
        const undecided = data.rules.filter((_rule, at) => rules[at]?.outcome === 'unknown');
        const missing = undecided.flatMap((rule) => walkRule(rule, rootOf(facts)).missing);
        expect(unknowns.map(({ path }) => path).toSorted()).toEqual([...new Set(missing)].toSorted());
      }),
      { numRuns: 1_000 },
    );
  });

  test('of long lists each rule tells the items that decide it, not those that decide another', () => {
    const assets = (facts: ScreeningFacts) => (facts.ip.kind === 'known' ? facts.ip.data.assets : []);
    fc.assert(
      fc.property(policy, arbitraryFacts, (data, facts) => {
        if (facts.ip.kind !== 'known' || assets(facts).length === 0) return;
        const many = Array.from({ length: 50 }, (_item, at) => assets(facts)[at % assets(facts).length]!);
        const long: ScreeningFacts = { ...facts, ip: { ...facts.ip, data: { assets: many } } };
        const together = told(compile(data).evaluate(long, sampleToday));
        const alone = data.rules.flatMap((rule) =>
          told(compile({ ...data, rules: [rule] }).evaluate(long, sampleToday)),
        );
        expect(together).toEqual(alone);
      }),
      { numRuns: 500 },
    );
  });
});
