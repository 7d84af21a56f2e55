import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addDays, addMonths } from '#packages/calendar';
import { verifyAggregate } from '#packages/audit';
import { fundId, lendingOn, type LendingWorld, uscc } from '../../../test/support/lending.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
let world: LendingWorld;

beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = lendingOn(await started.another());
});

async function ready(programme: Record<string, unknown> = {}): Promise<void> {
  await world.listed();
  await world.founded(programme);
}

const registration = () => ({ registrationNo: 'Y2026980012345', registeredOn: world.today() });

test('a filed loan waits for its registrations, and is told to the fund with what it has to know', async () => {
  await ready();
  const filed = await world.file(world.loan());
  expect(filed).toMatchObject({
    kind: 'done',
    result: {
      cover: {
        fundId,
        programmeVersion: 1,
        eligibleFen: 500_000_000n,
        shareBps: 5_000n,
        status: 'pending',
        reason: 'registration-missing',
      },
    },
  });
  const { loanId } = filed.result;
  expect(filed.location).toBe(`/v1/loans/${loanId}`);
  expect(await world.told(loanId)).toEqual(['loan.filed.v1']);
  const changed = await world.change(loanId, 'invention', 'ZL201710601862.3', registration());
  expect(changed.result).toMatchObject({ bundle: 'complete', asset: { state: 'registered' } });
  expect(changed.result.cover).not.toHaveProperty('reason');
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
  expect(await verifyAggregate(world.table, `LOAN#${loanId}`)).toMatchObject({ kind: 'intact' });
});

