import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { arbitraryFacts } from '../rules/arbitrary-facts.ts';
import { coverage, PolicyCase, runCases } from '../rules/coverage.ts';
import { compile } from '../rules/engine.ts';
import { Policy } from '../rules/policy-schema.ts';
import { relaxations } from '../rules/relaxations.ts';
import { sampleToday } from '../rules/sample-facts.ts';
import { mostOf } from '../rules/scores.ts';
import { city1 } from './city-1.ts';
import { city2 } from './city-2.ts';
import { city2Cases } from './city-2-cases.ts';

test('is valid data with 25 rules and a hundred points', () => {
  expect(Policy.parse(city2)).toEqual(city2);
  expect(city2.rules).toHaveLength(25);
  expect(city2.scoring?.tables.reduce((sum, table) => sum + mostOf(table), 0)).toBe(100);
});

describe('the cases beside it', () => {
  test('are data', () => {
    for (const one of city2Cases) expect(PolicyCase.parse(one)).toEqual(one);
  });

  test.each(runCases(city2, city2Cases).map((result) => [result.name, result] as const))('%s', (_name, result) => {
    expect({ ...result.actual, met: result.met }).toMatchObject({ ...result.expected, met: true });
  });

  test('bring every rule to a pass and to a fail, and every score row to points', () => {
    const report = coverage(city2, city2Cases);
    expect(report).toMatchObject({ cases: city2Cases.length, neverDecided: [], neverFailed: [] });
    expect(report.rules.filter(({ pass }) => pass === 0)).toEqual([]);
    expect(report.rows.filter(({ pass }) => pass === 0)).toEqual([]);
  });
});

test('differs from the first version in what it says on purpose, and in nothing else', () => {
  // The lists became eight rules, the lesser penalties two, tax grade M is good, older penalties keep the older
  // display, an invention is asked for its term (arbitrary ones are younger).
  expect(relaxations(city1, city2).map(({ ruleId }) => ruleId)).toEqual([
    'no-serious-list',
    'tax-grade-good',
    'no-serious-penalty',
    'no-other-penalty',
  ]);
  const [first, second] = [compile(city1), compile(city2)];
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      if (facts.credit.kind !== 'known') return;
      const { taxGrade, penalties } = facts.credit.data;
      const ungraded = penalties.some(
        ({ decidedOn, displayUntil }) => decidedOn < '2026-04-01' && displayUntil === undefined,
      );
      if (taxGrade === 'M' || ungraded || facts.nomination.data.foundedOn > sampleToday) return;
      expect(second.evaluate(facts, sampleToday).outcome).toBe(first.evaluate(facts, sampleToday).outcome);
    }),
    { numRuns: 1_000 },
  );
});
