import fc from 'fast-check';
import { arbitraryCondition, arbitraryPolicy, policyOf } from './arbitrary-facts.ts';
import type { Overlay } from './overlay.ts';
import type { Comparison, Condition, Policy, Rule, Scoring, ScoreTable } from './policy-schema.ts';

/*
 * Random scoring, random edits of a condition, and overlays that a county might write: some tighten, some relax, most do
 * a little of both. For property tests.
 */

const condition = arbitraryCondition({ presence: true });
const basis = '试验';

/** `count` table ids begin with `prefix`, so that the tables of two draws do not clash. */
function arbitraryTables(prefix: string, least: number): fc.Arbitrary<ScoreTable[]> {
  const rows = fc.array(fc.record({ when: condition, points: fc.integer({ min: 1, max: 20 }) }), {
    minLength: 1,
    maxLength: 3,
  });
  const table = fc.record({ hitPolicy: fc.constantFrom<('collect' | 'first')[]>('collect', 'first'), rows });
  return fc.array(table, { minLength: least, maxLength: 3 }).map((tables) =>
    tables.map(({ hitPolicy, rows: drawn }, at) => ({
      id: `${prefix}-${at}`,
      title: '评分',
      hitPolicy,
      rows: drawn.map((row, index) => ({ id: `${prefix}-${at}-${index}`, title: '评分项', ...row })),
      basis,
    })),
  );
}

export const arbitraryScoring: fc.Arbitrary<Scoring> = fc.record(
  {
    tables: arbitraryTables('table', 1),
    tiers: fc
      .uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 3 })
      .map((points) => points.toSorted((one, other) => other - one))
      .map((points) => points.map((atLeast, at) => ({ id: `tier-${at}`, title: '档', atLeast }))),
    floor: fc.integer({ min: 0, max: 40 }),
    localAtMost: fc.integer({ min: 0, max: 60 }),
  },
  { noNullPrototype: true, requiredKeys: ['tables', 'tiers', 'localAtMost'] },
);

/** A policy with either hit policy, and mostly with points. */
export const arbitraryFullPolicy: fc.Arbitrary<Policy> = fc
  .record(
    {
      policy: arbitraryPolicy({ presence: true }),
      hitPolicy: fc.constantFrom<('collect' | 'first')[]>('collect', 'first'),
      scoring: arbitraryScoring,
    },
    { noNullPrototype: true, requiredKeys: ['policy'] },
  )
  .map(({ policy, ...more }) => ({ ...policy, ...more }));

/** The same condition with one place of it changed, for the stricter or the milder. */
export function arbitraryEdit(original: Condition): fc.Arbitrary<Condition> {
  const here: fc.Arbitrary<Condition>[] = [
    condition.map((other) => ({ all: [original, other] })),
    condition.map((other) => ({ any: [original, other] })),
    fc.constant({ not: { not: original } }),
  ];
  return fc.oneof(...here, { weight: 6, arbitrary: editInside(original) });
}

function editInside(original: Condition): fc.Arbitrary<Condition> {
  if ('all' in original) return editParts(original.all).map((all) => ({ all }));
  if ('any' in original) return editParts(original.any).map((any) => ({ any }));
  if ('not' in original) return editInside(original.not).map((not) => ({ not }));
  if ('some' in original) {
    return editInside(original.some.where).map((where) => ({ some: { of: original.some.of, where } }));
  }
  if ('none' in original) {
    return editInside(original.none.where).map((where) => ({ none: { of: original.none.of, where } }));
  }
  return editComparison(original);
}

function editParts(parts: readonly Condition[]): fc.Arbitrary<Condition[]> {
  return fc.nat({ max: parts.length - 1 }).chain((at) => {
    const changed = editInside(parts[at] ?? { all: [] }).map((part) => parts.with(at, part));
    const fewer = parts.toSpliced(at, 1);
    return fewer.length === 0 ? changed : fc.oneof(changed, fc.constant(fewer));
  });
}

function editComparison(comparison: Comparison): fc.Arbitrary<Condition> {
  const step = fc.constantFrom(-2, -1, 1, 2);
  switch (comparison.op) {
    case 'in':
    case 'not-in':
    case 'begins-with': {
      const { value } = comparison;
      if (!Array.isArray(value)) return fc.constant(comparison);
      const words = fc.subarray([...new Set([...value, 'A', 'M', '411503', 'C39', 'safety', 'small'])], {
        minLength: 1,
      });
      const others = words.filter((some) => fitsAsWell(comparison.path, some, value));
      return others.map((some) => ({ ...comparison, value: some }));
    }
    case 'at-least':
    case 'at-most':
      return step.map((more) => ({ ...comparison, value: comparison.value + more }));
    case 'on-or-before':
    case 'on-or-after':
      return step.map((more) => ({ ...comparison, plusMonths: Math.max(0, (comparison.plusMonths ?? 0) + more) }));
    case 'equals':
    case 'present':
    case 'absent':
      return fc.constant({ not: comparison });
  }
}

/** Only words that the fact can say: the others would not be compiled. */
function fitsAsWell(path: string, words: readonly string[], before: readonly string[]): boolean {
  const spoken: Record<string, readonly string[]> = {
    'credit.taxGrade': ['A', 'M'],
    'credit.publicCreditGrade': ['A'],
    'nomination.sizeClass': ['small'],
    kind: [],
    status: [],
    gravity: [],
  };
  const open = /(divisionCode|industryCode|registration\.status)$/.test(path);
  const known = open ? words : (spoken[path] ?? []);
  return words.every((word) => before.includes(word) || known.includes(word));
}

/** What a county might write upon `core`. */
export function arbitraryOverlay(core: Policy): fc.Arbitrary<Overlay> {
  const effect = fc.constantFrom<Rule['effect'][]>('exclude', 'review');
  const anyRule = fc.constantFrom(...core.rules);
  const restated = anyRule.chain((rule) =>
    fc.record({ must: arbitraryEdit(rule.must), effect }).map((change) => [{ ...rule, ...change }]),
  );
  const own = fc
    .record({ must: condition, effect })
    .map((rule) => policyOf([rule]).rules.map((one) => ({ ...one, id: 'own' })));
  const tighten = anyRule.chain((rule) =>
    fc.record(
      { ruleId: fc.constant(rule.id), and: condition, effect },
      { ...optional, requiredKeys: ['ruleId', 'and'] },
    ),
  );
  return fc.record(
    {
      version: fc.constant('county-1'),
      base: fc.constant(core.version),
      divisionCode: fc.constant('411502'),
      validFrom: fc.constant('2026-06-01'),
      title: fc.constant('县级收紧'),
      rules: fc
        .uniqueArray(fc.oneof(restated, own), { maxLength: 2, selector: ([rule]) => rule?.id })
        .map((rules) => rules.flat()),
      tighten: fc.array(tighten, { maxLength: 2 }),
      scoring: fc.record(
        { floor: fc.integer({ min: 0, max: 60 }), local: arbitraryTables('local', 0) },
        { ...optional, requiredKeys: [] },
      ),
    },
    { ...optional, requiredKeys: ['version', 'base', 'divisionCode', 'validFrom', 'title', 'rules', 'tighten'] },
  );
}

const optional = { noNullPrototype: true } as const;
