import { afterAll, beforeAll, expect, test } from 'vitest';
import { fundId, startCoveredFund } from '../../../test/support/covered-fund.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const path = (what: string) => `/v1/funds/${fundId}/${what}`;

/** Two banks' loans: one covered, one waiting, one under suspicion, one over. */
async function city(programme: object = {}) {
  const fund = await startCoveredFund(await store.another(), () => new Date('2026-11-23T04:00:00.000Z'), programme);
  const { hear, filed, registered, reported, settled } = fund;
  await hear(filed('a1', 2_000), registered('a1'), reported('a1', '2026-10-31', 1_500, { ipNplBps: 320 }));
  await hear(filed('a2', 400), filed('a3', 100), registered('a3'), settled('a3', '2026-11-01'));
  await hear(filed('b1', 600, { divisionCode: '411502' }, 'bank-b'), registered('b1', '2026-10-09', 'bank-b'));
  const list = async (as: string, query: Record<string, string> = {}) => {
    const { status, body } = await fund.call('GET', path('exposures'), { as, query });
    return status === 200 ? body.items.map(({ loanId }: { loanId: string }) => loanId) : body.code;
  };
  const capacity = async (as: string) => (await fund.call('GET', path('capacity'), { as })).body;
  return { ...fund, list, capacity };
}

test('the list tells what the fund answers for now, and what was last reported', async () => {
  const { call } = await city();
  const { body } = await call('GET', path('exposures'), { as: 'auditor.x' });
  expect(body.items[0]).toEqual({
    loanId: 'a1',
    bankId: 'bank-a',
    uscc: '91411500MA45ABCDX2',
    divisionCode: '411500',
    programmeVersion: 1,
    cover: 'covered',
    principalFen: 2_000,
    eligibleFen: 2_000,
    exposureFen: 750,
    outstandingFen: 1_500,
    classification: 'normal',
    overdueDays: 0,
    asOf: '2026-10-31',
    disbursedOn: '2026-10-08',
    maturesOn: '2027-10-08',
    filedOn: '2026-10-08',
    registeredOn: '2026-10-09',
  });
});

test('a bank sees its own loans alone, whichever it asks for; a county those of its place', async () => {
  const { list } = await city();
  expect(await list('auditor.x')).toEqual(['a1', 'a2', 'b1']);
  expect(await list('auditor.x', { bankId: 'bank-b' })).toEqual(['b1']);
  expect(await list('auditor.x', { phase: 'over' })).toEqual(['a3']);
  expect(await list('bank')).toEqual(['a1', 'a2']);
  expect(await list('bank', { phase: 'over' })).toEqual(['a3']);
  expect(await list('bank', { bankId: 'bank-b' })).toEqual([]);
  // These carry no place of their own in their token.
  expect(await list('county-clerk.x')).toEqual([]);
  expect(await list('enterprise-user.x')).toEqual([]);
});

test('the list comes page by page', async () => {
  const { call } = await city();
  const pages: string[][] = [];
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const query: Record<string, string> = { pageSize: '2', ...(cursor !== undefined && { cursor }) };
    const { body } = await call('GET', path('exposures'), { as: 'auditor.x', query });
    pages.push(body.items.map(({ loanId }: { loanId: string }) => loanId));
    cursor = body.nextCursor;
  }
  expect(pages.filter((page) => page.length > 0)).toEqual([['a1', 'a2'], ['b1']]);
});

test('the capacity tells what room there is for each bank, and how far the breaker is', async () => {
  const { capacity } = await city({ bankQuotas: [{ bankId: 'bank-b', quotaFen: 500 }] });
  const lines = { warnBps: 300, stopBps: 500 };
  const ofA = {
    bankId: 'bank-a',
    exposureFen: 750,
    roomFen: 8_950,
    suspended: false,
    npl: { ...lines, bps: 320, level: 'warn', toStopBps: 180 },
  };
  const whole = {
    fundId,
    programmeVersion: 1,
    leverage: 10,
    capacityFen: 10_000,
    exposureFen: 1_050,
    roomFen: 8_950,
    usedBps: 1_050,
    suspended: false,
    netPaid: { bps: 0, warnBps: 3_000, stopBps: 5_000, level: 'fine', toStopBps: 5_000 },
  };
  expect(await capacity('auditor.x')).toEqual({
    ...whole,
    byBank: [ofA, { bankId: 'bank-b', exposureFen: 300, quotaFen: 500, roomFen: 200, suspended: false }],
  });
  expect(await capacity('bank')).toEqual({ ...whole, byBank: [ofA] });
});

test('a suspended bank stands there as suspended, and without a breaker nothing is measured', async () => {
  const { capacity, post } = await city({ breaker: 'off' });
  await post(path('suspensions'), { bankId: 'bank-c', reason: '演练' });
  const { byBank, ...whole } = await capacity('regulator.x');
  expect(whole).not.toHaveProperty('netPaid');
  expect(byBank).toMatchObject([
    { bankId: 'bank-a', suspended: false },
    { bankId: 'bank-b', suspended: false },
    { bankId: 'bank-c', suspended: true, exposureFen: 0 },
  ]);
  expect(byBank[0]).not.toHaveProperty('npl');
});

test('of a fund that nobody founded there is neither', async () => {
  const { call } = await city();
  for (const what of ['exposures', 'capacity']) {
    expect((await call('GET', `/v1/funds/nobody/${what}`)).body.code).toBe('not_found');
  }
});
