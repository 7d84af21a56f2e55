import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, addMonths, todayOf } from '#packages/calendar';
import { monthOf, reportDueOn } from '../../services/lending/report-months.ts';
import { type City, startCity } from '../support/city.ts';
import { partnerClient } from '../support/partner.ts';
import { storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let bank: Awaited<ReturnType<typeof partnerClient>>;
let uscc: string;
const today = todayOf(new Date());
const auditor = () => city.operator('auditor');

beforeAll(async () => {
  city = await startCity({ partners: true });
  story = storyOf(city);
  bank = await partnerClient(city, 'bank-a');
  uscc = await story.enterprise();
  await story.screen(uscc);
  await story.opine(uscc);
  await story.publish();
  const programme = {
    parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
    breaker: 'off',
    recoveryOrder: 'principal-first',
  };
  const admin = city.operator('city-admin');
  await story.ok(201, city.post('/v1/funds', admin, { fundId: 'f', name: '示例基金', programme }));
  await story.ok(200, city.post('/v1/funds/f/programmes/1/approvals', city.operator('city-reviewer')));
  const money = { level: 'city', amountFen: 1_000_000_000, receivedOn: today, bankReference: 'R1' };
  await story.ok(201, city.post('/v1/funds/f/contributions', admin, money));
  await story.drained();
});
afterAll(() => city.stop());

const send = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<any> =>
  bank.call({ method, path, ...(body !== undefined && { body }) });
const read = async (path: string, query: Record<string, string> = {}): Promise<any> =>
  ((await bank.call({ method: 'GET', path, query })) as any).body;

let loans = 0;
const terms = () => ({
  bankLoanNo: `D-${(loans += 1)}`,
  fundId: 'f',
  principalFen: 500_000_000,
  ipPartBps: 10_000,
  annualRateBps: 400,
  disbursedOn: today,
  maturesOn: addMonths(today, 12),
});
const registered = { registrationNo: 'Y2026980012345', registeredOn: today };
const asset = (number: string) => ({
  kind: 'invention',
  number,
  valueFen: 800_000_000,
  valuedOn: today,
  ...registered,
});

async function lend(number: string): Promise<string> {
  const filed = await send('POST', '/v1/loans', { ...terms(), uscc, pledge: { assets: [asset(number)] } });
  expect(filed, JSON.stringify(filed)).toMatchObject({ status: 201 });
  return filed.body.loanId;
}
const standing = (more: object = {}) => ({
  asOf: today,
  outstandingFen: 500_000_000,
  overdueDays: 0,
  classification: 'normal',
  allLoansNplBps: 120,
  ...more,
});
const exposure = async () => (await story.ok(200, city.get('/v1/funds/f/balances', auditor()))).exposureFen;

test('a report is taken with what is odd about it, once, and moves the bank’s meter', async () => {
  const loanId = await lend('201710601862.3');
  const path = `/v1/loans/${loanId}`;
  const odd = standing({ outstandingFen: 500_000_001 });
  const first = await send('POST', `${path}/reports`, odd);
  expect(first).toMatchObject({
    status: 200,
    body: { loanId, asOf: today, exceptions: [{ code: 'outstanding-above-principal' }] },
  });
  expect(await send('POST', `${path}/reports`, odd)).toMatchObject({ status: 200, replayed: true, body: first.body });
  expect(await send('POST', `${path}/reports`, standing())).toMatchObject({ status: 409, code: 'already_exists' });
  expect(await send('POST', `${path}/reports`, standing({ asOf: addDays(today, 1) }))).toMatchObject({
    status: 422,
    code: 'validation_failed',
    problem: { errors: [{ pointer: '/asOf' }] },
  });
  const planned = await send('PUT', `/v1/credit-plans/${today.slice(0, 4)}`, { planFen: 1_000_000_000 });
  expect(planned).toMatchObject({ status: 200, body: { planFen: 1_000_000_000 } });
  const digest = 'ab'.repeat(32);
  const evidence = await send('POST', `${path}/evidence`, { kind: 'investigation', digest, on: today });
  expect(evidence).toMatchObject({ status: 200, body: { evidence: [{ digest }] } });
  const meter = await read('/v1/npl-meter');
  expect(meter).toMatchObject({
    ip: { loans: 1, outstandingFen: 500_000_001, nplFen: 0, nplBps: 0 },
    state: 'within',
    limitBps: 420,
    roomBps: 420,
    roomFen: 21_000_000,
    credit: { disbursedFen: 500_000_000, loans: 1, usedBps: 5_000 },
  });
  const watcher = city.get('/v1/npl-meter?partnerId=bank-a', city.operator('regulator'));
  expect(await story.ok(200, watcher)).toEqual(meter);
  expect(await read(path)).toMatchObject({ lastReport: { outstandingFen: 500_000_001 }, evidence: [{ digest }] });
  expect((await read(`${path}/reports`)).items).toMatchObject([{ asOf: today, receivedOn: today }]);
});

test('a month without a report is found by the daily run, though it is killed, and cleared by the report', async () => {
  const loanId = await lend('201310699744.2');
  const month = monthOf(today);
  const mine = ({ items }: any) => items.filter((line: any) => line.loanId === loanId);
  expect(mine(await read('/v1/missing-reports', { month }))).toMatchObject([{ loanId, overdue: false }]);
  const at = `${addDays(reportDueOn(month).date, 1)}T01:00:00.000Z`;
  const run = () => city.call('POST', '/__local/schedules/loan-watch', { json: { at } });
  const killed = run();
  await city.call('POST', '/__local/kill', { json: { function: 'zhirong-lending-watch' } });
  await killed.catch(() => undefined);
  await run();
  await run();
  const open = mine(await read('/v1/loan-watches'));
  expect(open).toMatchObject([{ code: 'report-missing', about: month, dueOn: reportDueOn(month).date }]);
  expect((await read(`/v1/loans/${loanId}`)).watches).toHaveLength(1);
  expect(await send('POST', `/v1/loans/${loanId}/reports`, standing())).toMatchObject({ status: 200 });
  expect(mine(await read('/v1/loan-watches'))).toEqual([]);
  expect(mine(await read('/v1/loan-watches', { state: 'cleared' }))).toMatchObject([{ code: 'report-missing' }]);
  expect(mine(await read('/v1/missing-reports', { month }))).toEqual([]);
  await story.drained();
});

test('a renewed loan hands its pledge and its place in the fund to the new one; a lost one is written off', async () => {
  const old = await lend('202210000001.3');
  await story.drained();
  const before = await exposure();
  const renewed = await send('POST', `/v1/loans/${old}/renewals`, terms());
  expect(renewed, JSON.stringify(renewed)).toMatchObject({ status: 201, body: { renews: old } });
  const { loanId } = renewed.body;
  await story.drained();
  expect(await read(`/v1/loans/${old}`)).toMatchObject({ status: 'renewed', renewedBy: loanId });
  expect(await read(`/v1/loans/${loanId}`)).toMatchObject({
    status: 'active',
    renews: old,
    cover: { status: 'covered' },
    bundle: { state: 'complete' },
  });
  expect(await exposure()).toBe(before);
  await send('POST', `/v1/loans/${loanId}/reports`, standing({ classification: 'loss' }));
  expect(await send('POST', `/v1/loans/${loanId}/renewals`, terms())).toMatchObject({ code: 'filed_after_default' });
  const writeOff = { on: today, reason: '经审批核销' };
  expect(await send('POST', `/v1/loans/${loanId}/write-offs`, writeOff)).toMatchObject({
    status: 200,
    body: { status: 'written-off' },
  });
  await story.drained();
  expect(await read(`/v1/loans/${loanId}`)).toMatchObject({ status: 'written-off', bundle: { state: 'complete' } });
});
