import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOutboxItem } from '#packages/messaging/outbox';
import { noReceipt } from '#packages/outcome';
import { inPartition, type Table } from '#packages/table';
import {
  balanceIn,
  type ClaimWorld,
  claimWorld,
  codeOf,
  plainProgramme,
  reviewer,
} from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { drainAtOnce } from '../claims/drain.ts';
import { transferBetween } from '../ledger/operations/transfer.ts';
import { openLedger } from '../ledger/post.ts';
import { fundsIndex } from '../store/fund.ts';
import { applyTerms } from './apply-terms.ts';
import { matchFunds } from './match-funds.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
const city = async (programme?: object) => claimWorld(await started.another(), programme);

const day = '2026-11-23';
const advancing = { ...plainProgramme, prePosition: { advanceBps: 7_000 } };

/** So many claims of 10,000 yuan each, paid in the order of their approval by a fund that has next to nothing. */
async function waiting(world: ClaimWorld, count: number, more: object = {}): Promise<string[]> {
  await world.contribute(20_000_000n);
  const claims: string[] = [];
  for (let place = 0; place < count; place += 1) {
    const loanId = await world.loan({ principalFen: 1_000_000n });
    claims.push((await world.file(loanId, { lossPrincipalFen: 1_000_000, ...more })).body.claimId);
  }
  for (const claimId of claims) await world.decide(claimId);
  const fee = { amountFen: 20_000_000, bookedOn: day, bankReference: 'F1' };
  await world.post(`/v1/funds/${world.fundId}/fees`, fee);
  for (const claimId of claims) expect((await world.pay(claimId)).status).toBe(200);
  return claims;
}

async function pendingOf(world: ClaimWorld, claims: readonly string[]): Promise<number[]> {
  return Promise.all(claims.map(async (claimId) => (await world.claim(claimId)).parties[0].pendingFen));
}

/** A second fund of the city with this much money, which no loan needs. */
async function otherFund(world: ClaimWorld, amountFen: number): Promise<void> {
  await world.post('/v1/funds', { fundId: 'rich', name: '另一资金池', programme: plainProgramme });
  await world.post('/v1/funds/rich/programmes/1/approvals', {}, { as: reviewer });
  await world.post('/v1/funds/rich/contributions', {
    level: 'city',
    amountFen,
    receivedOn: day,
    bankReference: 'rich-1',
  });
}

const transfer = (toFundId: string, amountFen: number) => ({
  toFundId,
  amountFen,
  bookedOn: day,
  bankReference: 'T1',
});

async function toldOfBreaker(table: Table, fundId: string): Promise<string[]> {
  const types: string[] = [];
  for await (const item of table.each({ condition: inPartition(`BREAKER#${fundId}`) })) {
    const event = readOutboxItem(item);
    if (event !== undefined) types.push(event.type);
  }
  return types;
}

test('advances that were all paid on one day are settled and topped up on that day, however many wait', async () => {
  const world = await city(advancing);
  const claims = await waiting(world, drainAtOnce + 2, { prePosition: true });
  expect(new Set(await pendingOf(world, claims))).toEqual(new Set([350_000]));
  await world.contribute(100_000n);
  const [first = '', ...others] = claims;
  // Most of the loss has come back, and stays with the bank until the settlement takes it from there.
  await world.recover(first, 'RC-1', 990_000);
  const { id, clawBackFen } = (await world.propose(first, 'settlements')).body;
  expect(clawBackFen).toBeGreaterThan(0);
  expect(await world.approve(first, 'settlements', id)).toMatchObject({ status: 200 });
  expect(await world.claim(first)).toMatchObject({ status: 'settled', parties: [{ pendingFen: 0 }, {}, {}] });
  const owed = balanceIn(await world.balances(), '2201');
  expect(owed).toBeGreaterThan(others.length * 300_000);
  expect((await world.contribute(BigInt(owed))).status).toBe(201);
  expect(new Set(await pendingOf(world, claims))).toEqual(new Set([0]));
  expect((await world.balances()).cashFen).toBe(0);
  expect(await world.problems()).toEqual([]);
});

