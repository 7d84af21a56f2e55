import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryFacts, policyOf } from './arbitrary-facts.ts';
import { arbitraryFullPolicy } from './arbitrary-overlay.ts';
import { compile, type Evaluation, tryCompile } from './engine.ts';
import { type Condition, Policy, type Scoring, type ScoreTable } from './policy-schema.ts';
import { knownAnswer, sampleToday, soundFacts, soundScreeningFacts } from './sample-facts.ts';
import { readsOf } from './telling.ts';

const taxIn = (...value: string[]): Condition => ({ path: 'credit.taxGrade', op: 'in', value });
const small: Condition = { path: 'nomination.sizeClass', op: 'in', value: ['small', 'micro'] };
const table = (hitPolicy: 'collect' | 'first', ...rows: [Condition, number][]): ScoreTable => ({
  id: hitPolicy,
  title: '评分',
  hitPolicy,
  rows: rows.map(([when, points], at) => ({ id: `${hitPolicy}-${at}`, title: '评分项', when, points })),
  basis: '试验',
});
const scoring = (tables: ScoreTable[], more: Partial<Scoring> = {}): Scoring => ({
  tables,
  tiers: [
    { id: 'upper', title: '上', atLeast: 10 },
    { id: 'lower', title: '下', atLeast: 4 },
  ],
  localAtMost: 0,
  ...more,
});
const { credit } = soundFacts();
const withTax = (taxGrade: 'A' | 'B' | 'M' | 'C' | undefined) => {
  const { taxGrade: _before, ...rest } = credit;
  const data = taxGrade === undefined ? rest : { ...rest, taxGrade };
  return { ...soundScreeningFacts(), credit: knownAnswer('credit-1', data) };
};
const evaluate = (data: Scoring, facts = soundScreeningFacts()) =>
  compile({ ...policyOf([{ must: small, effect: 'review' }]), scoring: data }).evaluate(facts, sampleToday);

describe('points', () => {
  const bands = table('first', [taxIn('A'), 9], [taxIn('A', 'B'), 5], [taxIn('A', 'B', 'M'), 2]);

  test.each<['A' | 'B' | 'M' | 'C' | undefined, object]>([
    ['A', { points: 9, possible: 9, tier: 'lower', unknowns: [] }],
    ['B', { points: 5, possible: 5, tier: 'lower', unknowns: [] }],
    ['M', { points: 2, possible: 2, unknowns: [] }],
    ['C', { points: 0, possible: 0, unknowns: [] }],
    [undefined, { points: 0, possible: 9, unknowns: ['credit.taxGrade'] }],
  ])('first: the first row that holds, for tax grade %s', (grade, expected) => {
    const { score } = evaluate(scoring([bands]), withTax(grade));
    expect(score).toMatchObject(expected);
    expect(score?.tier === undefined).toBe(!('tier' in expected));
  });

  test('first: a row that holds after an undecided one gives nothing yet', () => {
    const { score } = evaluate(scoring([table('first', [taxIn('A'), 9], [small, 4])]), withTax(undefined));
    expect(score).toMatchObject({ points: 0, possible: 9 });
    expect(score?.rows.map(({ outcome, points }) => [outcome, points])).toEqual([
      ['unknown', 0],
      ['pass', 0],
    ]);
  });

  test('collect: all rows that hold, and the rest is listed with what it read', () => {
    const collect = table('collect', [taxIn('A'), 9], [small, 4], [{ not: small }, 7]);
    expect(evaluate(scoring([collect])).score).toMatchObject({ points: 13, possible: 13, tier: 'upper' });
    const { score, found } = evaluate(scoring([collect]), withTax(undefined));
    expect(score).toMatchObject({ points: 4, possible: 13, tier: 'lower', unknowns: ['credit.taxGrade'] });
    const rows = score?.rows.map(({ asked, ...row }) => ({ ...row, read: readsOf(found, asked) }));
    expect(rows).toEqual([
      { id: 'collect-0', outcome: 'unknown', points: 0, read: [{ path: 'credit.taxGrade', missing: true }] },
      { id: 'collect-1', outcome: 'pass', points: 4, read: [{ path: 'nomination.sizeClass', value: 'small' }] },
      { id: 'collect-2', outcome: 'fail', points: 0, read: [{ path: 'nomination.sizeClass', value: 'small' }] },
    ]);
  });

  test.each<['A' | 'B' | undefined, string, string]>([
    ['A', 'pass', 'pass'],
    ['B', 'fail', 'review'],
    [undefined, 'unknown', 'review'],
  ])('below the floor a person looks (tax grade %s)', (grade, floor, outcome) => {
    const evaluation = evaluate(scoring([table('collect', [taxIn('A'), 9])], { floor: 9 }), withTax(grade));
    expect(evaluation).toMatchObject({ outcome, score: { floor } });
  });

  test('a county’s own points count for neither tier nor floor', () => {
    const data = scoring([table('collect', [taxIn('B'), 9])], {
      floor: 1,
      localAtMost: 50,
      local: [table('first', [small, 50])],
    });
    const evaluation = evaluate(data);
    expect(evaluation).toMatchObject({ outcome: 'review', score: { points: 0, local: 50, floor: 'fail' } });
    expect(evaluation.score?.tier).toBeUndefined();
  });

  test('rows are compiled like rules: what is wrong is told under the row’s id', () => {
    const broken = scoring([table('collect', [{ path: 'credit.rating', op: 'present' }, 1])]);
    expect(tryCompile({ ...policyOf([{ must: small, effect: 'review' }]), scoring: broken })).toMatchObject({
      kind: 'refused',
      problems: [{ ruleId: 'collect-0' }],
    });
  });

  test('the schema asks for tiers from the best down, and ids of their own', () => {
    const policy = policyOf([{ must: small, effect: 'review' }]);
    const valid = (data: Scoring) => Policy.safeParse({ ...policy, scoring: data }).success;
    const good = scoring([table('collect', [small, 1])]);
    expect(valid(good)).toBe(true);
    expect(valid({ ...good, tiers: good.tiers.toReversed() })).toBe(false);
    expect(valid({ ...good, tables: [...good.tables, ...good.tables] })).toBe(false);
    expect(valid({ ...good, tables: [table('collect', [small, 0])] })).toBe(false);
    expect(Policy.safeParse({ ...policy, validThrough: '2025-12-31' }).success).toBe(false);
  });
});

