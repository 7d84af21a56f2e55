import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import { aggregatePk } from '#packages/aggregate';
import type { Table } from '#packages/table';
import { type FundAnswer, fundApi } from '../../../test/support/fund-api.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { reserveExposure } from '../ledger/exposure.ts';
import { creditInterest } from '../ledger/cash.ts';
import { exportJournal as exportAtOnce } from '../ledger/export.ts';
import { exportJournal } from '../ledger/export-journal.mjs';
import { openLedger, post } from '../ledger/post.ts';
import { verifyJournal, verifyTransfers } from '../ledger/verify-journal.mjs';
import { contributionReturnKind } from '../store/contribution-return.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const now = new Date('2026-11-23T04:00:00.000Z');
const reviewer = 'city-reviewer.second';
const programme = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall: 'city-covers' } },
  ],
  recoveryOrder: 'principal-first',
  leverage: 10,
};

/** A city with funds that hold 1,000 fen of the city's each. */
async function cityWith(...fundIds: string[]) {
  const table = await store.another();
  const call = fundApi(table, () => now);
  const post = (path: string, json: object, as?: string) =>
    call('POST', `/v1/funds/${path}`, { json, ...(as !== undefined && { as }) });
  for (const fundId of fundIds) {
    await call('POST', '/v1/funds', { json: { fundId, name: '资金池', programme } });
    await post(`${fundId}/programmes/1/approvals`, {}, reviewer);
    const money = { level: 'city', amountFen: 1_000, receivedOn: '2026-11-20', bankReference: `in-${fundId}` };
    const booked = await post(`${fundId}/contributions`, money);
    expect([booked.status, booked.headers['idempotency-replayed']]).toEqual([201, undefined]);
  }
  const balances = async (fundId: string) => (await call('GET', `/v1/funds/${fundId}/balances`)).body;
  return { table, call, post, balances };
}

async function cover(table: Table, fundId: string, exposureFen: bigint): Promise<void> {
  const loan = { loanId: 'l1', bankId: 'bank-a', exposureFen, principalFen: exposureFen, valueDate: '2026-11-20' };
  const [answer] = await post(
    openLedger(table, () => now),
    fundId,
    [reserveExposure(loan)],
  );
  expect(answer?.kind).toBe('posted');
}

async function exported(table: Table, fundId: string): Promise<string> {
  let text = '';
  for await (const line of exportAtOnce(table, fundId)) text += line;
  return text;
}

const codeOf = ({ status, body }: FundAnswer) => [status, body.code];
const wanted = { returnId: 'D2026-7', level: 'city', amountFen: 300, reason: '市财政收回结余资金' };
const payment = { bankReference: 'OUT1', bookedOn: '2026-11-23' };

