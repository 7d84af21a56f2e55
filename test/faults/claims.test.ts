import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { createResources, startEngines } from '../../packages/local/engines.ts';
import { type FaultProxy, startFaultProxy } from '../../packages/local/fault-proxy.ts';
import { openTable, type Table } from '../../packages/table.ts';
import { releaseExposure } from '../../services/fund/ledger/exposure.ts';
import { openLedger, post } from '../../services/fund/ledger/post.ts';
import { findEntry } from '../../services/fund/ledger/read.ts';
import { balanceIn, type ClaimWorld, claimWorld, codeOf, plainProgramme, reviewer } from '../support/claims.ts';
import type { FundAnswer } from '../support/fund-api.ts';
import { clients, type Engines, tableSpec } from './messaging-world.ts';

/**
 * The scenarios of the ledger that need a claim, through the service's own pipeline and the fault proxy. A payment is
 * booked, and no bank is called: what an outside call could lose (18, 19) is here a lost answer of the store.
 */

let engines: Engines;
let proxy: FaultProxy;
let faulty: Table;

beforeAll(async () => {
  engines = await startEngines({});
  proxy = await startFaultProxy({ target: engines.urls.dynamodb, engine: 'dynamodb', seed: 11 });
  await createResources(engines.urls, { region: 'cn-north-1', queues: [], buckets: [], tables: [tableSpec('claims')] });
  faulty = openTable(clients({ ...engines.urls, dynamodb: proxy.url }).db, 'claims');
});
afterEach(() => proxy.setPlan(undefined));
afterAll(async () => {
  await proxy.stop();
  await engines.stop();
});

let funds = 0;
async function city(programme: object = plainProgramme): Promise<ClaimWorld> {
  const world = await claimWorld(faulty, programme, `fund-${(funds += 1)}`);
  await world.contribute(200_000_000n, { bankReference: `start-${world.fundId}` });
  return world;
}
const loanIn = (world: ClaimWorld, name: string) => world.loan({ loanId: `${world.fundId}-${name}` });

/** As a client does it: the same again, until somebody answers. */
async function insist(call: () => Promise<FundAnswer>): Promise<FundAnswer> {
  for (let attempt = 0; attempt < 30; attempt += 1) {
    const answer = await call().catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer;
  }
  throw new Error('never answered');
}

test('11: a claim that may not be is refused each time, and the cover of a loan under claim is not given back', async () => {
  const world = await city();
  const loanId = await loanIn(world, 'a');
  const { claimId } = (await world.file(loanId)).body;
  const reserved = await findEntry(faulty, world.fundId, `cover:${loanId}`);
  const release = releaseExposure(reserved!, { reference: 'p1', valueDate: '2026-11-20', repaidFen: 1n });
  for (let time = 0; time < 2; time += 1) {
    const [answer] = await post(openLedger(faulty, world.now), world.fundId, [release]);
    expect(answer).toMatchObject({ kind: 'refused', code: 'nothing-covered' });
    expect(codeOf(await world.recover(claimId, `early-${time}`, 5))).toEqual([409, 'state_conflict']);
    expect(codeOf(await world.pay(claimId))).toEqual([409, 'state_conflict']);
  }
  await world.decide(claimId, 'reject');
  const [free] = await post(openLedger(faulty, world.now), world.fundId, [release]);
  expect(free).toMatchObject({ kind: 'posted' });
  expect(await world.problems()).toEqual([]);
});

test('12: a recovery before the payment is refused and leaves nothing; after it the same report is booked', async () => {
  const world = await city();
  const { claimId } = (await world.file(await loanIn(world, 'a'))).body;
  await world.decide(claimId);
  expect(codeOf(await world.recover(claimId, 'RC-1', 1_000))).toEqual([409, 'state_conflict']);
  await world.pay(claimId);
  expect(await world.recover(claimId, 'RC-1', 1_000)).toMatchObject({ status: 200, body: { netFen: 1_000 } });
});

