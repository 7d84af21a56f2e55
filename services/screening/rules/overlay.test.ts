import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { city1 } from '../policies/city-1.ts';
import { arbitraryFacts } from './arbitrary-facts.ts';
import { arbitraryFullPolicy, arbitraryOverlay } from './arbitrary-overlay.ts';
import { compile } from './engine.ts';
import { combine, Overlay } from './overlay.ts';
import type { Condition, Rule, Scoring } from './policy-schema.ts';
import { relaxations } from './relaxations.ts';
import { knownAnswer, sampleToday, soundFacts, soundScreeningFacts } from './sample-facts.ts';

const order = ['pass', 'review', 'stale', 'exclude'];
const rank = { fail: 0, unknown: 1, pass: 2 };

test('an overlay can only tighten: no outcome, rule or tier is better than the core’s', () => {
  let combined = 0;
  let differences = 0;
  const pair = arbitraryFullPolicy.chain((core) => fc.tuple(fc.constant(core), arbitraryOverlay(core)));
  const population = fc.array(arbitraryFacts, { minLength: 4, maxLength: 10 });
  fc.assert(
    fc.property(pair, population, fc.constantFrom(sampleToday, '2026-02-28'), ([core, overlay], city, today) => {
      const combination = combine(core, overlay);
      if (combination.kind === 'refused') return;
      combined += 1;
      const before = compile(core);
      const after = compile(combination.policy);
      for (const facts of city) {
        const [first, then] = [before.evaluate(facts, today), after.evaluate(facts, today)];
        expect(order.indexOf(then.outcome)).toBeGreaterThanOrEqual(order.indexOf(first.outcome));
        if (then.outcome !== first.outcome) differences += 1;
        for (const rule of first.rules) {
          const other = then.rules.find(({ id }) => id === rule.id);
          if (other !== undefined) expect(rank[other.outcome]).toBeLessThanOrEqual(rank[rule.outcome]);
        }
        expect([then.score?.points, then.score?.tier]).toEqual([first.score?.points, first.score?.tier]);
      }
    }),
    { numRuns: 1_500 },
  );
  expect(combined).toBeGreaterThan(300);
  expect(differences).toBeGreaterThan(50);
});

const grades = (...value: string[]): Condition => ({ path: 'credit.taxGrade', op: 'in', value });
const scoring: Scoring = {
  tables: [
    {
      id: 'tax',
      title: '纳税信用',
      hitPolicy: 'first',
      rows: [{ id: 'tax-a', title: '甲', when: grades('A'), points: 10 }],
      basis: '试验',
    },
  ],
  tiers: [
    { id: 'upper', title: '上', atLeast: 10 },
    { id: 'lower', title: '下', atLeast: 0 },
  ],
  floor: 5,
  localAtMost: 4,
};
const core = { ...city1, scoring };
const overlay: Overlay = {
  version: '411525-1',
  base: core.version,
  divisionCode: '411525',
  validFrom: '2026-06-01',
  title: '固始县附加规则',
  rules: [],
  tighten: [],
};
const rule = (id: string): Rule => core.rules.find((one) => one.id === id)!;
const localTable = (points: number) => ({
  ...scoring.tables[0]!,
  id: 'tea',
  rows: [{ id: 'tea-1', title: '茶', when: grades('A', 'B'), points }],
});