test('a contribution is returned by two people, is owed from the approval on, and is paid once', async () => {
  const { table, call, post, balances } = await cityWith('f');
  const path = 'f/contribution-returns';
  const proposed = await post(path, wanted);
  expect(proposed).toMatchObject({ status: 201, body: { ...wanted, fundId: 'f', status: 'proposed' } });
  expect(await post(path, wanted)).toMatchObject({ status: 201, headers: { 'idempotency-replayed': 'true' } });
  expect(codeOf(await post(path, { ...wanted, amountFen: 301 }))).toEqual([409, 'already_exists']);
  expect(codeOf(await post(`${path}/D2026-7/payments`, payment))).toEqual([409, 'state_conflict']);
  expect(await balances('f')).toMatchObject({ availableFen: 1_000 });

  const approved = await post(`${path}/D2026-7/approvals`, {}, reviewer);
  expect(approved).toMatchObject({ status: 200, body: { status: 'approved', approved: { seq: 3 } } });
  expect(codeOf(await post(`${path}/D2026-7/approvals`, {}, reviewer))).toEqual([409, 'state_conflict']);
  expect(await balances('f')).toMatchObject({ cashFen: 1_000, availableFen: 700 });

  const twins = await Promise.all([1, 2, 3].map(() => post(`${path}/D2026-7/payments`, payment)));
  expect(twins.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(twins.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(2);
  expect(codeOf(await post(`${path}/D2026-7/payments`, { ...payment, bankReference: 'OUT2' }))).toEqual([
    409,
    'already_exists',
  ]);
  expect(await balances('f')).toMatchObject({ cashFen: 700, availableFen: 700 });
  expect((await call('GET', '/v1/funds/f/contribution-returns/D2026-7')).body).toEqual(twins[0]!.body);
  expect(verifyJournal(await exported(table, 'f')).problems).toEqual([]);
  expect(await verifyAggregate(table, aggregatePk(contributionReturnKind, 'f/D2026-7'))).toMatchObject({
    kind: 'intact',
    head: { sequence: 3 },
  });
});

test('another return is not paid by a line that paid one before', async () => {
  const { post } = await cityWith('f');
  for (const returnId of ['a', 'b']) {
    await post('f/contribution-returns', { ...wanted, returnId });
    await post(`f/contribution-returns/${returnId}/approvals`, {}, reviewer);
  }
  expect((await post('f/contribution-returns/a/payments', payment)).status).toBe(201);
  expect(codeOf(await post('f/contribution-returns/b/payments', payment))).toEqual([409, 'already_exists']);
});

test.each<[string, object, bigint, [number, string]]>([
  ['more than the contributor has in it', { amountFen: 1_001 }, 0n, [422, 'contribution_exceeded']],
  ['what another level has in it', { level: 'province' }, 0n, [422, 'contribution_exceeded']],
  ['what the cover of its loans needs', { amountFen: 501 }, 5_000n, [422, 'cover_not_kept']],
])('a return is not approved of %s', async (_what, change, exposure, refusal) => {
  const { table, post, balances } = await cityWith('f');
  if (exposure > 0n) await cover(table, 'f', exposure);
  await post('f/contribution-returns', { ...wanted, ...change });
  expect(codeOf(await post('f/contribution-returns/D2026-7/approvals', {}, reviewer))).toEqual(refusal);
  expect(await balances('f')).toMatchObject({ availableFen: 1_000 });
});

test('what a fund can spare goes to another in one step, and stands in both books', async () => {
  const { table, post, balances } = await cityWith('a', 'b');
  await cover(table, 'a', 5_000n);
  const transfer = { toFundId: 'b', amountFen: 500, bookedOn: '2026-11-22', bankReference: 'T1' };
  expect(codeOf(await post('a/transfers', { ...transfer, amountFen: 501 }))).toEqual([422, 'cover_not_kept']);
  const twins = await Promise.all([1, 2, 3].map(() => post('a/transfers', transfer)));
  expect(twins.map(({ status }) => status)).toEqual([201, 201, 201]);
  expect(twins[0]!.body).toMatchObject({ ...transfer, fundId: 'a', to: { seq: 3 } });
  expect(twins.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(2);
  expect(codeOf(await post('a/transfers', { ...transfer, amountFen: 499 }))).toEqual([409, 'already_exists']);
  expect(codeOf(await post('a/transfers', { ...transfer, bankReference: 'in-b' }))).toEqual([409, 'already_exists']);
  const back = { toFundId: 'a', amountFen: 1_501, bookedOn: '2026-11-22', bankReference: 'T2' };
  expect(codeOf(await post('b/transfers', back))).toEqual([422, 'fund_balance_exceeded']);
  expect(await post('b/transfers', { ...back, amountFen: 200 })).toMatchObject({ status: 201 });
  for (const [fundId, other, cash, clearing] of [
    ['a', 'b', 700, 300],
    ['b', 'a', 1_300, -300],
  ] as const) {
    const { cashFen, accounts } = await balances(fundId);
    expect(cashFen).toBe(cash);
    expect(accounts).toContainEqual({ code: '1009', name: '资金池往来', partyId: other, balanceFen: clearing });
  }
  const texts = [await exported(table, 'a'), await exported(table, 'b')];
  for (const text of texts) expect(verifyJournal(text).problems).toEqual([]);
  expect(verifyTransfers(texts)).toEqual([]);
  const cut = texts[1]!.replace(/^.*"id":"bank:T1".*\n/m, '');
  expect(verifyTransfers([texts[0]!, cut])).toEqual(['bank:T1 between a and b is not the same in both books']);
});

test('a journal of several pages, exported page by page, is the one exported at once', async () => {
  const { table, call } = await cityWith('f');
  const line = (place: number) =>
    creditInterest({ bankReference: `i${place}`, amountFen: 1n, valueDate: '2026-11-20' });
  await post(
    openLedger(table, () => now),
    'f',
    Array.from({ length: 420 }, (_, place) => line(place)),
  );
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://localhost');
    const as = request.headers.authorization?.slice('Bearer '.length) ?? '';
    void call('GET', url.pathname, { as, query: Object.fromEntries(url.searchParams) }).then(({ status, body }) =>
      response.writeHead(status).end(JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  let text = '';
  const write = (more: string) => void (text += more);
  const source = { api: `http://127.0.0.1:${port}`, fundId: 'f', write };
  expect(await exportJournal({ ...source, token: 'auditor.one' })).toBe(422);
  expect(text).toBe(await exported(table, 'f'));
  expect(verifyJournal(text).problems).toEqual([]);
  await expect(exportJournal({ ...source, token: 'nobody' })).rejects.toThrow('401');
});

test.each([
  ['itself', { toFundId: 'a' }, '/toFundId'],
  ['a fund that is not there', { toFundId: 'nowhere' }, '/toFundId'],
  ['another, of nothing', { amountFen: 0 }, '/amountFen'],
  ['another, on a day to come', { bookedOn: '2026-11-24' }, '/bookedOn'],
])('a fund gives nothing to %s', async (_what, change, pointer) => {
  const { post } = await cityWith('a', 'b');
  const transfer = { toFundId: 'b', amountFen: 1, bookedOn: '2026-11-22', bankReference: 'T1', ...change };
  expect((await post('a/transfers', transfer)).body.errors).toMatchObject([{ pointer }]);
});