test('13: a claim before its loan is filed is refused and leaves nothing; after a write-off a late recovery is income', async () => {
  const world = await city();
  expect((await world.file(`${world.fundId}-later`)).status).toBeGreaterThanOrEqual(400);
  const claimId = await world.paid(await loanIn(world, 'later'));
  const { id } = (await world.propose(claimId, 'write-offs')).body;
  await world.approve(claimId, 'write-offs', id);
  const before = await world.balances();
  const late = await world.recover(claimId, 'RC-LATE', 30_000_000);
  expect(late.status).toBe(200);
  const after = await world.balances();
  expect(balanceIn(after, '4201')).toBe(late.body.allocations[0].principalFen);
  expect(after.cashFen - before.cashFen).toBe(late.body.allocations[0].principalFen);
  expect(await world.problems()).toEqual([]);
});

test('14: two claims on one loan from two channels at once are one; what stands under claim moves once', async () => {
  const world = await city();
  const loanId = await loanIn(world, 'a');
  const answers = await Promise.all(
    [100_000_000, 90_000_000, 80_000_000].map((lossPrincipalFen) => world.file(loanId, { lossPrincipalFen })),
  );
  expect(answers.map(({ status }) => String(status)).toSorted()).toEqual(['201', '409', '409']);
  expect(balanceIn(await world.balances(), '9005')).toBe(50_000_000);
  expect(await world.problems()).toEqual([]);
});

test('28: a new programme between approval and recovery changes nothing for the claim', async () => {
  const world = await city();
  const claimId = await world.paid(await loanIn(world, 'a'));
  const dearer = { ...plainProgramme, parties: [{ id: 'fund', kind: 'public', shareBps: 3_000 }] };
  const path = `/v1/funds/${world.fundId}/programmes`;
  await world.post(path, { validFrom: '2026-11-23', programme: dearer });
  expect(await world.post(`${path}/2/approvals`, {}, { as: reviewer })).toMatchObject({ status: 200 });
  const { body } = await world.recover(claimId, 'RC-1', 50_000_000);
  expect(body.allocations.map(({ principalFen }: any) => principalFen)).toEqual([25_000_000, 8_000_000, 17_000_000]);
});

test('31: one fen over seven parties and sixty recoveries is exact, and who has no part gets nothing', async () => {
  const parties = [
    ...[1, 2, 3].map((place) => ({ id: `public-${place}`, kind: 'public', shareBps: 1_111 })),
    { id: 'private-1', kind: 'private', shareBps: 3_333 },
    { id: 'private-2', kind: 'private', shareBps: 0 },
    { id: 'private-3', kind: 'private', shareBps: 17 },
  ];
  const world = await city({ ...plainProgramme, parties });
  const claimId = await world.paid(await loanIn(world, 'a'), { lossPrincipalFen: 1_000_003 });
  for (let count = 0; count < 60; count += 1) await world.recover(claimId, `RC-${count}`, count === 7 ? 1 : 12_347);
  const before = await world.claim(claimId);
  for (const { refundedFen, paidFen } of before.parties) expect(refundedFen).toBeLessThanOrEqual(paidFen);
  await world.recover(claimId, 'last', 2_000_000);
  const { status, parties: whole } = await world.claim(claimId);
  expect(status).toBe('closed');
  expect(whole.map(({ burdenFen }: any) => burdenFen)).toEqual([0, 0, 0, 0, 0, 0, 0]);
  expect(whole[4]).toMatchObject({ paidFen: 0, refundedFen: 0 });
  expect(await world.problems()).toEqual([]);
}, 120_000);

test('35: a recovery that comes again after twenty others is answered as the first time and books nothing', async () => {
  const world = await city();
  const claimId = await world.paid(await loanIn(world, 'a'));
  const first = await world.recover(claimId, 'RC-0', 1_001);
  for (let count = 1; count <= 20; count += 1) await world.recover(claimId, `RC-${count}`, 1_000 + count);
  const { cashFen } = await world.balances();
  const again = await world.recover(claimId, 'RC-0', 1_001);
  expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotency-replayed': 'true' } });
  expect((await world.balances()).cashFen).toBe(cashFen);
}, 60_000);

