import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { tries } from '../../../test/support/effort.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { lifeOf, lifeProblemOf, outlives, outlivesWithMargin, type RightFacts } from './life.ts';
import { patentCheckDigit } from './patent-number.ts';

const numbered = (body: string) => `${body}.${patentCheckDigit(body)}`;
const invention = { kind: 'invention', number: '201710601862.3' } as const;
const utilityModel = { kind: 'utility-model', number: '201921898050.0' } as const;
const design2021 = { kind: 'design', number: numbered('202130123456') } as const;
const layout = { kind: 'ic-layout', number: 'BS.12500520.2' } as const;
const software = { kind: 'software', number: '2020SR0123456' } as const;
const trademark = { kind: 'trademark', number: '12345678' } as const;
const income = { kind: 'licence-income', number: 'XK-1' } as const;

/** A case of the law: what is known, and the first and last of the days on which the right may end. */
const cases: [string, RightFacts, string | undefined, string | undefined][] = [
  ['an invention, 20 years from filing', { ...invention, filedOn: '2017-07-21' }, '2037-07-20', '2037-07-20'],
  ['a utility model, 10', { ...utilityModel, filedOn: '2019-11-06' }, '2029-11-05', '2029-11-05'],
  ['a design filed before June 2021, 10', { ...design2021, filedOn: '2021-05-31' }, '2031-05-30', '2031-05-30'],
  ['a design filed since, 15', { ...design2021, filedOn: '2021-06-01' }, '2036-05-31', '2036-05-31'],
  ['a design of 2021 of which no more is known', design2021, '2030-12-31', '2036-12-30'],
  ['an invention by its year', invention, '2036-12-31', '2037-12-30'],
  // 32 months before the country was entered.
  ['one by the PCT', { kind: 'invention', number: numbered('201880012345') }, '2035-04-30', '2038-12-30'],
  [
    'one of the first twelve digits',
    { kind: 'invention', number: numbered('200310012345') },
    '2023-09-30',
    '2023-12-30',
  ],
  ['one of the last eight digits', { kind: 'invention', number: numbered('03112345') }, '2022-12-31', '2023-09-29'],
  [
    'one filed on a 29 February',
    { ...invention, number: numbered('201610012345'), filedOn: '2016-02-29' },
    '2036-02-28',
    '2036-02-28',
  ],
  [
    'a utility model filed then',
    { kind: 'utility-model', number: numbered('201620012345'), filedOn: '2016-02-29' },
    '2026-02-28',
    '2026-02-28',
  ],
  ['what the register ends before', { ...invention, expiresOn: '2030-01-01' }, '2030-01-01', '2030-01-01'],
  [
    'a compensated term, once proved',
    { ...invention, filedOn: '2017-07-21', expiresOn: '2040-07-20' },
    '2037-07-20',
    '2040-07-20',
  ],
  [
    'a term that nobody compensates so far',
    { ...invention, filedOn: '2017-07-21', expiresOn: '2043-07-20' },
    '2037-07-20',
    '2037-07-20',
  ],
  [
    'a utility model’s, which is not compensated',
    { ...utilityModel, filedOn: '2019-11-06', expiresOn: '2030-11-05' },
    '2029-11-05',
    '2029-11-05',
  ],
  ['a day of filing after the number', { ...invention, filedOn: '2020-07-21' }, '2036-12-31', '2037-12-30'],
  ['a divided application’s day of filing', { ...invention, filedOn: '2013-07-21' }, '2033-07-20', '2033-07-20'],
  ['a trademark by its registration', { ...trademark, grantedOn: '2016-03-14' }, '2026-03-13', undefined],
  ['a trademark by its register', { ...trademark, expiresOn: '2026-03-13' }, '2026-03-13', undefined],
  ['a trademark of which nothing is known', trademark, undefined, undefined],
  ['software, the 50th year’s end', { ...software, publishedOn: '2019-02-03' }, '2069-12-31', '2069-12-31'],
  ['software never published, as far as is known', software, undefined, undefined],
  ['a layout by its year', layout, undefined, '2022-12-30'],
  [
    'a layout’s first use',
    { ...layout, filedOn: '2012-06-01', firstUsedOn: '2011-01-10', createdOn: '2010-12-01' },
    '2021-01-09',
    '2021-01-09',
  ],
  [
    'a layout whose use is not known',
    { ...layout, filedOn: '2012-06-01', createdOn: '2012-01-01' },
    '2020-05-31',
    '2022-05-31',
  ],
  [
    'a layout made long before',
    { ...layout, filedOn: '2012-06-01', firstUsedOn: '2012-06-01', createdOn: '2004-02-01' },
    '2019-01-31',
    '2019-01-31',
  ],
  ['a licence’s end', { ...income, licenceEndsOn: '2028-12-31' }, '2028-12-31', '2028-12-31'],
  ['a licence without an end', income, undefined, undefined],
];

