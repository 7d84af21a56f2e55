import { describe, expect, test } from 'vitest';
import type { ScreeningFacts, SourceAnswer } from '../facts.ts';
import { policyOf } from './arbitrary-facts.ts';
import { compile, tryCompile } from './engine.ts';
import { type Condition, MAX_DEPTH, Policy } from './policy-schema.ts';
import { knownAnswer, sampleToday, soundFacts, soundScreeningFacts } from './sample-facts.ts';
import { traceOf } from './telling.ts';

const fetchedAt = '2026-11-23T01:00:00.000Z';
const unavailable: SourceAnswer<never> = { kind: 'unavailable', reason: 'timeout', fetchedAt };
const unknownThere: SourceAnswer<never> = { kind: 'unknown-there', fetchedAt };
const noConsent: SourceAnswer<never> = { kind: 'no-consent' };

const taxGood: Condition = { path: 'credit.taxGrade', op: 'in', value: ['A', 'B'] };
const hasAsset: Condition = { some: { of: 'ip.assets', where: { path: 'pledged', op: 'equals', value: false } } };

function evaluateRule(must: Condition, facts: ScreeningFacts = soundScreeningFacts(), when?: Condition) {
  const rule = { must, effect: 'review' as const, ...(when !== undefined && { when }) };
  const evaluation = compile(policyOf([rule])).evaluate(facts, sampleToday);
  return { ...traceOf(evaluation)[0]!, unknowns: evaluation.unknowns };
}

describe('the decision', () => {
  const { credit } = soundFacts();
  const bad = knownAnswer('credit-1', { ...credit, taxGrade: 'D' as const });
  const silent = knownAnswer('credit-1', { ...credit, taxGrade: undefined });
  const good = soundScreeningFacts();
  const policies = {
    exclude: compile(
      policyOf([
        { must: taxGood, effect: 'exclude' },
        { must: hasAsset, effect: 'review' },
      ]),
    ),
    review: compile(
      policyOf([
        { must: taxGood, effect: 'review' },
        { must: hasAsset, effect: 'review' },
      ]),
    ),
  };

  test.each<[string, keyof typeof policies, Partial<ScreeningFacts>, string]>([
    ['all rules hold', 'exclude', {}, 'pass'],
    ['a hard rule fails', 'exclude', { credit: bad }, 'exclude'],
    ['a soft rule fails', 'review', { credit: bad }, 'review'],
    ['a hard rule is undecided', 'exclude', { credit: silent }, 'review'],
    ['the source knows no such enterprise', 'exclude', { credit: unknownThere }, 'review'],
    ['a source did not answer', 'review', { ip: unavailable }, 'stale'],
    ['a source did not answer and a soft rule fails', 'review', { credit: bad, ip: unavailable }, 'stale'],
    ['a source did not answer and a hard rule fails', 'exclude', { credit: bad, ip: unavailable }, 'exclude'],
    ['a consent is missing', 'review', { ip: noConsent }, 'stale'],
    ['a consent is missing and a hard rule fails', 'exclude', { credit: bad, ip: noConsent }, 'stale'],
  ])('%s (%s)', (_case, policy, change, outcome) => {
    expect(policies[policy].evaluate({ ...good, ...change }, sampleToday).outcome).toBe(outcome);
  });

  test('a day that is no legal date is a fault', () => {
    expect(() => policies.review.evaluate(good, '2026-11-23T00:00:00Z')).toThrow('legal date');
  });
});

