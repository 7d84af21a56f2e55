import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryCondition, arbitraryFacts, policyOf } from './arbitrary-facts.ts';
import { arbitraryEdit } from './arbitrary-overlay.ts';
import { compile, tryCompile } from './engine.ts';
import type { Condition } from './policy-schema.ts';
import { sampleToday } from './sample-facts.ts';
import { atLeastAsStrict } from './tightening.ts';

const rank = { fail: 0, unknown: 1, pass: 2 };
const days = [sampleToday, '2026-02-28', '2026-11-25', '2025-11-30'];

/** How far a condition holds for facts on several days. */
function verdicts(must: Condition, facts: Parameters<ReturnType<typeof compile>['evaluate']>[0]): number[] {
  const compiled = compile(policyOf([{ must, effect: 'review' }]));
  return days.map((day) => rank[compiled.evaluate(facts, day).rules[0]!.outcome]);
}

const condition = arbitraryCondition({ presence: true });

test('what is proved stricter never says more, on any facts and day', () => {
  let proved = 0;
  const pair = condition.chain((core) =>
    fc.tuple(fc.constant(core), fc.oneof(arbitraryEdit(core), arbitraryEdit(core).chain(arbitraryEdit))),
  );
  fc.assert(
    fc.property(pair, fc.array(arbitraryFacts, { minLength: 4, maxLength: 8 }), ([core, edited], population) => {
      if (tryCompile(policyOf([{ must: edited, effect: 'review' }])).kind === 'refused') return;
      const stricter = atLeastAsStrict(edited, core);
      const milder = atLeastAsStrict(core, edited);
      if (stricter || milder) proved += 1;
      for (const facts of population) {
        const [before, after] = [verdicts(core, facts), verdicts(edited, facts)];
        if (stricter) expect(after.every((verdict, at) => verdict <= before[at]!)).toBe(true);
        if (milder) expect(after.every((verdict, at) => verdict >= before[at]!)).toBe(true);
      }
    }),
    { numRuns: 1_500 },
  );
  expect(proved).toBeGreaterThan(300);
});

test('a condition is as strict as itself, as its double negation, and milder than itself with more', () => {
  fc.assert(
    fc.property(condition, condition, (core, more) => {
      expect(atLeastAsStrict(core, core)).toBe(true);
      expect(atLeastAsStrict({ not: { not: core } }, core)).toBe(true);
      expect(atLeastAsStrict({ all: [more, core] }, core)).toBe(true);
      expect(atLeastAsStrict(core, { any: [more, core] })).toBe(true);
      expect(atLeastAsStrict({ not: { any: [more, core] } }, { not: core })).toBe(true);
    }),
  );
});

const grade = (op: 'in' | 'not-in', ...value: string[]): Condition => ({ path: 'credit.taxGrade', op, value });
const fine = (op: 'at-least' | 'at-most', value: number): Condition => ({ path: 'fineFen', op, value });
const age = (plusMonths: number, value = 'today'): Condition => ({
  path: 'nomination.foundedOn',
  plusMonths,
  op: 'on-or-before',
  value,
});
const industry = (...value: string[]): Condition => ({ path: 'nomination.industryCode', op: 'begins-with', value });
const until = (plusMonths: number): Condition => ({ path: 'decidedOn', plusMonths, op: 'on-or-after', value: 'today' });
const none = (where: Condition): Condition => ({ none: { of: 'credit.penalties', where } });
const some = (where: Condition): Condition => ({ some: { of: 'credit.penalties', where } });

describe('proved', () => {
  test.each<[string, Condition, Condition]>([
    ['fewer words', grade('in', 'A'), grade('in', 'A', 'B')],
    ['more refused words', grade('not-in', 'C', 'D'), grade('not-in', 'D')],
    ['words instead of a refusal', grade('in', 'A', 'B'), grade('not-in', 'D')],
    ['one word', { path: 'credit.taxGrade', op: 'equals', value: 'A' }, grade('in', 'A', 'B')],
    ['a longer time', age(24), age(12)],
    ['an earlier day', age(12, '2025-01-01'), age(12, '2026-01-01')],
    ['longer beginnings', industry('C39', 'C40'), industry('C')],
    ['more refused beginnings', { not: industry('J', 'K') }, { not: industry('J') }],
    [
      'words that do not begin so',
      { path: 'nomination.industryCode', op: 'in', value: ['C39'] },
      { not: industry('J') },
    ],
    ['none of more items', none(until(36)), none(until(12))],
    ['none of items with less said of them', none(until(12)), none({ all: [until(12), fine('at-least', 100)] })],
    ['a smaller bound', none(fine('at-least', 50)), none(fine('at-least', 100))],
    ['some of fewer items', some({ all: [until(12), fine('at-most', 5)] }), some(fine('at-most', 9))],
    ['not some for none', { not: some(until(12)) }, none(until(12))],
    ['a fact that must be there besides', { all: [{ path: 'credit.taxGrade', op: 'present' }, age(12)] }, age(12)],
  ])('%s', (_case, stricter, core) => {
    expect(atLeastAsStrict(stricter, core)).toBe(true);
    expect(atLeastAsStrict(core, stricter) && !_case.startsWith('not some')).toBe(false);
  });
});

describe('not proved, because it is not so', () => {
  test.each<[string, Condition, Condition]>([
    [
      'a missing fact that is forgiven',
      { any: [{ path: 'credit.taxGrade', op: 'absent' }, grade('in', 'A')] },
      grade('in', 'A'),
    ],
    ['another fact', { path: 'credit.publicCreditGrade', op: 'in', value: ['A'] }, grade('in', 'A')],
    ['a day of the calendar for today', age(12, '2025-01-01'), age(12)],
    ['another list', { none: { of: 'credit.lists', where: until(12) } }, none(until(12))],
    ['some for none', some(until(12)), none(until(12))],
    ['a choice more', { any: [grade('in', 'A'), age(60)] }, grade('in', 'A')],
    ['one of two conditions', grade('in', 'A'), { all: [grade('in', 'A'), age(12)] }],
  ])('%s', (_case, candidate, core) => {
    expect(atLeastAsStrict(candidate, core)).toBe(false);
  });
});