test.each(cases)('the life of %s', (_case, right, earliest, latest) => {
  const life = lifeOf(right);
  expect([life.earliest, life.latest]).toEqual([earliest, latest]);
  expect(life.basis).not.toBe('');
  // What is not certain either asks for the fact that would make it so, or can be renewed or has to be proved.
  if (
    earliest !== latest &&
    life.renewal === undefined &&
    life.warnings.every(({ code }) => code === 'by-number-only')
  ) {
    expect(life.asksFor).toBeDefined();
  }
});

test.each([
  ['term-compensation', { ...invention, filedOn: '2017-07-21', expiresOn: '2040-07-20' }],
  ['expiry-beyond-term', { ...invention, filedOn: '2017-07-21', expiresOn: '2043-07-20' }],
  ['expiry-beyond-term', { ...software, publishedOn: '2019-02-03', expiresOn: '2070-12-31' }],
  ['filed-after-number', { ...invention, filedOn: '2020-07-21' }],
  ['by-number-only', invention],
] as const)('%s is told', (code, right) => {
  expect(lifeOf(right).warnings).toMatchObject([{ code }]);
});

test('a trademark’s renewal is asked for from a year before its end to half a year behind it', () => {
  expect(lifeOf({ ...trademark, expiresOn: '2026-03-13' }).renewal).toEqual({
    from: '2025-03-13',
    until: '2026-09-13',
  });
});

describe('a loan', () => {
  test('that matures on the last day of a right may rest on it, and on no later day', () => {
    const right = { ...invention, filedOn: '2017-07-21' };
    expect(outlives('2037-07-20', lifeOf(right))).toBe('yes');
    expect(outlives('2037-07-21', lifeOf(right))).toBe('no');
    expect(lifeProblemOf(right, '2037-07-20')).toBeUndefined();
    expect(lifeProblemOf(right, '2037-07-21')).toEqual({
      endsOn: '2037-07-20',
      message: expect.stringContaining('至迟于 2037-07-20 期满（专利法第四十二条）'),
    });
  });

  test('is refused only when the right is over by then whatever is not known of it', () => {
    expect(outlives('2036-12-31', lifeOf(invention))).toBe('yes');
    expect(outlives('2037-01-01', lifeOf(invention))).toBe('unknown');
    expect(outlives('2037-12-30', lifeOf(invention))).toBe('unknown');
    expect(outlives('2037-12-31', lifeOf(invention))).toBe('no');
    expect(lifeProblemOf(trademark, '2099-01-01')).toBeUndefined();
    expect(lifeProblemOf({ ...invention, number: '?' }, '2099-01-01')).toBeUndefined();
  });

  test('leaves twelve months of a right', () => {
    const life = lifeOf({ ...invention, filedOn: '2017-07-21' });
    expect(outlivesWithMargin('2036-07-20', life)).toBe('yes');
    expect(outlivesWithMargin('2036-07-21', life)).toBe('no');
  });
});

const day = fc.integer({ min: 0, max: 20_000 }).map((days) => addDays('1990-01-01', days));
const maybe = fc.option(day, { nil: undefined });
const facts = fc.record({
  filedOn: maybe,
  grantedOn: maybe,
  publishedOn: maybe,
  firstUsedOn: maybe,
  createdOn: maybe,
  expiresOn: maybe,
  licenceEndsOn: maybe,
});
const right = fc.oneof(
  fc.constantFrom<RightFacts>(invention, utilityModel, design2021, layout, software, trademark, income),
  fc.constantFrom(...rightKinds).map((kind): RightFacts => ({ kind, number: '?' })),
);

test('a life never ends before it may, and what is refused is refused of every later loan', () => {
  fc.assert(
    fc.property(right, facts, day, fc.nat(4_000), (base, known, maturesOn, more) => {
      const life = lifeOf({ ...base, ...known });
      if (life.earliest !== undefined && life.latest !== undefined) expect(life.earliest <= life.latest).toBe(true);
      const later = addDays(maturesOn, more);
      if (outlives(maturesOn, life) === 'no') expect(outlives(later, life)).toBe('no');
      if (outlives(later, life) === 'yes') expect(outlives(maturesOn, life)).toBe('yes');
    }),
    { numRuns: tries(1_000, 20_000) },
  );
});

test('the true day of filing never turns a refusal by the number alone into anything else', () => {
  const filed2017 = fc.integer({ min: -365 * 10, max: 364 }).map((days) => addDays('2017-01-01', days));
  fc.assert(
    fc.property(filed2017, day, (filedOn, maturesOn) => {
      if (outlives(maturesOn, lifeOf(invention)) !== 'no') return;
      expect(outlives(maturesOn, lifeOf({ ...invention, filedOn }))).toBe('no');
    }),
    { numRuns: tries(500, 5_000) },
  );
});
