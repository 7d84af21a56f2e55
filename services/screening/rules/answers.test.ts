import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ScreeningFacts } from '../facts.ts';
import { arbitraryCondition, arbitraryFacts, policyOf } from './arbitrary-facts.ts';
import { compile } from './engine.ts';
import { and, NO, not, or, UNKNOWN, type Verdict, YES } from './kleene.ts';
import type { Condition } from './policy-schema.ts';
import { sampleToday, soundScreeningFacts } from './sample-facts.ts';
import { type Traced, traceOf } from './telling.ts';

/*
 * Answers are noted in words of 32 bits. These policies ask for more than fit in one, of the facts at the top, of one fact
 * and of items, so that what is made of answers reaches from one word into another.
 */

const verdictOf = { pass: YES, fail: NO, unknown: UNKNOWN } as const;
const verdicts = (rules: readonly Traced[]): Verdict[] => rules.map(({ outcome }) => verdictOf[outcome]);

function together(conditions: Condition[], facts: ScreeningFacts): readonly Traced[] {
  const policy = policyOf(conditions.map((must) => ({ must, effect: 'review' })));
  return traceOf(compile(policy).evaluate(facts, sampleToday));
}

/** Each in a policy of its own, under the id that it has among the others. */
function alone(conditions: Condition[], facts: ScreeningFacts): Traced[] {
  return conditions.map((must, at) => ({ ...together([must], facts)[0]!, id: `rule-${at}` }));
}

describe('more questions than fit in a word', () => {
  test('are answered together as they are alone, and are made one as Kleene’s tables say', () => {
    const many = fc.array(arbitraryCondition({ presence: true }), { minLength: 20, maxLength: 40 });
    fc.assert(
      fc.property(many, arbitraryFacts, (parts, facts) => {
        const answers = alone(parts, facts);
        const all = { all: parts };
        const any = { any: parts };
        const rules = together([...parts, all, any, { not: all }, { not: any }], facts);
        expect(rules.slice(0, parts.length)).toEqual(answers);
        const both = verdicts(answers).reduce(and);
        const either = verdicts(answers).reduce(or);
        expect(verdicts(rules.slice(parts.length))).toEqual([both, either, not(both), not(either)]);
      }),
      { numRuns: 100 },
    );
  });

  const months = Array.from({ length: 70 }, (_item, at) => 6 * at);
  const ended = (path: string): Condition[] =>
    months.map((plusMonths) => ({ path, plusMonths, op: 'on-or-before', value: 'today' }));

  test('may be about one fact', () => {
    const conditions = ended('credit.registration.registeredOn');
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const rules = together([...conditions, { all: conditions }, { any: conditions }], facts);
        const answers = alone(conditions, facts);
        expect(rules.slice(0, months.length)).toEqual(answers);
        expect(verdicts(rules.slice(months.length))).toEqual([
          verdicts(answers).reduce(and),
          verdicts(answers).reduce(or),
        ]);
      }),
      { numRuns: 100 },
    );
  });

  test('may be about the items of a list', () => {
    const listed = (where: Condition): Condition[] => [
      { some: { of: 'credit.lists', where } },
      { none: { of: 'credit.lists', where } },
    ];
    const entries = [...ended('listedOn'), ...ended('removedOn')];
    const conditions = [...entries, { all: entries }, { any: entries }].flatMap(listed);
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        expect(together(conditions, facts)).toEqual(alone(conditions, facts));
      }),
      { numRuns: 30 },
    );
  });
});

test('nothing of one decision is left in the next', () => {
  fc.assert(
    fc.property(fc.array(arbitraryCondition({ presence: true }), { maxLength: 10 }), arbitraryFacts, (parts, facts) => {
      if (parts.length === 0) return;
      const policy = compile(policyOf(parts.map((must) => ({ must, effect: 'review' }))));
      const before = policy.evaluate(soundScreeningFacts(), sampleToday);
      const copy = structuredClone(before);
      policy.evaluate(facts, sampleToday);
      expect(before).toEqual(copy);
      expect(policy.evaluate(soundScreeningFacts(), sampleToday)).toEqual(copy);
    }),
    { numRuns: 300 },
  );
});
