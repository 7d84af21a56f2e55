import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { tries } from '../../test/support/effort.ts';
import { watchChanges, type WatchedLoan, type WatchedRight, watchesOf } from './watches.ts';

const right: WatchedRight = {
  kind: 'invention',
  number: '201710601862.3',
  valuedOn: '2026-07-01',
  registeredOn: '2026-08-01',
  expiresOn: '2037-07-21',
  feePaidUntil: '2027-07-21',
};
const loan: WatchedLoan = {
  stage: 'live',
  filedOn: '2026-08-10',
  disbursedOn: '2026-08-05',
  maturesOn: '2028-08-04',
  months: [],
  rights: [right],
};
const codes = (over: Partial<WatchedLoan>, today: string) =>
  watchesOf({ ...loan, ...over }, today).open.map(({ code, about }) => `${code} ${about}`);
const all = [
  '2026-08',
  '2026-09',
  '2026-10',
  '2026-11',
  '2026-12',
  '2027-01',
  '2027-02',
  '2027-03',
  '2027-04',
  '2027-05',
  '2027-06',
  '2027-07',
  '2027-08',
  '2027-09',
  '2027-10',
  '2027-11',
  '2027-12',
  '2028-01',
  '2028-02',
];

test('a month’s report is missed from the day after its tenth working day on', () => {
  expect(codes({}, '2026-09-14')).toEqual([]);
  expect(codes({}, '2026-09-15')).toEqual(['report-missing 2026-08']);
  expect(codes({}, '2026-10-20')).toEqual(['report-missing 2026-08']);
  expect(codes({}, '2026-10-21')).toEqual(['report-missing 2026-08', 'report-missing 2026-09']);
  expect(codes({ months: ['2026-09'] }, '2026-10-21')).toEqual(['report-missing 2026-08']);
});

test.each([
  ['2027-05-21', []],
  ['2027-05-22', ['annual-fee-due']],
  ['2027-07-01', ['annual-fee-due']],
  ['2027-07-21', ['valuation-old', 'annual-fee-due']],
  ['2027-07-22', ['valuation-old', 'annual-fee-late']],
  ['2028-01-21', ['valuation-old', 'annual-fee-late']],
  ['2028-01-22', ['valuation-old', 'annual-fee-lapsed']],
])('fees paid until 21 July 2027 and a value of 1 July 2026: on %s %j', (today, found) => {
  const { open } = watchesOf({ ...loan, months: all }, today);
  expect(open.map(({ code }) => code)).toEqual(found);
});

test('a right not registered within thirty days of the payment is told of', () => {
  const rights = [{ ...right, registeredOn: undefined }];
  expect(codes({ rights }, '2026-09-04')).toEqual([]);
  expect(codes({ rights }, '2026-09-05')).toEqual(['registration-missing invention/201710601862.3']);
});

test('a right that ends within a year of the loan’s end is told of from the first day, another a year before it ends', () => {
  const about = 'right-expiring invention/201710601862.3';
  const ending = (expiresOn: string, today: string) =>
    codes({ rights: [{ ...right, expiresOn, feePaidUntil: undefined, valuedOn: today }], months: all }, today);
  expect(ending('2029-08-03', '2026-08-10')).toEqual([about]);
  expect(ending('2029-08-04', '2026-08-10')).toEqual([]);
  expect(ending('2029-08-04', '2028-08-03')).not.toContain(about);
  expect(ending('2029-08-04', '2028-08-04')).toContain(about);
});

test('a borrower off the list and a loan past its maturity are told of, one that is over wants nothing', () => {
  expect(codes({ unlistedOn: '2026-08-20' }, '2026-08-20')).toEqual(['borrower-unlisted borrower']);
  expect(codes({ maturesOn: '2026-08-31', rights: [] }, '2026-08-31')).toEqual([]);
  expect(codes({ maturesOn: '2026-08-31', rights: [] }, '2026-09-01')).toEqual(['loan-matured loan']);
  expect(codes({ stage: 'written-off', unlistedOn: '2026-08-20' }, '2027-07-22')).toEqual([
    'valuation-old invention/201710601862.3',
    'annual-fee-late invention/201710601862.3',
  ]);
  expect(watchesOf({ ...loan, stage: 'over', unlistedOn: '2026-08-20' }, '2030-01-01')).toEqual({ open: [] });
});

const day = fc.integer({ min: 0, max: 1_500 }).map((days) => addDays('2026-01-01', days));
const someRight = fc.record({
  kind: fc.constant('invention' as const),
  number: fc.constantFrom('1', '2', '3'),
  valuedOn: day,
  registeredOn: fc.option(day, { nil: undefined }),
  expiresOn: fc.option(day, { nil: undefined }),
  feePaidUntil: fc.option(day, { nil: undefined }),
});
const someLoan: fc.Arbitrary<WatchedLoan> = fc.record({
  stage: fc.constant('live' as const),
  filedOn: day,
  disbursedOn: day,
  maturesOn: day,
  months: fc.subarray(all),
  rights: fc.uniqueArray(someRight, { selector: ({ number }) => number }),
  unlistedOn: fc.option(day, { nil: undefined }),
});

test('who looks only on the days it is told to finds what who looks every day finds', () => {
  fc.assert(
    fc.property(someLoan, day, fc.integer({ min: 1, max: 90 }), (some, start, days) => {
      let seen = watchesOf(some, start);
      for (let today = start; today <= addDays(start, days); today = addDays(today, 1)) {
        if (seen.next !== undefined && today >= seen.next) seen = watchesOf(some, today);
        expect(seen.open).toEqual(watchesOf(some, today).open);
      }
    }),
    { numRuns: tries(15, 1_000) },
  );
});

test('from one look to another each watch is raised or cleared or stays, and the second look changes nothing', () => {
  fc.assert(
    fc.property(someLoan, day, day, (some, one, other) => {
      const [before, after] = [watchesOf(some, one).open, watchesOf(some, other).open];
      const { raised, cleared } = watchChanges(before, after);
      expect(before.filter((watch) => !cleared.includes(watch)).length + raised.length).toBe(after.length);
      expect(watchChanges(after, after)).toEqual({ raised: [], cleared: [] });
    }),
    { numRuns: tries(50, 5_000) },
  );
});
