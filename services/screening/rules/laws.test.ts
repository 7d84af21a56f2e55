import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ListKind, type ScreeningFacts } from '../facts.ts';
import { city1 } from '../policies/city-1.ts';
import { arbitraryCondition, arbitraryFacts, arbitraryPolicy, policyOf } from './arbitrary-facts.ts';
import { compile, type RuleOutcome } from './engine.ts';
import type { Condition } from './policy-schema.ts';
import { sampleToday } from './sample-facts.ts';

const condition = arbitraryCondition({ presence: true });
const runs = { numRuns: 500 };
const policy = compile(city1);
const opposite = { pass: 'fail', fail: 'pass', unknown: 'unknown' } as const;

function ask(must: Condition, facts: ScreeningFacts): RuleOutcome {
  return compile(policyOf([{ must, effect: 'review' }])).evaluate(facts, sampleToday).rules[0]!.outcome;
}

function sameAnswer(left: Condition, right: Condition, facts: ScreeningFacts): void {
  expect(ask(left, facts)).toBe(ask(right, facts));
}

describe('compiled conditions obey three-valued logic', () => {
  test('de Morgan', () => {
    const parts = fc.array(condition, { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(parts, arbitraryFacts, (all, facts) => {
        sameAnswer({ not: { all } }, { any: all.map((not) => ({ not })) }, facts);
        sameAnswer({ not: { any: all } }, { all: all.map((not) => ({ not })) }, facts);
      }),
      runs,
    );
  });

  test('double negation, and negation turns pass and fail around', () => {
    fc.assert(
      fc.property(condition, arbitraryFacts, (must, facts) => {
        sameAnswer({ not: { not: must } }, must, facts);
        expect(ask({ not: must }, facts)).toBe(opposite[ask(must, facts)]);
      }),
      runs,
    );
  });

  test('order and repetition do not matter', () => {
    fc.assert(
      fc.property(condition, condition, arbitraryFacts, (left, right, facts) => {
        sameAnswer({ all: [left, right] }, { all: [right, left, right] }, facts);
        sameAnswer({ any: [left, right] }, { any: [right, left, right] }, facts);
      }),
      runs,
    );
  });

  test('learning a fact never turns a definite answer', () => {
    const asking = arbitraryCondition({ presence: false });
    const forgetting = fc.infiniteStream(fc.boolean());
    fc.assert(
      fc.property(asking, arbitraryFacts, forgetting, (must, facts, coin) => {
        const before = ask(
          must,
          forget(facts, () => coin.next().value === true),
        );
        if (before !== 'unknown') expect(ask(must, facts)).toBe(before);
      }),
      { numRuns: 1_000 },
    );
  });
});

/** Takes away some of the facts that may be unknown: whole answers, and what a source may leave out. */
function forget(facts: ScreeningFacts, chance: () => boolean): ScreeningFacts {
  const unknownThere = { kind: 'unknown-there', fetchedAt: '2026-11-23T01:00:00.000Z' } as const;
  const optional = new Set([
    'registration',
    'taxGrade',
    'publicCreditGrade',
    'removedOn',
    'displayUntil',
    'repairedOn',
  ]);
  const thinned = JSON.parse(
    JSON.stringify(facts, (key, value: unknown) => (optional.has(key) && chance() ? undefined : value)),
  ) as ScreeningFacts;
  return {
    ...thinned,
    credit: chance() && chance() ? unknownThere : thinned.credit,
    ip: chance() && chance() ? unknownThere : thinned.ip,
  };
}

describe('a decision', () => {
  test('is a function of facts, policy and day alone', () => {
    fc.assert(
      fc.property(arbitraryPolicy({ presence: true }), arbitraryFacts, arbitraryFacts, (data, facts, others) => {
        const compiled = compile(data);
        const before = structuredClone(facts);
        const first = compiled.evaluate(facts, sampleToday);
        compiled.evaluate(others, '2026-02-28');
        expect(compiled.evaluate(reversed(facts) as ScreeningFacts, sampleToday)).toEqual(first);
        expect(compile(structuredClone(data)).evaluate(facts, sampleToday)).toEqual(first);
        expect(facts).toEqual(before);
      }),
      { numRuns: 300 },
    );
  });

  test('passes only where both sources are known and every rule holds', () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const { outcome, rules } = policy.evaluate(facts, sampleToday);
        const sound = rules.every((rule) => rule.outcome === 'pass');
        expect(outcome === 'pass').toBe(sound && facts.credit.kind === 'known' && facts.ip.kind === 'known');
      }),
      { numRuns: 2_000 },
    );
  });

  test('with one more entry on a hard list is exclude, or stale where it may not be taken', () => {
    fc.assert(
      fc.property(arbitraryFacts, fc.constantFrom(...ListKind.options), (facts, kind) => {
        if (facts.credit.kind !== 'known') return;
        const lists = [...facts.credit.data.lists, { kind, listedOn: '2026-11-23' }];
        const credit = { ...facts.credit, data: { ...facts.credit.data, lists } };
        const expected = facts.ip.kind === 'no-consent' ? 'stale' : 'exclude';
        expect(policy.evaluate({ ...facts, credit }, sampleToday).outcome).toBe(expected);
      }),
      runs,
    );
  });

  test('never becomes pass because a fact went missing', () => {
    // Not so for `displayUntil`: a day that the source names may be later than the law's longest display, and is obeyed.
    const optional = ['registration', 'taxGrade', 'publicCreditGrade', 'removedOn', 'repairedOn'];
    fc.assert(
      fc.property(arbitraryFacts, fc.constantFrom(...optional), (facts, gone) => {
        const before = policy.evaluate(facts, sampleToday).outcome;
        const without = JSON.parse(
          JSON.stringify(facts, (key, value: unknown) => (key === gone ? undefined : value)),
        ) as ScreeningFacts;
        const after = policy.evaluate(without, sampleToday).outcome;
        if (before !== 'pass') expect(after).not.toBe('pass');
        for (const source of ['credit', 'ip'] as const) {
          const unknown = { ...facts, [source]: { kind: 'unknown-there', fetchedAt: '2026-11-23T01:00:00.000Z' } };
          expect(policy.evaluate(unknown as ScreeningFacts, sampleToday).outcome).not.toBe('pass');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

/** The same with every object's keys the other way round. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