test('registered when it is filed, a loan is told as both at once', async () => {
  await ready();
  const { result } = await world.file(world.loan({}, [world.asset('201710601862.3', registration())]));
  expect(result.cover).not.toHaveProperty('reason');
  expect(await world.told(result.loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1']);
});

test('the bank’s number says the same loan for ever: again as the first time, otherwise refused', async () => {
  await ready();
  const body = world.loan();
  const first = await world.file(body);
  await world.hear('fund.cover.refused.v1', {
    loanId: first.result.loanId,
    partnerId: 'bank-a',
    fundId,
    reason: 'capacity-exhausted',
  });
  world.at('2027-12-01T04:00:00.000Z');
  expect(await world.file(body)).toEqual({ ...first, replayed: true });
  expect(await world.file({ ...body, principalFen: 1 })).toMatchObject({ code: 'already_exists' });
});

test('the same filing by many at once is one loan', async () => {
  await ready();
  const body = world.loan();
  const all = await Promise.all(Array.from({ length: 8 }, () => world.file(body)));
  expect(new Set(all.map(({ result }) => result.loanId)).size).toBe(1);
  expect(await world.told(all[0]!.result.loanId)).toEqual(['loan.filed.v1']);
});

test.each<[string, (day: string) => Record<string, unknown>, string]>([
  ['fund_unknown', () => ({ fundId: 'other' }), 'other'],
  ['term_above_max', (day) => ({ maturesOn: addMonths(day, 48) }), '期限 48 个月，方案最长 36 个月'],
  ['term_above_max', (day) => ({ maturesOn: addDays(addMonths(day, 36), 1) }), '期限 37 个月'],
  ['rate_above_ceiling', () => ({ annualRateBps: 451 }), '年利率 4.51 %，方案最高 4.50 %'],
  ['ip_share_below_min', () => ({ ipPartBps: 4_999 }), '49.99 %，方案至少 50.00 %'],
  ['filed_after_default', (day) => ({ disbursedOn: addDays(day, -91) }), '放款已超过 90 日'],
  ['filed_after_default', (day) => ({ disbursedOn: addDays(day, -60), maturesOn: addDays(day, -1) }), '到期'],
  ['product_not_available', () => ({ productId: 'product-1' }), 'product-1'],
])('%s is said with what would cure it: %o', async (code, over, detail) => {
  await ready();
  expect(await world.file(world.loan(over(world.today())))).toMatchObject({
    kind: 'refused',
    code,
    detail: expect.stringContaining(detail),
  });
});

test('the last day of each limit is within it', async () => {
  await ready();
  const today = world.today();
  const longest = { maturesOn: addMonths(today, 36), annualRateBps: 450, ipPartBps: 5_000 };
  expect(await world.file(world.loan(longest, [world.asset('201810601862.X')]))).toMatchObject({ kind: 'done' });
  const late = { disbursedOn: addDays(today, -90), maturesOn: today };
  expect(await world.file(world.loan(late, [world.asset('201910601862.5')]))).toMatchObject({ kind: 'done' });
});

test('a fund that has no programme in force yet takes no loan, and takes it from the first day on', async () => {
  await world.listed();
  await world.hear('fund.founded.v1', { fundId });
  const body = world.loan();
  expect(await world.file(body)).toMatchObject({ code: 'programme_not_in_force' });
  const tomorrow = addDays(world.today(), 1);
  await world.hear('fund.programme.activated.v1', {
    fundId,
    version: 1,
    effectiveFrom: tomorrow,
    digest: '0'.repeat(64),
    programme: {
      parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
      recoveryOrder: 'principal-first',
    },
  });
  expect(await world.file(body)).toMatchObject({ code: 'programme_not_in_force' });
  world.at(`${tomorrow}T04:00:00.000Z`);
  expect(await world.file(body)).toMatchObject({ kind: 'done' });
});

test('listed means on the day of filing, and shown to this bank', async () => {
  await world.founded();
  const off = { code: 'enterprise_not_listed' };
  expect(await world.file(world.loan())).toMatchObject(off);
  await world.listed({ validUntil: world.today() });
  const consent = { uscc, consentId: 'c-2', purposes: ['credit'], expiresOn: '2099-12-31' };
  await world.hear('consent.granted.v1', { ...consent, recipients: ['bank-b'] });
  const unshown = await world.file(world.loan());
  expect(unshown).toMatchObject(off);
  expect(await world.file(world.loan(), 'bank-b')).toMatchObject({ kind: 'done' });
  await world.hear('consent.granted.v1', { ...consent, recipients: ['bank-a'] });
  const gone = { uscc, version: 1, reason: 'city-suspended' };
  await world.hear('whitelist.entry.suspended.v1', gone);
  expect(await world.file(world.loan())).toEqual(unshown);
  const entry = { uscc, version: 1, listedOn: world.today(), validUntil: world.today(), divisionCode: '411502' };
  await world.hear('whitelist.entry.reinstated.v1', entry);
  expect(await world.file(world.loan({}, [world.asset('201310699744.2')]))).toMatchObject({ kind: 'done' });
  world.at('2026-11-28T04:00:00.000Z');
  expect(await world.file(world.loan())).toMatchObject(off);
  world.at('2026-11-27T04:00:00.000Z');
  await world.hear('consent.withdrawn.v1', { uscc, consentId: 'c-2' });
  expect(await world.file(world.loan())).toMatchObject(off);
});

test('a right stands in one live bundle, of whatever bank, however its number is typed; whose is not said', async () => {
  await ready();
  const first = await world.file(world.loan({}, [world.asset('201710601862.3', registration())]));
  for (const number of ['ZL201710601862.3', '2017106018623', '２０１７１０６０１８６２．３']) {
    const again = await world.file(world.loan({}, [world.asset(number)]), 'bank-b');
    expect(again).toMatchObject({ code: 'right_already_pledged' });
    expect(JSON.stringify(again)).not.toContain('bank-a');
  }
  const misnamed = world.asset('201710601862.3', { kind: 'utility-model' });
  expect(await world.file(world.loan({}, [misnamed]), 'bank-b')).toMatchObject({ code: 'right_already_pledged' });
  await world.change(first.result.loanId, 'invention', '201710601862.3', { releasedOn: world.today() });
  expect(await world.file(world.loan(), 'bank-b')).toMatchObject({ kind: 'done' });
});

test('of two filings of one right at once one is taken', async () => {
  await ready();
  const banks = ['bank-a', 'bank-b', 'bank-c', 'bank-d'];
  const outcomes = await Promise.all(banks.map((by) => world.file(world.loan(), by)));
  expect(outcomes.map(({ kind, code }) => code ?? kind).toSorted()).toEqual([
    'done',
    'right_already_pledged',
    'right_already_pledged',
    'right_already_pledged',
  ]);
});

test('a debt does not outlive its rights', async () => {
  await ready();
  const over = { maturesOn: addMonths(world.today(), 30) };
  const dying = world.asset('201710601862.3', { expiresOn: addMonths(world.today(), 29) });
  expect(await world.file(world.loan(over, [dying]))).toMatchObject({ code: 'debt_outlives_right' });
});

test('what cannot be is named field by field', async () => {
  await ready();
  const tomorrow = addDays(world.today(), 1);
  const body = world.loan({ disbursedOn: tomorrow, maturesOn: tomorrow }, [
    world.asset('201710601862.3', { registrationNo: 'Y1' }),
    world.asset('ZL2017106018623', { valuedOn: tomorrow }),
  ]);
  const refused = (await world.file(body)) as unknown as { code: string; errors: { pointer: string }[] };
  expect(refused.code).toBe('validation_failed');
  expect(refused.errors.map(({ pointer }) => pointer)).toEqual([
    '/disbursedOn',
    '/maturesOn',
    '/pledge/assets/0/registeredOn',
    '/pledge/assets/1/valuedOn',
    '/pledge/assets/1/number',
  ]);
});

test('the fund’s answer is the loan’s, once', async () => {
  await ready();
  const { result } = await world.file(world.loan({}, [world.asset('201710601862.3', registration())]));
  const about = { loanId: result.loanId, partnerId: 'bank-a', fundId };
  const yes = { ...about, programmeVersion: 1, exposureFen: 250_000_000, seq: 1 };
  expect(await world.hear('fund.cover.confirmed.v1', yes)).toMatchObject({ kind: 'done' });
  const no = { ...about, reason: 'capacity-exhausted' };
  expect(await world.hear('fund.cover.refused.v1', no)).toMatchObject({ code: 'state_conflict' });
  const seen = await world.change(result.loanId, 'invention', '201710601862.3', {});
  expect(seen.result.cover).toMatchObject({ status: 'covered' });
});
