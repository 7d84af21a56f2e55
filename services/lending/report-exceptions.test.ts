import { expect, test } from 'vitest';
import type { MonthlyReport } from './contract.ts';
import { exceptionsOf, type ReportFacts } from './report-exceptions.ts';

const facts: ReportFacts = {
  loan: {
    principalFen: 1_000_000n,
    disbursedOn: '2025-01-10',
    maturesOn: '2027-01-09',
    filedOn: '2026-08-05',
    ended: false,
  },
  prior: { asOf: '2026-09-30', outstandingFen: 800_000n, overdueDays: 0, classification: 'normal' },
  months: ['2026-08', '2026-09'],
  lastAsOf: '2026-09-30',
  pledge: { degraded: false, valueFen: 2_000_000n },
  allLoans: undefined,
  receivedOn: '2026-11-06',
};
const report: MonthlyReport = {
  asOf: '2026-10-31',
  outstandingFen: 800_000n,
  overdueDays: 0,
  classification: 'normal',
  allLoansNplBps: 120n,
};
const codes = (over: Partial<MonthlyReport> = {}, more: Partial<ReportFacts> = {}) =>
  exceptionsOf({ ...report, ...over }, { ...facts, ...more }).map(({ code }) => code);

test('a report as it should be has nothing to clear up', () => {
  expect(codes()).toEqual([]);
});

test.each([
  [90, 'normal', []],
  [91, 'normal', ['overdue-but-normal']],
  [91, 'special-mention', ['overdue-but-normal']],
  [91, 'substandard', []],
  [270, 'substandard', []],
  [271, 'substandard', ['overdue-but-normal']],
  [271, 'doubtful', []],
  [360, 'doubtful', []],
  [361, 'doubtful', ['overdue-but-normal']],
  [361, 'loss', []],
] as const)('overdue for %i days, %s: %j', (overdueDays, classification, found) => {
  expect(codes({ overdueDays, classification }, { prior: undefined })).toEqual(found);
});

test.each([
  ['more than the principal', { outstandingFen: 1_000_001n }, ['outstanding-above-principal', 'outstanding-rose']],
  ['a fen more than before', { outstandingFen: 800_001n }, ['outstanding-rose']],
  ['after its maturity', { asOf: '2027-01-31' }, ['matured-but-outstanding', 'months-missing']],
  ['paid after its maturity', { asOf: '2027-01-31', outstandingFen: 0n }, ['months-missing']],
  ['before it was paid out', { asOf: '2025-01-09' }, ['before-disbursement', 'report-late', 'report-superseded']],
  ['without the bank’s ratio', { allLoansNplBps: undefined }, ['all-loans-ratio-missing']],
] as const)('a report of %s is taken and told of', (_case, over, found) => {
  expect(codes(over)).toEqual(found);
});

test('a grade that rises while the loan is overdue is told of, one that rises because it is paid is not', () => {
  const prior = {
    asOf: '2026-09-30',
    outstandingFen: 800_000n,
    overdueDays: 60,
    classification: 'substandard',
  } as const;
  expect(codes({ overdueDays: 91, classification: 'substandard' }, { prior })).toEqual([]);
  expect(codes({ overdueDays: 20, classification: 'special-mention' }, { prior })).toEqual([
    'classification-better-while-overdue',
  ]);
  expect(codes({}, { prior })).toEqual([]);
});

test('days overdue grow no faster than the calendar, and not from before the loan', () => {
  const prior = { asOf: '2026-09-30', outstandingFen: 800_000n, overdueDays: 10, classification: 'normal' } as const;
  expect(codes({ overdueDays: 41 }, { prior })).toEqual([]);
  expect(codes({ overdueDays: 42 }, { prior })).toEqual(['overdue-days-impossible']);
  expect(codes({ overdueDays: 659, classification: 'loss' })).toEqual([]);
  expect(codes({ overdueDays: 660, classification: 'loss' })).toEqual(['overdue-days-impossible']);
});

test('what the pledge is worth, and whether it stands, is held against what is outstanding', () => {
  expect(codes({}, { pledge: { degraded: true, valueFen: 800_000n } })).toEqual(['pledge-degraded']);
  expect(codes({}, { pledge: { degraded: false, valueFen: 799_999n } })).toEqual(['value-below-outstanding']);
  expect(codes({ outstandingFen: 0n }, { pledge: { degraded: true, valueFen: 0n } })).toEqual([]);
});

test('two loans that give the bank’s ratio of one day differently are told of; another loan’s is enough', () => {
  expect(codes({}, { allLoans: { asOf: '2026-10-31', bps: 121n } })).toEqual(['all-loans-ratio-differs']);
  expect(codes({}, { allLoans: { asOf: '2026-10-20', bps: 121n } })).toEqual([]);
  expect(codes({ allLoansNplBps: undefined }, { allLoans: { asOf: '2026-10-20', bps: 120n } })).toEqual([]);
  expect(codes({ allLoansNplBps: undefined }, { allLoans: { asOf: '2026-09-30', bps: 120n } })).toEqual([
    'all-loans-ratio-missing',
  ]);
});

test('October 2026 is late from 16 November on, and cleared up by the next working day', () => {
  expect(codes({}, { receivedOn: '2026-11-13' })).toEqual([]);
  const [late] = exceptionsOf(report, { ...facts, receivedOn: '2026-11-16' });
  expect(late).toEqual({
    code: 'report-late',
    message: '2026-10 月报应于 2026-11-13 前报送，收到于 2026-11-16',
    dueOn: '2026-11-17',
  });
  expect(codes({}, { receivedOn: '2026-11-16', months: ['2026-08', '2026-09', '2026-10'] })).toEqual([]);
  const [friday] = exceptionsOf({ ...report, outstandingFen: 800_001n }, { ...facts, receivedOn: '2026-11-06' });
  expect(friday).toMatchObject({ dueOn: '2026-11-09' });
  const [eve] = exceptionsOf({ ...report, outstandingFen: 800_001n }, { ...facts, receivedOn: '2026-09-30' });
  expect(eve).toMatchObject({ dueOn: '2026-10-08' });
});

test('a month left out is named, a report that comes after a later one is only kept', () => {
  const [gap] = exceptionsOf(report, { ...facts, months: ['2026-08'] });
  expect(gap).toMatchObject({ code: 'months-missing', message: '缺 2026-09 的月报' });
  expect(codes({ asOf: '2026-09-15' }, { prior: undefined, receivedOn: '2026-10-01' })).toEqual(['report-superseded']);
  expect(codes({}, { loan: { ...facts.loan, ended: true } })).toEqual(['reported-after-end']);
});