test('whose whole loss has come back waits no more, also behind more claims than one commit pays', async () => {
  const world = await city();
  const claims = await waiting(world, drainAtOnce + 2);
  const last = claims.at(-1) ?? '';
  expect(await world.recover(last, 'RC-1', 1_000_000)).toMatchObject({ status: 200 });
  expect(await world.claim(last)).toMatchObject({
    status: 'closed',
    parties: [{ pendingFen: 0, burdenFen: 0 }, {}, {}],
  });
  expect(await world.problems()).toEqual([]);
});

test('money from another fund pays what waits; a transfer that was cut off behind its booking the daily run makes up', async () => {
  for (const cutOff of [false, true]) {
    const world = await city();
    const [claimId = ''] = await waiting(world, 1);
    await otherFund(world, 500_000);
    const body = transfer(world.fundId, 500_000);
    if (cutOff) {
      const caller = { kind: 'person', issuer: 'https://id', sub: 'a', role: 'city-admin' } as const;
      const booked = await transferBetween(openLedger(world.table, world.now))(
        'rich',
        { ...body, amountFen: 500_000n },
        { now: world.now(), caller, receipt: noReceipt },
      );
      expect([booked.kind, await pendingOf(world, [claimId])]).toEqual(['done', [500_000]]);
      // A book that cannot be read, listed before: it is said at the end, and holds nobody up.
      await world.table.transact([
        { kind: 'put', item: { pk: fundsIndex, sk: 'broken', fundId: 'broken' } },
        { kind: 'put', item: { pk: 'LEDGER#broken', sk: 'B#', book: 'unreadable' } },
      ]);
      await expect(applyTerms({ table: world.table })(world.now())).rejects.toThrow('1 of 3 funds');
      await expect(matchFunds({ table: world.table })(world.now())).rejects.toThrow('1 of 3 funds');
      expect((await world.call('GET', '/v1/funds/rich/matches')).body.items).toHaveLength(1);
    } else {
      const booked = await world.post('/v1/funds/rich/transfers', body);
      expect([booked.status, booked.headers['idempotency-replayed']]).toEqual([201, undefined]);
    }
    expect(await world.claim(claimId)).toMatchObject({ status: 'paid', parties: [{ paidFen: 500_000 }, {}, {}] });
    expect((await world.balances()).cashFen).toBe(0);
    expect(await world.problems()).toEqual([]);
  }
});

test('money that pays what waits is looked at by the breaker, like a payment', async () => {
  const stop = { bankNplBps: { warn: 9_000, stop: 10_000 }, fundNetPaidBps: { warn: 100, stop: 200 } };
  const world = await city({ ...plainProgramme, breaker: stop });
  await waiting(world, 1);
  expect(await toldOfBreaker(world.table, world.fundId)).toEqual([]);
  await world.contribute(500_000n);
  expect(await toldOfBreaker(world.table, world.fundId)).toEqual(['fund.breaker.tripped.v1']);
});

test('what is owed on claims is neither returned to a contributor nor given to another fund', async () => {
  const world = await city();
  await world.contribute(50_000_000n);
  const { claimId } = (await world.file(await world.loan())).body;
  await world.decide(claimId);
  await otherFund(world, 1);
  expect(balanceIn(await world.balances(), '9001')).toBe(0);
  expect(codeOf(await world.post(`/v1/funds/${world.fundId}/transfers`, transfer('rich', 1)))).toEqual([
    422,
    'cover_not_kept',
  ]);
  const path = `/v1/funds/${world.fundId}/contribution-returns`;
  await world.post(path, { returnId: 'D1', level: 'city', amountFen: 1, reason: '收回结余资金' });
  expect(codeOf(await world.post(`${path}/D1/approvals`, {}, { as: reviewer }))).toEqual([422, 'cover_not_kept']);
  expect((await world.pay(claimId)).body.payments[0]).toEqual({ partyId: 'fund', paidFen: 50_000_000, pendingFen: 0 });
});

