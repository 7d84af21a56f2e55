import { expect, test } from 'vitest';
import { policyOf } from './arbitrary-facts.ts';
import { coverage, type PolicyCase, runCases } from './coverage.ts';
import type { Policy } from './policy-schema.ts';
import { knownAnswer, sampleToday, soundFacts, soundScreeningFacts } from './sample-facts.ts';

const policy: Policy = {
  ...policyOf([
    { must: { path: 'nomination.sizeClass', op: 'in', value: ['small'] }, effect: 'review' },
    { must: { path: 'credit.taxGrade', op: 'not-in', value: ['D'] }, effect: 'exclude' },
    { must: { path: 'credit.penalties', op: 'present' }, effect: 'review' },
    {
      when: { path: 'nomination.sizeClass', op: 'equals', value: 'large' },
      must: { path: 'credit.publicCreditGrade', op: 'equals', value: 'A' },
      effect: 'review',
    },
  ]),
  hitPolicy: 'first',
};
const { taxGrade: _taxGrade, ...untaxed } = soundFacts().credit;
const sound = soundScreeningFacts();
const cases: PolicyCase[] = [
  { name: 'sound', facts: sound, today: sampleToday, expect: { outcome: 'pass', failing: [] } },
  {
    name: 'grade D',
    facts: { ...sound, credit: knownAnswer('credit-1', { ...untaxed, taxGrade: 'D' }) },
    today: sampleToday,
    expect: { outcome: 'exclude', failing: ['rule-1'] },
  },
  {
    name: 'no grade, and a case that expects too much',
    facts: { ...sound, credit: knownAnswer('credit-1', untaxed) },
    today: sampleToday,
    expect: { outcome: 'pass', failing: [] },
  },
];

test('a case says what it was meant to give and what it gave', () => {
  const results = runCases(policy, cases);
  expect(results.map(({ met }) => met)).toEqual([true, true, false]);
  expect(results[2]).toMatchObject({ actual: { outcome: 'review', failing: [], unknown: ['rule-1'] } });
  const [first] = cases;
  const tiered = { ...first!, expect: { ...first!.expect, tier: 'priority' } };
  expect(runCases(policy, [tiered])[0]).toMatchObject({ met: false });
});

test('the report counts what each rule said, and names those that never decided or never said no', () => {
  const report = coverage(policy, cases);
  expect(report.outcomes).toEqual({ pass: 1, review: 1, exclude: 1, stale: 0 });
  expect(report.rules).toEqual([
    { id: 'rule-0', pass: 2, fail: 0, unknown: 0, notAsked: 1 },
    { id: 'rule-1', pass: 1, fail: 1, unknown: 1, notAsked: 0 },
    { id: 'rule-2', pass: 2, fail: 0, unknown: 0, notAsked: 1 },
    { id: 'rule-3', pass: 2, fail: 0, unknown: 0, notAsked: 1 },
  ]);
  expect(report).toMatchObject({ cases: 3, neverDecided: [], neverFailed: ['rule-0', 'rule-2', 'rule-3'] });
  expect(coverage(policy, []).neverDecided).toEqual(['rule-0', 'rule-1', 'rule-2', 'rule-3']);
});
