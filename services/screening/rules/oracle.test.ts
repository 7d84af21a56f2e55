import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ScreeningFacts } from '../facts.ts';
import { arbitraryFacts, arbitraryPolicy } from './arbitrary-facts.ts';
import { compile } from './engine.ts';
import type { Comparison, Condition, Policy } from './policy-schema.ts';
import { sampleToday } from './sample-facts.ts';

/*
 * A second reading of what a policy means, as slow and plain as can be: it walks the condition for every decision,
 * calculates dates with Date and has no tables. The compiled engine must agree with it on random policies and facts.
 */

type Verdict = 'yes' | 'no' | 'unknown';

function interpret(condition: Condition, root: unknown, today: string): Verdict {
  const parts = (list: Condition[]) => list.map((part) => interpret(part, root, today));
  if ('all' in condition) return conjunction(parts(condition.all));
  if ('any' in condition) return opposite(conjunction(parts(condition.any).map(opposite)));
  if ('not' in condition) return opposite(interpret(condition.not, root, today));
  if ('some' in condition) return opposite(interpret({ none: condition.some }, root, today));
  if ('none' in condition) {
    const items = valueAt(root, condition.none.of);
    if (!Array.isArray(items)) return 'unknown';
    return conjunction(items.map((item) => opposite(interpret(condition.none.where, item, today))));
  }
  return compare(condition, root, today);
}

function compare(comparison: Comparison, root: unknown, today: string): Verdict {
  const value = valueAt(root, comparison.path);
  const say = (truth: boolean): Verdict => (truth ? 'yes' : 'no');
  if (comparison.op === 'present') return say(value !== undefined);
  if (comparison.op === 'absent') return say(value === undefined);
  if (value === undefined) return 'unknown';
  switch (comparison.op) {
    case 'equals':
      return say(value === comparison.value);
    case 'in':
    case 'not-in': {
      const words = Array.isArray(comparison.value) ? comparison.value : valueAt(root, comparison.value.path);
      if (words === undefined) return 'unknown';
      return say((words as unknown[]).includes(value) === (comparison.op === 'in'));
    }
    case 'begins-with':
      return say(comparison.value.some((beginning) => (value as string).indexOf(beginning) === 0));
    case 'at-least':
      return say((value as number) >= comparison.value);
    case 'at-most':
      return say((value as number) <= comparison.value);
    case 'on-or-before':
    case 'on-or-after': {
      const end = later(value as string, comparison.plusMonths ?? 0);
      const limit = Date.parse(comparison.value === 'today' ? today : comparison.value);
      return say(comparison.op === 'on-or-before' ? end <= limit : end >= limit);
    }
  }
}

function later(date: string, months: number): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month + months, 0)).getUTCDate();
  return Date.UTC(year, month - 1 + months, Math.min(day, lastDay));
}

function conjunction(verdicts: Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

function opposite(verdict: Verdict): Verdict {
  return ({ yes: 'no', no: 'yes', unknown: 'unknown' } as const)[verdict];
}

function valueAt(root: unknown, path: string): unknown {
  return path.split('.').reduce((value, key) => (value as Record<string, unknown> | undefined)?.[key], root);
}

function decideNaively(policy: Policy, facts: ScreeningFacts, today: string) {
  const answers = [facts.credit, facts.ip];
  const root = {
    nomination: facts.nomination.data,
    credit: facts.credit.kind === 'known' ? facts.credit.data : undefined,
    ip: facts.ip.kind === 'known' ? facts.ip.data : undefined,
  };
  const rules = policy.rules.map(({ when, must, effect }) => {
    const verdict = interpret(when === undefined ? must : { any: [{ not: when }, must] }, root, today);
    return { effect, outcome: ({ yes: 'pass', no: 'fail', unknown: 'unknown' } as const)[verdict] };
  });
  const outcomes = rules.map((rule) => rule.outcome);
  if (answers.some((answer) => answer.kind === 'no-consent')) return { outcome: 'stale', outcomes };
  if (rules.some((rule) => rule.outcome === 'fail' && rule.effect === 'exclude'))
    return { outcome: 'exclude', outcomes };
  if (answers.some((answer) => answer.kind === 'unavailable')) return { outcome: 'stale', outcomes };
  return { outcome: outcomes.every((outcome) => outcome === 'pass') ? 'pass' : 'review', outcomes };
}

test('the compiled engine decides as the plain reading does', () => {
  const days = fc.constantFrom(sampleToday, '2026-02-28', '2024-02-29', '2026-03-31', '2026-01-01');
  fc.assert(
    fc.property(
      arbitraryPolicy({ presence: true }),
      fc.array(arbitraryFacts, { minLength: 1, maxLength: 6 }),
      days,
      (policy, population, today) => {
        const compiled = compile(policy);
        for (const facts of population) {
          const { outcome, rules } = compiled.evaluate(facts, today);
          expect({ outcome, outcomes: rules.map((rule) => rule.outcome) }).toEqual(decideNaively(policy, facts, today));
        }
      },
    ),
    { numRuns: 1_500 },
  );
});
