import { describe, expect, test } from 'vitest';
import { type CreditFacts, type IpFacts, ListKind, type NominationFacts, type ScreeningFacts } from '../facts.ts';
import { city1 } from './city-1.ts';
import { compile } from '../rules/engine.ts';
import { Policy } from '../rules/policy-schema.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';

const today = '2026-11-23';
const policy = compile(city1);
const sound = soundFacts();

type Change = { nomination?: Partial<NominationFacts>; credit?: Partial<CreditFacts>; ip?: Partial<IpFacts> };

function factsWith({ nomination, credit, ip }: Change): ScreeningFacts {
  return {
    nomination: { ...sound.nomination, data: { ...sound.nomination.data, ...nomination } },
    credit: knownAnswer('credit-1', { ...sound.credit, ...credit }),
    ip: knownAnswer('ip-1', { ...sound.ip, ...ip }),
  };
}

/** The outcome, and the rules that did not pass. */
function decide(facts: ScreeningFacts) {
  const { outcome, rules } = policy.evaluate(facts, today);
  return [outcome, ...rules.filter((rule) => rule.outcome !== 'pass').map((rule) => `${rule.id}: ${rule.outcome}`)];
}

const registered = (change: Partial<NonNullable<CreditFacts['registration']>>): Change => ({
  credit: { registration: { ...sound.credit.registration, ...change } },
});
const penalised = (change: Partial<CreditFacts['penalties'][number]>): Change => ({
  credit: {
    penalties: [{ documentNo: '1', decidedOn: '2026-11-01', gravity: 'general', fineFen: 100_000, ...change }],
  },
});
const listed = (listedOn: string, removedOn?: string): Change => ({
  credit: { lists: [{ kind: 'serious-tax', listedOn, ...(removedOn !== undefined && { removedOn }) }] },
});
const abnormal = (listedOn: string, removedOn?: string): Change => ({
  credit: { abnormal: [{ listedOn, ...(removedOn !== undefined && { removedOn }) }] },
});
const [pledged, free] = sound.ip.assets;
const owning = (change: Partial<IpFacts['assets'][number]>): Change => ({ ip: { assets: [{ ...free!, ...change }] } });

test('is valid data, with at least a dozen rules', () => {
  expect(Policy.parse(city1)).toEqual(city1);
  expect(city1.rules.length).toBeGreaterThanOrEqual(12);
});

test.each(['micro', 'small', 'medium'] as const)('a sound %s enterprise passes', (sizeClass) => {
  expect(decide(factsWith({ nomination: { sizeClass } }))).toEqual(['pass']);
});

test.each<[string, Change]>([
  ['tax grade B', { credit: { taxGrade: 'B' } }],
  ['public credit grade A', { credit: { publicCreditGrade: 'A' } }],
  ['nothing recorded at all', { credit: { lists: [], abnormal: [], penalties: [] } }],
  ['registered a year ago to the day', registered({ registeredOn: '2025-11-23' })],
  ['moved, and nominated by the new county too', { nomination: { divisionCodes: ['411503', '411502'] } }],
  ['removed from a list today', listed('2024-01-01', today)],
  ['to be listed tomorrow', listed('2026-11-24')],
  ['removed from the abnormal list today', abnormal('2025-07-08', today)],
  ['a serious penalty repaired today', penalised({ gravity: 'serious', repairedOn: today })],
  ['a penalty displayed until yesterday', penalised({ gravity: 'serious', displayUntil: '2026-11-22' })],
  ['a minor penalty over three months ago', penalised({ gravity: 'minor', decidedOn: '2026-08-22' })],
  ['a general penalty over a year ago', penalised({ decidedOn: '2025-11-22' })],
  ['a serious penalty over three years ago', penalised({ gravity: 'serious', decidedOn: '2023-11-22' })],
  ['an industry that is not restricted', registered({ industryCode: 'I6520' })],
])('passes: %s', (_case, change) => {
  expect(decide(factsWith(change))).toEqual(['pass']);
});