describe('a county', () => {
  test('adds rules, conditions, graver effects, thresholds and points of its own', () => {
    const own: Rule = { ...rule('registration-active'), id: 'tax-a-only', effect: 'review', must: grades('A') };
    const combination = combine(core, {
      ...overlay,
      rules: [own, { ...rule('tax-grade-good'), must: grades('A') }],
      tighten: [
        { ruleId: 'no-abnormal-entry', effect: 'exclude' },
        {
          ruleId: 'registered-twelve-months',
          and: { path: 'credit.registration.registeredOn', plusMonths: 24, op: 'on-or-before', value: 'today' },
        },
      ],
      scoring: { floor: 8, tiers: [{ id: 'lower', atLeast: 1 }], local: [localTable(4)] },
    });
    if (combination.kind === 'refused') throw new Error(JSON.stringify(combination.problems));
    const { policy } = combination;
    expect(policy).toMatchObject({ version: 'city-1~411525-1', validFrom: '2026-06-01', title: '固始县附加规则' });
    expect(policy.rules.map(({ id }) => id)).toEqual([...core.rules.map(({ id }) => id), 'tax-a-only']);
    const { credit } = soundFacts();
    const compiled = compile(policy);
    expect(compiled.evaluate(soundScreeningFacts(), sampleToday)).toMatchObject({
      outcome: 'pass',
      policyVersion: 'city-1~411525-1',
      score: { points: 10, tier: 'upper', floor: 'pass', local: 4 },
    });
    const decide = (change: object) =>
      compiled.evaluate(
        { ...soundScreeningFacts(), credit: knownAnswer('credit-1', { ...credit, ...change }) },
        sampleToday,
      );
    expect(decide({ taxGrade: 'B' })).toMatchObject({
      outcome: 'review',
      score: { points: 0, floor: 'fail', local: 4 },
    });
    expect(decide({ abnormal: [{ listedOn: '2026-07-08' }] }).outcome).toBe('exclude');
    expect(decide({ registration: { ...credit.registration, registeredOn: '2025-03-01' } }).outcome).toBe('review');
  });

  const display = rule('no-other-penalty').must;
  const shorter = JSON.parse(JSON.stringify(display).replace('"plusMonths":12', '"plusMonths":6')) as Condition;

  test.each<[string, Partial<Overlay>, string | undefined, string]>([
    [
      'lower an effect',
      { tighten: [{ ruleId: 'tax-grade-not-d', effect: 'review' }] },
      'tax-grade-not-d',
      '降为人工审核',
    ],
    ['lower it by restating', { rules: [{ ...rule('size-sme'), effect: 'review' }] }, 'size-sme', '降为人工审核'],
    [
      'allow another word',
      { rules: [{ ...rule('tax-grade-good'), must: grades('A', 'B', 'M') }] },
      'tax-grade-good',
      '增加 M',
    ],
    [
      'shorten a time',
      {
        rules: [
          {
            ...rule('registered-twelve-months'),
            must: { path: 'credit.registration.registeredOn', plusMonths: 6, op: 'on-or-before', value: 'today' },
          },
        ],
      },
      'registered-twelve-months',
      '由 "today"（加 12 个月） 改为 "today"（加 6 个月）',
    ],
    ['shorten a display', { rules: [{ ...rule('no-other-penalty'), must: shorter }] }, 'no-other-penalty', '限度放宽'],
    [
      'forgive a missing fact',
      {
        rules: [
          { ...rule('tax-grade-good'), must: { any: [{ path: 'credit.taxGrade', op: 'absent' }, grades('A', 'B')] } },
        ],
      },
      'tax-grade-good',
      '“credit.taxGrade”缺失时的处理',
    ],
    [
      'ask fewer enterprises',
      { rules: [{ ...rule('tax-grade-good'), when: { path: 'nomination.sizeClass', op: 'equals', value: 'medium' } }] },
      'tax-grade-good',
      '适用前提',
    ],
    [
      'ask something else',
      {
        rules: [
          { ...rule('size-sme'), must: { not: { path: 'nomination.industryCode', op: 'begins-with', value: ['J'] } } },
        ],
      },
      'size-sme',
      '不能证明',
    ],
    [
      'tighten what is not there',
      { tighten: [{ ruleId: 'no-such-rule', effect: 'exclude' }] },
      'no-such-rule',
      '没有这条规则',
    ],
    ['tighten nothing', { tighten: [{ ruleId: 'size-sme' }] }, 'size-sme', '没有写明'],
    ['lie on another policy', { base: 'city-0' }, undefined, 'city-0'],
    ['lower a tier', { scoring: { tiers: [{ id: 'upper', atLeast: 9 }] } }, 'upper', '降为 9 分'],
    ['invent a tier', { scoring: { tiers: [{ id: 'best', atLeast: 9 }] } }, 'best', '没有这个分档'],
    ['lower the floor', { scoring: { floor: 4 } }, 'floor', '降为 4 分'],
    ['give points that outweigh', { scoring: { local: [localTable(5)] } }, 'tea', '最多 4 分'],
    ['turn the tiers around', { scoring: { tiers: [{ id: 'lower', atLeast: 11 }] } }, undefined, '不合格式'],
    [
      'ask for a fact nobody delivers',
      { rules: [{ ...rule('size-sme'), id: 'own', must: { path: 'credit.rating', op: 'present' } }] },
      'own',
      '不能执行',
    ],
  ])('may not %s', (_case, change, ruleId, words) => {
    const combination = combine(core, { ...overlay, ...change });
    if (combination.kind === 'combined') throw new Error('it was combined');
    const [problem] = combination.problems;
    expect(problem?.ruleId).toBe(ruleId);
    expect(problem?.message).toContain(words);
  });

  test('whose core gives no points may give none', () => {
    const combination = combine(city1, { ...overlay, scoring: { local: [localTable(1)] } });
    expect(combination).toMatchObject({ kind: 'refused', problems: [{ message: '市级策略没有评分，县级不得另设' }] });
  });

  test('writes data: what the schema does not know, it refuses', () => {
    expect(Overlay.parse(overlay)).toEqual(overlay);
    expect(Overlay.safeParse({ ...overlay, remove: ['size-sme'] }).success).toBe(false);
  });
});

describe('a whole policy compared with another', () => {
  test('is not milder than itself', () => {
    expect(relaxations(core, core)).toEqual([]);
  });

  test('is milder without a rule, a table, or with more points', () => {
    const [, ...rules] = core.rules;
    expect(relaxations(core, { ...core, rules })).toEqual([
      { ruleId: 'registration-active', message: '删除了市级规则' },
    ]);
    expect(relaxations(core, city1)).toEqual([{ ruleId: 'tax', message: '删除了市级评分表' }]);
    const more = {
      ...scoring,
      tables: [...scoring.tables, localTable(3)],
      localAtMost: 9,
      tiers: scoring.tiers.slice(1),
    };
    expect(relaxations(core, { ...core, scoring: more }).map(({ ruleId }) => ruleId)).toEqual([
      'tea',
      'upper',
      'localAtMost',
    ]);
  });
});

test('a second opinion may be added, and is never dropped', () => {
  const asks = { secondOpinion: 'development-reform' as const };
  expect(combine(core, { ...overlay, ...asks })).toMatchObject({ kind: 'combined', policy: asks });
  expect(combine({ ...core, ...asks }, overlay)).toMatchObject({ kind: 'combined', policy: asks });
  expect(combine(core, overlay)).not.toHaveProperty('policy.secondOpinion');
  expect(relaxations({ ...core, ...asks }, core)).toEqual([{ ruleId: 'secondOpinion', message: '取消了第二部门意见' }]);
});
