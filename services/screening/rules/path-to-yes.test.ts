import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import type { CreditFacts, ScreeningFacts } from '../facts.ts';
import { city2 } from '../policies/city-2.ts';
import { city2Cases } from '../policies/city-2-cases.ts';
import { arbitraryFacts } from './arbitrary-facts.ts';
import { compile } from './engine.ts';
import { afterSteps } from './path-oracle.ts';
import { pathToYes } from './path-to-yes.ts';
import { knownAnswer, sampleToday, soundFacts, soundScreeningFacts } from './sample-facts.ts';

const policy = compile(city2);
const sound = soundFacts();
const withCredit = (change: Partial<CreditFacts>): ScreeningFacts => ({
  ...soundScreeningFacts(),
  credit: knownAnswer('credit-1', { ...sound.credit, ...change }),
});
const ask = (facts: ScreeningFacts) => pathToYes(policy, facts, sampleToday);
function pathOf(facts: ScreeningFacts) {
  const path = ask(facts);
  if (path.kind === 'none') throw new Error(JSON.stringify(path));
  return path;
}

describe('by the second policy of the city', () => {
  test('who passes has nothing to do', () => {
    expect(ask(soundScreeningFacts())).toEqual({ kind: 'path', on: sampleToday, steps: [], waits: [], shortest: true });
  });

  test('one better grade serves two rules', () => {
    expect(ask(withCredit({ taxGrade: 'D' }))).toEqual({
      kind: 'path',
      on: sampleToday,
      steps: [
        {
          change: 'improve',
          path: 'credit.taxGrade',
          facts: [{ path: 'credit.taxGrade', suitable: ['A', 'B', 'M'] }],
          rules: [
            { ruleId: 'tax-grade-not-d', hint: '向税务机关申请纳税信用修复或复评' },
            { ruleId: 'tax-grade-good', hint: '向税务机关申请纳税信用修复或复评' },
          ],
        },
      ],
      waits: [],
      shortest: true,
    });
  });

  test('an entry that has its day of removal lets go on that day, and no sooner', () => {
    const facts = withCredit({ lists: [{ kind: 'serious-tax', listedOn: '2024-01-01', removedOn: '2027-01-01' }] });
    expect(ask(facts)).toMatchObject({
      on: '2027-01-01',
      steps: [],
      waits: [{ ruleId: 'no-serious-tax', from: '2027-01-01' }],
    });
  });

  test('an entry without one can be removed, and says no day by which it would go', () => {
    const [step] = pathOf(withCredit({ lists: [{ kind: 'wage-arrears', listedOn: '2026-01-05' }] })).steps;
    expect(step).toMatchObject({
      change: 'remove',
      facts: [{ path: 'credit.lists[0].removedOn', suitable: [sampleToday] }],
      rules: [{ ruleId: 'no-wage-arrears', hint: '清偿工资后，向人力资源社会保障部门申请移出' }],
    });
    expect(step).not.toHaveProperty('holdsFrom');
  });

  test('a penalty is repaired once it was shown for its least time, or waits out its display', () => {
    const penalty = { documentNo: '1', fineFen: 0 };
    const decided = (decidedOn: string, gravity: 'minor' | 'general' | 'serious') =>
      pathOf(withCredit({ penalties: [{ ...penalty, gravity, decidedOn }] }));
    expect(decided('2026-05-01', 'general')).toMatchObject({
      on: sampleToday,
      steps: [{ change: 'repair', path: 'credit.penalties[0].repairedOn', holdsFrom: '2027-05-02' }],
    });
    expect(decided('2026-10-05', 'general')).toMatchObject({ on: '2027-01-05', steps: [{ change: 'repair' }] });
    expect(decided('2026-10-05', 'serious')).toMatchObject({ on: '2027-10-05', steps: [{ holdsFrom: '2029-10-06' }] });
  });

  test('a young enterprise waits, and does on that day what time does not do for it', () => {
    const registration = { ...sound.credit.registration, registeredOn: '2026-02-28' };
    const path = pathOf(withCredit({ registration, publicCreditGrade: 'C' }));
    expect(path).toMatchObject({
      on: '2027-02-28',
      steps: [{ path: 'credit.publicCreditGrade' }],
      waits: [{ ruleId: 'registered-twelve-months', from: '2027-02-28' }],
    });
  });

  test('a pledge is released rather than a right obtained, and a right obtained where there is none', () => {
    const [pledged] = sound.ip.assets;
    const owning = (assets: typeof sound.ip.assets) =>
      pathOf({ ...soundScreeningFacts(), ip: knownAnswer('ip-1', { assets }) });
    expect(owning([pledged!])).toMatchObject({ steps: [{ change: 'release', path: 'ip.assets[0].pledged' }] });
    expect(owning([])).toMatchObject({
      steps: [
        {
          change: 'obtain',
          path: 'ip.assets[+0]',
          facts: [
            { path: 'ip.assets[+0].filedOn', suitable: ['2006-11-24', sampleToday] },
            { path: 'ip.assets[+0].kind', suitable: ['invention'] },
            { path: 'ip.assets[+0].pledged', suitable: [false] },
            { path: 'ip.assets[+0].status', suitable: ['in-force'] },
          ],
        },
      ],
    });
  });

  test('a silent source must answer, and what it must say is told', () => {
    const path = pathOf({ ...soundScreeningFacts(), ip: { kind: 'no-consent' } });
    expect(path.steps).toMatchObject([{ change: 'answer', path: 'ip' }]);
    expect(path.steps[0]?.facts.map((fact) => fact.path)).toContain('ip.assets[+0].pledged');
    const { taxGrade: _taxGrade, registration: _registration, ...rest } = sound.credit;
    const untold = { ...soundScreeningFacts(), credit: knownAnswer('credit-1', rest) };
    expect(pathOf(untold).steps.map(({ change, path: at }) => [change, at])).toEqual([
      ['state', 'credit.registration'],
      ['state', 'credit.taxGrade'],
    ]);
  });

  test('where nothing that can change helps, the rule that stands in the way is told', () => {
    const rules = city2.rules.filter(({ id }) => id === 'size-sme');
    const never = {
      ...rules[0]!,
      id: 'founded-early',
      must: { path: 'nomination.foundedOn', op: 'on-or-before', value: '1999-12-31' },
    } as const;
    expect(pathToYes(compile({ ...city2, rules: [...rules, never] }), soundScreeningFacts(), sampleToday)).toEqual({
      kind: 'none',
      rules: [{ ruleId: 'founded-early', hint: '规模划型有误的，由推荐县区更正' }],
    });
  });

  test('every case has a path, and whoever walks it passes', () => {
    for (const { facts, today } of city2Cases) {
      const path = pathToYes(policy, facts, today);
      if (path.kind === 'none') throw new Error(JSON.stringify(path));
      expect(policy.evaluate(afterSteps(facts, path.steps), path.on).outcome).toBe('pass');
    }
  });

  test('so has any enterprise, and the day before the path has none as short', () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const path = ask(facts);
        if (path.kind === 'none') throw new Error(JSON.stringify(path));
        expect(path.shortest).toBe(true);
        expect(policy.evaluate(afterSteps(facts, path.steps), path.on).outcome).toBe('pass');
        for (const { ruleId, from } of path.waits) {
          expect(policy.evaluate(facts, from).rules.find(({ id }) => id === ruleId)?.outcome).toBe('pass');
          expect(from > sampleToday && from <= path.on).toBe(true);
        }
        if (path.on > sampleToday) {
          expect(policy.evaluate(afterSteps(facts, path.steps), addDays(path.on, -1)).outcome).not.toBe('pass');
        }
      }),
      { numRuns: 300 },
    );
  });
});