describe('a hard hit excludes', () => {
  test.each(ListKind.options)('list %s', (kind) => {
    expect(decide(factsWith({ credit: { lists: [{ kind, listedOn: today }] } }))).toEqual([
      'exclude',
      'no-serious-list: fail',
    ]);
  });

  test.each<[string, Change, string[]]>([
    ['removed tomorrow only', listed('2024-01-01', '2026-11-24'), ['no-serious-list']],
    ['registration revoked', registered({ status: 'revoked' }), ['registration-active']],
    ['a large enterprise', { nomination: { sizeClass: 'large' } }, ['size-sme']],
    ['tax grade D', { credit: { taxGrade: 'D' } }, ['tax-grade-not-d', 'tax-grade-good']],
    ['finance by nomination', { nomination: { industryCode: 'J6631' } }, ['industry-nominated']],
    ['finance by registration', registered({ industryCode: 'J69' }), ['industry-registered']],
    ['real estate', registered({ industryCode: 'K70' }), ['industry-registered']],
    ['tobacco', registered({ industryCode: 'C16' }), ['industry-registered']],
    ['a serious penalty', penalised({ gravity: 'serious', decidedOn: '2023-11-23' }), ['no-serious-penalty']],
    ['one displayed until today', penalised({ gravity: 'serious', displayUntil: today }), ['no-serious-penalty']],
    [
      'one to be repaired tomorrow',
      penalised({ gravity: 'serious', repairedOn: '2026-11-24' }),
      ['no-serious-penalty'],
    ],
  ])('%s', (_case, change, rules) => {
    expect(decide(factsWith(change))).toEqual(['exclude', ...rules.map((rule) => `${rule}: fail`)]);
  });
});

describe('a person looks at', () => {
  test.each<[string, Change, string]>([
    ['registered less than a year', registered({ registeredOn: '2025-11-24' }), 'registered-twelve-months'],
    ['registered elsewhere', registered({ divisionCode: '411503' }), 'registered-in-nominating-division'],
    ['tax grade M', { credit: { taxGrade: 'M' } }, 'tax-grade-good'],
    ['tax grade C', { credit: { taxGrade: 'C' } }, 'tax-grade-good'],
    [
      'public credit grade D, which is a score and no reason alone',
      { credit: { publicCreditGrade: 'D' } },
      'public-grade-good',
    ],
    ['public credit grade C', { credit: { publicCreditGrade: 'C' } }, 'public-grade-good'],
    ['an abnormal entry', abnormal('2026-07-08'), 'no-abnormal-entry'],
    [
      'a minor penalty of three months ago',
      penalised({ gravity: 'minor', decidedOn: '2026-08-23' }),
      'no-other-penalty',
    ],
    ['a general penalty of a year ago', penalised({ decidedOn: '2025-11-23' }), 'no-other-penalty'],
    [
      'a penalty displayed longer than usual',
      penalised({ decidedOn: '2020-01-01', displayUntil: today }),
      'no-other-penalty',
    ],
    ['no asset', { ip: { assets: [] } }, 'unpledged-invention'],
    ['all inventions pledged', { ip: { assets: [pledged!] } }, 'unpledged-invention'],
    ['no invention', owning({ kind: 'utility-model' }), 'unpledged-invention'],
    ['an invention with unpaid fees', owning({ status: 'fee-overdue' }), 'unpledged-invention'],
  ])('%s', (_case, change, rule) => {
    expect(decide(factsWith(change))).toEqual(['review', `${rule}: fail`]);
  });
});

describe('what is missing is unknown and never passes', () => {
  const { registration: _registration, ...unregistered } = sound.credit;
  const { taxGrade: _taxGrade, ...untaxed } = sound.credit;
  const { publicCreditGrade: _publicCreditGrade, ...ungraded } = sound.credit;

  test.each<[string, CreditFacts, string[]]>([
    ['tax grade', untaxed, ['tax-grade-not-d', 'tax-grade-good']],
    ['public credit grade', ungraded, ['public-grade-good']],
    [
      'registration',
      unregistered,
      ['registration-active', 'registered-twelve-months', 'registered-in-nominating-division', 'industry-registered'],
    ],
  ])('%s', (_case, credit, rules) => {
    const facts = { ...factsWith({}), credit: knownAnswer('credit-1', credit) };
    expect(decide(facts)).toEqual(['review', ...rules.map((rule) => `${rule}: unknown`)]);
  });

  const fetchedAt = '2026-11-23T01:00:00.000Z';
  test.each<[string, ScreeningFacts['ip'], string]>([
    ['an IP answer', { kind: 'unavailable', reason: 'timeout', fetchedAt }, 'stale'],
    ['the enterprise, at the IP platform', { kind: 'unknown-there', fetchedAt }, 'review'],
    ['the consent to ask the IP platform', { kind: 'no-consent' }, 'stale'],
  ])('%s', (_case, ip, outcome) => {
    expect(decide({ ...factsWith({}), ip })).toEqual([outcome, 'unpledged-invention: unknown']);
  });

  test('a hard hit at the one source stands while the other is silent, but not without consent', () => {
    const facts = factsWith({ credit: { taxGrade: 'D' } });
    expect(decide({ ...facts, ip: { kind: 'unavailable', reason: 'timeout', fetchedAt } })[0]).toBe('exclude');
    expect(decide({ ...facts, ip: { kind: 'no-consent' } })[0]).toBe('stale');
  });
});
