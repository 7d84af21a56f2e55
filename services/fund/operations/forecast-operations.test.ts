import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { fundApi } from '../../../test/support/fund-api.ts';
import { claimWorld, plainProgramme } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { openLedger } from '../ledger/post.ts';
import { coverLoans } from '../ledger/operations/cover-loans.ts';
import { type CoveredLoan, coveredLoanWrites } from '../store/covered-loan.ts';
import { keepReading } from '../store/breaker.ts';

const now = new Date('2026-11-27T02:00:00.000Z');
const context = { now, requestId: 'request' };
const actor = { type: 'system', id: 'test', role: 'system' } as const;
const programme = { parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }], recoveryOrder: 'principal-first' };

let started: TestTable;
let table: Table;
let api: ReturnType<typeof fundApi>;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());
beforeEach(async () => {
  table = await started.another();
  api = fundApi(table, () => now);
});

const loanOf = (place: number, more: Partial<CoveredLoan> = {}): CoveredLoan => ({
  loanId: `loan-${place}`,
  bankId: place < 3 ? 'bank-a' : 'bank-b',
  uscc: '91411502MA9TETT0X9',
  divisionCode: '411502',
  fundId: 'xinyang',
  programmeVersion: 1,
  principalFen: 400_000_000n,
  eligibleFen: 400_000_000n,
  exposureFen: 200_000_000n,
  ipPartBps: 10_000n,
  annualRateBps: 0n,
  disbursedOn: '2026-06-01',
  maturesOn: '2027-05-31',
  filedOn: '2026-06-01',
  registeredOn: '2026-06-02',
  cover: 'covered',
  left: { exposureFen: 200_000_000n, principalFen: 400_000_000n },
  yearEnds: [],
  ...more,
});

/** A fund with 1,000 万元 whose programme answers for half, and these loans in its cover. */
async function fundWith(loans: readonly CoveredLoan[]) {
  await api('POST', '/v1/funds', { json: { fundId: 'xinyang', name: '信阳资金池', programme } });
  const approved = await api('POST', '/v1/funds/xinyang/programmes/1/approvals', {
    as: 'city-reviewer.second',
    json: {},
  });
  expect(approved.status).toBe(200);
  const line = { level: 'city', amountFen: 1_000_000_000, receivedOn: '2026-11-26', bankReference: 'B1' };
  expect((await api('POST', '/v1/funds/xinyang/contributions', { json: line })).status).toBe(201);
  const ledger = openLedger(table, () => now);
  const covers = loans
    .filter(({ cover }) => cover === 'covered')
    .map(({ loanId, bankId, exposureFen, principalFen, filedOn: valueDate }) => ({
      loanId,
      bankId,
      exposureFen,
      principalFen,
      valueDate,
    }));
  const answers = await coverLoans(ledger)('xinyang', covers);
  expect(answers.every(({ status }) => status === 'covered')).toBe(true);
  for (const state of loans) {
    const audit = { actor, action: 'cover', outcome: state.cover };
    const writes = coveredLoanWrites(undefined, { state, audit }, context);
    expect((await table.transact([...writes, ...noReceipt({ kind: 'done', result: {} })])).kind).toBe('written');
  }
}

const report = (classification: 'normal' | 'doubtful', outstandingFen = 400_000_000n) => ({
  asOf: '2026-10-31',
  outstandingFen,
  overdueDays: classification === 'normal' ? 0 : 300,
  classification,
});

test('a fund’s forecast is of its covered loans as they were last reported, and the same each time it is asked', async () => {
  await fundWith([
    loanOf(0, { lastReport: report('doubtful', 300_000_000n), nonPerformingSince: '2026-10-31' }),
    loanOf(1, { lastReport: report('normal', 100_000_000n) }),
    loanOf(3, { cover: 'pending' }),
    loanOf(4, { cover: 'released', ended: { how: 'repaid', on: '2026-09-01' } }),
  ]);
  const { status, body } = await api('GET', '/v1/funds/xinyang/forecast', { as: 'auditor.x' });
  expect(status).toBe(200);
  expect(body).toMatchObject({
    fundId: 'xinyang',
    asOf: '2026-11-27',
    loans: 2,
    outstandingFen: 400_000_000,
    availableFen: 1_000_000_000,
    rates: { handlingWorkingDays: 30, lossAtClaim: { lossBps: 9_000, source: 'template' } },
  });
  const loansIn = Object.fromEntries(
    body.rates.bands.map((band: { code: string; loans: number }) => [band.code, band.loans]),
  );
  expect(loansIn).toMatchObject({ current: 1, doubtful: 1 });
  // 95 % of half of 90 % of 300 万元, once a claim on it would be handled, in mid-January.
  const january = body.months.find(({ through }: { through: string }) => through === '2027-01-27');
  expect(january.expectedFen).toBe(128_250_000);
  expect((await api('GET', '/v1/funds/xinyang/forecast', { as: 'regulator.y' })).body).toEqual(body);
});