test('18, 19: a payment or a recovery whose answer is lost is booked once, whoever asks again', async () => {
  const world = await city();
  const { claimId } = (await world.file(await loanIn(world, 'a'))).body;
  await world.decide(claimId);
  proxy.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
  const key = 'the-payment-that-is-lost';
  const paid = await insist(() => world.pay(claimId, { key }));
  expect(await world.pay(claimId, { key })).toMatchObject({ status: 200, body: paid.body });
  expect(await world.pay(claimId)).toMatchObject({ status: 200, body: paid.body });
  proxy.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
  const recovered = await insist(() => world.recover(claimId, 'RC-1', 10_000_000));
  expect(await world.recover(claimId, 'RC-1', 10_000_000)).toMatchObject({ body: recovered.body });
  expect((await world.balances()).cashFen).toBe(200_000_000 - 50_000_000 + 5_000_000);
  expect(await world.problems()).toEqual([]);
});

test('whatever goes wrong on the way, three claims and their money end as they would without it', async () => {
  const live = async (faults: boolean) => {
    const world = await city({ ...plainProgramme, prePosition: { advanceBps: 7_000 } });
    const loans = await Promise.all(['a', 'b', 'c'].map((name) => loanIn(world, name)));
    await world.post(`/v1/funds/${world.fundId}/fees`, {
      amountFen: 120_000_000,
      bookedOn: '2026-11-23',
      bankReference: `fee-${world.fundId}`,
    });
    if (faults) {
      const probabilities = {
        'fail-before': 0.02,
        'fail-after': 0.05,
        duplicate: 0.05,
        conflict: 0.08,
        throttle: 0.02,
      };
      proxy.setPlan({ probabilities });
    }
    const twice = (call: () => Promise<FundAnswer>) => Promise.all([insist(call), insist(call)]);
    const claims: string[] = [];
    for (const [place, loanId] of loans.entries()) {
      const [filed] = await twice(() => world.file(loanId, { prePosition: place === 0 }));
      claims.push(filed.body.claimId);
    }
    for (const claimId of claims) await twice(() => world.decide(claimId));
    for (const claimId of claims) await twice(() => world.pay(claimId));
    await Promise.all(claims.map((claimId) => twice(() => world.recover(claimId, 'RC-1', 20_000_001, 3))));
    const [advanced = ''] = claims;
    const key = `settlement-of-${world.fundId}`;
    const path = `/v1/claims/${advanced}/settlements`;
    const proposed = await insist(() => world.post(path, {}, { as: reviewer, key }));
    await twice(() => world.approve(advanced, 'settlements', proposed.body.id));
    const money = { bankReference: `more-${world.fundId}` };
    await twice(() => world.contribute(100_000_000n, money));
    proxy.setPlan(undefined);
    expect(await world.problems()).toEqual([]);
    const ends = await Promise.all(claims.map((claimId) => world.claim(claimId)));
    const { cashFen } = await world.balances();
    return { cashFen, claims: ends.map(({ status, parties }) => ({ status, parties })) };
  };
  // In which order the three recoveries come decides who gets the last money first, not what everybody ends with.
  const calm = await live(false);
  expect(calm.claims.map(({ status }) => status)).toEqual(['settled', 'paid', 'paid']);
  const stormy = await live(true);
  expect(stormy.claims.map(({ status }) => status)).toEqual(['settled', 'paid', 'paid']);
  const spent = (one: typeof calm) =>
    one.claims.reduce((all, { parties }) => all + parties[0].paidFen - parties[0].refundedFen, 0);
  expect(stormy.cashFen).toBe(180_000_000 - spent(stormy));
  expect(calm.cashFen).toBe(180_000_000 - spent(calm));
  for (const { parties } of stormy.claims) {
    expect(parties.reduce((all: number, { burdenFen }: any) => all + burdenFen, 0)).toBe(100_000_000 - 19_999_998);
  }
}, 120_000);