const order = ['pass', 'review', 'stale', 'exclude'];
const runs = { numRuns: 500 };

describe('whatever the policy and the facts', () => {
  const forBoth = (
    check: (policy: Policy, before: Evaluation, after: Evaluation) => void,
    change: (p: Policy) => Policy,
  ) =>
    fc.assert(
      fc.property(arbitraryFullPolicy, arbitraryFacts, (policy, facts) => {
        check(
          policy,
          compile(policy).evaluate(facts, sampleToday),
          compile(change(policy)).evaluate(facts, sampleToday),
        );
      }),
      runs,
    );

  test('points never make an outcome better than the rules alone do', () => {
    const plain = ({ scoring: _scoring, ...policy }: Policy) => policy;
    forBoth((_policy, scored, unscored) => {
      expect(order.indexOf(scored.outcome)).toBeGreaterThanOrEqual(order.indexOf(unscored.outcome));
    }, plain);
  });

  test('both hit policies of the rules come to the same outcome, and first stops at the first failure', () => {
    const collect = (policy: Policy): Policy => ({ ...policy, hitPolicy: 'collect' });
    forBoth((policy, asked, all) => {
      expect(asked.outcome).toBe(all.outcome);
      const failed = asked.rules.filter((rule) => rule.outcome === 'fail');
      if (policy.hitPolicy !== 'first') return;
      expect(failed.length).toBe(all.rules.some((rule) => rule.outcome === 'fail') ? 1 : 0);
      const hard = all.rules.some((rule) => rule.outcome === 'fail' && rule.effect === 'exclude');
      if (hard) expect(failed[0]?.effect).toBe('exclude');
      for (const rule of asked.rules) expect(all.rules).toContainEqual(rule);
    }, collect);
  });

  test('the points are what the rows of the city gave, and the tier the best they reach', () => {
    fc.assert(
      fc.property(arbitraryFullPolicy, arbitraryFacts, (policy, facts) => {
        const { score } = compile(policy).evaluate(facts, sampleToday);
        if (score === undefined || policy.scoring === undefined) return;
        expect(score.points).toBeLessThanOrEqual(score.possible);
        const coreRows = policy.scoring.tables.flatMap(({ rows }) => rows.map(({ id }) => id));
        const given = score.rows.filter(({ id }) => coreRows.includes(id)).reduce((sum, row) => sum + row.points, 0);
        expect(given).toBe(score.points);
        const best = policy.scoring.tiers.find(({ atLeast }) => score.points >= atLeast);
        expect(score.tier).toBe(best?.id);
      }),
      runs,
    );
  });
});
