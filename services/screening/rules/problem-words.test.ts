import { expect, test } from 'vitest';
import { tryCompile } from './engine.ts';
import { type Condition, MAX_DEPTH } from './policy-schema.ts';
import { policyOf } from './arbitrary-facts.ts';
import { said } from './problem-words.ts';

const deep = Array.from({ length: MAX_DEPTH }).reduce<Condition>((not) => ({ not }), {
  path: 'credit.taxGrade',
  op: 'present',
});

test.each<[string, Condition]>([
  ['an unknown fact', { path: 'credit.mood', op: 'present' }],
  ['an unknown fact that is compared', { path: 'credit.mood', op: 'equals', value: 'good' }],
  ['a word the fact never says', { path: 'credit.taxGrade', op: 'in', value: ['E'] }],
  ['a date asked of a grade', { path: 'credit.taxGrade', op: 'on-or-before', value: 'today' }],
  ['no list', { none: { of: 'credit.taxGrade', where: { path: 'kind', op: 'present' } } }],
  ['too deep', deep],
  ['another source', { path: 'ip.assets', op: 'present' }],
])('%s is told in the words of who drafts the policy', (_what, must) => {
  const { rules, ...policy } = policyOf([{ must, effect: 'review' }]);
  const compilation = tryCompile({ ...policy, rules: rules.map((rule) => ({ ...rule, source: 'nomination' })) });
  if (compilation.kind === 'compiled') throw new Error('compiled');
  for (const problem of compilation.problems) {
    const { ruleId, message } = said(problem);
    expect(ruleId).toBe(problem.ruleId);
    const reason = message.slice(message.indexOf('：') + 1);
    expect(reason).not.toBe(problem.message);
    expect(reason).toMatch(/^[“\p{Script=Han}]/u);
  }
});