test('a check says what a cap leaves for one more claim, and of a claim on file what it has', async () => {
  const world = await city({
    ...plainProgramme,
    enterpriseCumulativeCapFen: 70_000_000,
    bankYearCap: { ofPreviousBalanceBps: 10_000, maxFen: 60_000_000 },
  });
  await world.contribute(200_000_000n);
  const [first, second] = [
    await world.loan({ disbursedOn: '2025-06-01' }),
    await world.loan({ disbursedOn: '2025-06-01' }),
  ];
  for (const [loanId, dueFen] of [
    [first, 50_000_000],
    [second, 10_000_000],
  ] as const) {
    const before = (await world.check(loanId)).body.entitlement;
    const filed = (await world.file(loanId)).body.entitlement;
    expect([before[0].dueFen, filed]).toEqual([dueFen, before]);
    expect((await world.check(loanId)).body.entitlement).toEqual(filed);
  }
});

test('a list of one state has full pages, whatever lies between', async () => {
  const world = await city();
  await world.contribute(80_000_000n);
  const filed: string[] = [];
  for (const decision of ['reject', undefined, 'reject', 'reject', undefined, 'reject', 'reject', 'reject']) {
    const { claimId } = (await world.file(await world.loan({ principalFen: 1_000n }), { lossPrincipalFen: 1_000 }))
      .body;
    if (decision === undefined) filed.push(claimId);
    else await world.decide(claimId, decision);
  }
  const query = { status: 'filed', pageSize: '1' };
  const one = (await world.call('GET', '/v1/claims', { query })).body;
  const two = (await world.call('GET', '/v1/claims', { query: { ...query, cursor: one.nextCursor } })).body;
  const ids = new Set([one, two].flatMap(({ items }) => items.map(({ claimId }: { claimId: string }) => claimId)));
  expect(ids).toEqual(new Set(filed));
  expect([one.items.length, two.items.length]).toEqual([1, 1]);
});

test('no first answer is called a replay; what a business key names is, under any other key', async () => {
  const world = await city(advancing);
  await world.contribute(80_000_000n);
  const loanId = await world.loan();
  const filed = await world.file(loanId, { prePosition: true });
  const { claimId } = filed.body;
  const firsts = [
    filed,
    await world.check(loanId),
    await world.decide(claimId),
    await world.pay(claimId),
    await world.recover(claimId, 'RC-1', 10_000_000),
    await world.recover(claimId, 'RC-2', 1_000),
    await world.post(`/v1/claims/${claimId}/recovery-reversals`, { reference: 'RC-2', reason: '误报' }, { as: 'bank' }),
    await world.propose(claimId, 'settlements'),
    await world.approve(claimId, 'settlements', 'settlement-1'),
    await world.propose(claimId, 'write-offs'),
    await world.approve(claimId, 'write-offs', 'write-off-1'),
    await world.recover(claimId, 'RC-3', 1_000),
  ];
  expect(firsts.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200, 200, 201, 200, 201, 200, 200]);
  expect(firsts.map(({ headers }) => headers['idempotency-replayed'])).toEqual(firsts.map(() => undefined));
  const again = [
    await world.file(loanId, { prePosition: true }),
    await world.pay(claimId),
    await world.recover(claimId, 'RC-1', 10_000_000),
    await world.recover(claimId, 'RC-3', 1_000),
  ];
  expect(again.map(({ status, headers }) => [status, headers['idempotency-replayed']])).toEqual([
    [201, 'true'],
    [200, 'true'],
    [200, 'true'],
    [200, 'true'],
  ]);
  expect(again.map(({ body }) => body)).toEqual([firsts[0], firsts[3], firsts[4], firsts[11]].map((one) => one?.body));
  expect(await world.problems()).toEqual([]);
});