describe('a rule', () => {
  test('tells the values it read, and the records it rests on', () => {
    const rule = evaluateRule({ all: [{ path: 'nomination.sizeClass', op: 'equals', value: 'small' }, taxGood] });
    expect(rule.outcome).toBe('pass');
    expect(rule.read).toEqual([
      { path: 'nomination.sizeClass', value: 'small' },
      { path: 'credit.taxGrade', value: 'A' },
    ]);
    expect(rule.evidence).toEqual([
      { source: 'nomination', recordId: '91411502MA9TETT0X9', observedAt: '2026-10-09T03:00:00.000Z' },
      { source: 'credit', recordId: 'credit-1', observedAt: '2026-11-20T02:00:00.000Z' },
    ]);
  });

  test('reads on after the answer is clear, so that the trace does not hang on the order of its parts', () => {
    const size: Condition = { path: 'nomination.sizeClass', op: 'equals', value: 'large' };
    expect(evaluateRule({ all: [size, taxGood] }).read).toHaveLength(2);
    expect(evaluateRule({ any: [taxGood, size] }).read).toHaveLength(2);
  });

  test.each<[string, SourceAnswer<never>, string, string]>([
    ['a silent source', unavailable, 'unavailable', '没有给出可信的答复'],
    ['an enterprise unknown there', unknownThere, 'unknown-there', '查无此企业'],
    ['no consent', noConsent, 'no-consent', '没有有效的查询授权'],
  ])('says that it is undecided for %s', (_case, ip, cause, words) => {
    const rule = evaluateRule(hasAsset, { ...soundScreeningFacts(), ip });
    expect(rule).toMatchObject({ outcome: 'unknown', evidence: [], unknowns: [{ path: 'ip.assets', cause }] });
    expect(rule.reason).toContain(words);
  });

  test('says which fact a source has not recorded', () => {
    const { taxGrade: _absent, ...credit } = soundFacts().credit;
    const rule = evaluateRule(taxGood, { ...soundScreeningFacts(), credit: knownAnswer('credit-1', credit) });
    expect(rule).toMatchObject({
      outcome: 'unknown',
      read: [{ path: 'credit.taxGrade', missing: true }],
      unknowns: [{ path: 'credit.taxGrade', cause: 'not-recorded' }],
    });
  });

  test('that does not apply passes; one that may apply is undecided', () => {
    const large: Condition = { path: 'nomination.sizeClass', op: 'equals', value: 'large' };
    const gradeD: Condition = { path: 'credit.taxGrade', op: 'equals', value: 'D' };
    expect(evaluateRule(gradeD, soundScreeningFacts(), large).outcome).toBe('pass');
    const unknown = { ...soundScreeningFacts(), credit: unknownThere };
    expect(evaluateRule(large, unknown, gradeD).outcome).toBe('unknown');
  });

  test.each<[string, Condition, number]>([
    ['no item', { none: { of: 'credit.lists', where: { path: 'kind', op: 'equals', value: 'safety' } } }, 1],
    ['an absent item field', { some: { of: 'credit.penalties', where: { path: 'repairedOn', op: 'absent' } } }, 1],
    ['a number', { none: { of: 'credit.penalties', where: { path: 'fineFen', op: 'at-least', value: 500_001 } } }, 1],
    ['a beginning', { path: 'nomination.industryCode', op: 'begins-with', value: ['D', 'C3'] }, 0],
    [
      'another fact',
      { path: 'credit.registration.divisionCode', op: 'in', value: { path: 'nomination.divisionCodes' } },
      0,
    ],
    ['a record', { path: 'credit.registration', op: 'present' }, 0],
  ])('can ask for %s', (_case, must) => {
    expect(evaluateRule(must).outcome).toBe('pass');
  });

  test('of a long list tells the first items, and of the rest those that decide', () => {
    const [asset] = soundFacts().ip.assets;
    const assets = Array.from({ length: 500 }, (_item, index) => ({ ...asset!, pledged: index !== 400 }));
    const rule = evaluateRule(hasAsset, { ...soundScreeningFacts(), ip: knownAnswer('ip-1', { assets }) });
    expect(rule.outcome).toBe('pass');
    expect(rule.read).toHaveLength(22);
    expect(rule.read[0]).toEqual({ path: 'ip.assets', count: 500 });
    expect(rule.read.at(-1)).toEqual({ path: 'ip.assets[400].pledged', value: false });
  });
});

describe('a policy', () => {
  const nest = (depth: number): Condition => (depth === 1 ? taxGood : { not: nest(depth - 1) });
  const every: Condition = { none: { of: 'credit.lists', where: { path: 'kind', op: 'present' } } };

  test.each<[string, Condition, string]>([
    ['a fact nobody delivers', { path: 'credit.taxgrade', op: 'equals', value: 'A' }, 'no fact'],
    ['a prototype name', { path: 'credit.constructor', op: 'present' }, 'no fact'],
    ['a word nobody says', { path: 'credit.taxGrade', op: 'in', value: ['A', 'E'] }, '"in"'],
    ['a number for a text', { path: 'credit.taxGrade', op: 'equals', value: 1 }, '"equals"'],
    ['an order of texts', { path: 'credit.taxGrade', op: 'at-least', value: 1 }, '"at-least"'],
    ['a date of a text', { path: 'credit.taxGrade', op: 'on-or-after', value: 'today' }, '"on-or-after"'],
    ['a beginning of a date', { path: 'nomination.foundedOn', op: 'begins-with', value: ['2'] }, '"begins-with"'],
    ['membership in no list of texts', { path: 'credit.taxGrade', op: 'in', value: { path: 'ip.assets' } }, '"in"'],
    ['items of what is no list', { some: { of: 'credit.registration', where: taxGood } }, 'not a list'],
    ['items within items', { some: { of: 'ip.assets', where: every } }, 'not a list'],
    ['too much nesting', nest(MAX_DEPTH + 1), 'deep'],
  ])('is refused for %s', (_case, must, words) => {
    const compilation = tryCompile(
      policyOf([
        { must: taxGood, effect: 'review' },
        { must, effect: 'review' },
      ]),
    );
    if (compilation.kind !== 'refused') throw new Error('it was compiled');
    expect(
      compilation.problems
        .filter(({ ruleId }) => ruleId === 'rule-1')
        .map(({ message }) => message)
        .join(),
    ).toContain(words);
    expect(() => compile(policyOf([{ must, effect: 'review' }]))).toThrow('rule-0');
  });

  test('is refused where a rule reads nothing of the source it names', () => {
    const policy = policyOf([{ must: taxGood, effect: 'review' }]);
    const rules = policy.rules.map((rule) => ({ ...rule, source: 'ip' as const }));
    expect(tryCompile({ ...policy, rules }).kind).toBe('refused');
  });

  test('is data: what its schema does not know, it refuses', () => {
    const policy = policyOf([{ must: taxGood, effect: 'review' }]);
    const [rule] = policy.rules;
    const parse = (change: object) => Policy.safeParse({ ...policy, rules: [{ ...rule, ...change }] }).success;
    expect(parse({})).toBe(true);
    expect(parse({ must: { path: 'credit.taxGrade', op: 'matches', value: '.*' } })).toBe(false);
    expect(parse({ must: { ...taxGood, note: '' } })).toBe(false);
    expect(parse({ must: { all: [] } })).toBe(false);
    expect(parse({ effect: 'pass' })).toBe(false);
    expect(Policy.safeParse({ ...policy, rules: [rule, rule] }).success).toBe(false);
  });
});