test('a stress test goes by what banks report of themselves', async () => {
  await fundWith([loanOf(0), loanOf(1), loanOf(3)]);
  await keepReading(table, 'xinyang', 'bank-a', { bankNplBps: 410n, at: now.toISOString() });
  const { status, body } = await api('GET', '/v1/funds/xinyang/stress');
  expect(status).toBe(200);
  expect(body).toMatchObject({ loans: 3, exposureFen: 600_000_000, startFen: 1_000_000_000 });
  expect(body.cells).toHaveLength(16);
  expect(body.cells[0]).toMatchObject({ defaultBps: 200, recoveryBps: 1_000, owedFen: 12_000_000, shortFen: 0 });
  expect(body.breaker.banks).toEqual([
    expect.objectContaining({
      bankId: 'bank-a',
      nplBps: 410,
      measuredBy: 'bank-reports',
      level: 'warn',
      untilStopBps: 90,
    }),
    expect.objectContaining({ bankId: 'bank-b', nplBps: 0, measuredBy: 'covered-loans', level: 'fine' }),
  ]);
});

test('what is under claim is what the claim comes to: likely until it is decided, then owed, then paid', async () => {
  const advance = { prePosition: { advanceBps: 7_000 } };
  const world = await claimWorld(await started.another(), { ...plainProgramme, ...advance });
  await world.contribute(80_000_000n);
  const [loanId] = [await world.loan(), await world.loan()];
  const forecast = async () => (await world.call('GET', '/v1/funds/fund-a/forecast')).body;
  expect(await forecast()).toMatchObject({ loans: 2, underClaimFen: 0, approvedFen: 0 });
  const { claimId } = (await world.file(loanId ?? '', { prePosition: true })).body;
  expect(await forecast()).toMatchObject({ loans: 1, underClaimFen: 35_000_000, approvedFen: 0 });
  await world.decide(claimId);
  expect(await forecast()).toMatchObject({ loans: 1, underClaimFen: 0, approvedFen: 35_000_000 });
  await world.pay(claimId);
  // The rest of half of the loss is due when the advance is settled, in two years: beyond the twelve months.
  const paid = await forecast();
  expect(paid).toMatchObject({ underClaimFen: 15_000_000, approvedFen: 0, availableFen: 45_000_000 });
  expect(paid.beyondFen).toBe(15_000_000);
  const stress = (await world.call('GET', '/v1/funds/fund-a/stress')).body;
  expect(stress).toMatchObject({ loans: 1, startFen: 30_000_000 });
});

test('both come as pictures too', async () => {
  await fundWith([loanOf(0), loanOf(1)]);
  for (const [path, shown] of [
    ['forecast', '未来十二个月代偿支出'],
    ['stress', '压力测试'],
  ]) {
    const picture = await api('GET', `/v1/funds/xinyang/${path}.svg`);
    expect(picture).toMatchObject({ status: 200, headers: { 'content-type': 'image/svg+xml' } });
    expect(picture.body).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(picture.body).toContain(shown);
  }
});

test('only who answers for the money or watches over it sees them, and only of a fund that there is', async () => {
  await fundWith([]);
  for (const path of ['forecast', 'forecast.svg', 'stress', 'stress.svg']) {
    expect((await api('GET', `/v1/funds/xinyang/${path}`, { as: 'county-clerk.c' })).status).toBe(403);
    expect((await api('GET', `/v1/funds/xinyang/${path}`, { as: 'bank' })).status).toBe(403);
    expect((await api('GET', `/v1/funds/another/${path}`)).status).toBe(404);
  }
});
