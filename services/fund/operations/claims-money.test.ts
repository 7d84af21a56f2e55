import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { balanceIn, claimWorld, codeOf, plainProgramme } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());
const city = async (programme?: object) => claimWorld(await started.another(), programme);

describe('money that does not reach', () => {
  test('is paid as far as it goes; the rest by the next money in, in the order of approval, cut to the loss left', async () => {
    const world = await city();
    await world.contribute(60_000_000n);
    const [first, second, last] = [await world.loan(), await world.loan(), await world.loan()];
    const one = (await world.file(first)).body.claimId;
    const two = (await world.file(second)).body.claimId;
    await world.decide(one);
    await world.decide(two);
    // The second is paid first and takes what there is; yet the first was approved before it.
    expect((await world.pay(two)).body.payments[0]).toEqual({ partyId: 'fund', paidFen: 50_000_000, pendingFen: 0 });
    expect((await world.pay(one)).body.payments[0]).toEqual({
      partyId: 'fund',
      paidFen: 10_000_000,
      pendingFen: 40_000_000,
    });
    expect(await world.claim(one)).toMatchObject({ status: 'pending-funds' });
    const third = (await world.file(last)).body.claimId;
    await world.decide(third);
    expect((await world.pay(third)).body.payments[0]).toEqual({ partyId: 'fund', paidFen: 0, pendingFen: 50_000_000 });
    await world.contribute(45_000_000n);
    expect((await world.claim(one)).parties[0]).toMatchObject({ paidFen: 50_000_000, pendingFen: 0 });
    expect(await world.claim(one)).toMatchObject({ status: 'paid' });
    expect((await world.claim(third)).parties[0]).toMatchObject({ paidFen: 5_000_000, pendingFen: 45_000_000 });
    // Half of the loss comes back: half of what was pending is not owed any more. The refund itself is money in.
    await world.recover(third, 'RC-1', 50_000_000);
    const after = await world.claim(third);
    expect(after.parties[0].refundedFen).toBe(2_500_000);
    expect(after.parties[0]).toMatchObject({ paidFen: 7_500_000, pendingFen: 20_000_000 });
    const interest = { amountFen: 20_000_007, bookedOn: '2026-11-23', bankReference: 'I1' };
    await world.post(`/v1/funds/${world.fundId}/interest`, interest);
    expect(await world.claim(third)).toMatchObject({ status: 'paid' });
    const balances = await world.balances();
    expect([balances.cashFen, balanceIn(balances, '2201')]).toEqual([7, 0]);
    expect(await world.problems()).toEqual([]);
  });

  test('of more claims than one commit holds is paid all the same', async () => {
    const world = await city({ ...plainProgramme, leverage: 100 });
    await world.contribute(20_000_000n);
    const claims: string[] = [];
    for (let count = 0; count < 18; count += 1) {
      const loanId = await world.loan({ principalFen: 1_000_000n });
      claims.push((await world.file(loanId, { lossPrincipalFen: 1_000_000 })).body.claimId);
    }
    for (const claimId of claims) await world.decide(claimId);
    await world.post(`/v1/funds/${world.fundId}/fees`, {
      amountFen: 20_000_000,
      bookedOn: '2026-11-23',
      bankReference: 'F1',
    });
    for (const claimId of claims) await world.pay(claimId);
    expect((await world.claim(claims[17]!)).status).toBe('pending-funds');
    await world.contribute(9_000_000n);
    const states = await Promise.all(claims.map(async (claimId) => (await world.claim(claimId)).status));
    expect(new Set(states)).toEqual(new Set(['paid']));
    expect((await world.balances()).cashFen).toBe(0);
    expect(await world.problems()).toEqual([]);
  });
});

const advancing = { ...plainProgramme, prePosition: { advanceBps: 7_000 } };

describe('an advance', () => {
  test('is settled by two people on the claim as the first saw it: what was paid too much comes back', async () => {
    const world = await city(advancing);
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan(), { prePosition: true });
    expect(await world.claim(claimId)).toMatchObject({
      status: 'advanced',
      settleBy: '2028-11-23',
      parties: [{ entitledFen: 50_000_000, paidFen: 35_000_000 }, { paidFen: 16_000_000 }, {}],
    });
    expect(codeOf(await world.propose(claimId, 'write-offs'))).toEqual([409, 'state_conflict']);
    const early = (await world.propose(claimId, 'settlements')).body;
    expect(early).toMatchObject({ id: 'settlement-1', status: 'proposed', topUpFen: 15_000_000, clawBackFen: 0 });
    // What is recovered before it stays with the bank, and moves the claim under the proposal.
    expect((await world.recover(claimId, 'RC-1', 60_000_000)).body.allocations[2].principalFen).toBe(60_000_000);
    expect(codeOf(await world.approve(claimId, 'settlements', early.id))).toEqual([409, 'version_conflict']);
    const proposed = await world.propose(claimId, 'settlements', 'city-reviewer.one');
    expect(proposed).toMatchObject({
      status: 201,
      headers: { location: `/v1/claims/${claimId}/settlements/settlement-2` },
      body: { id: 'settlement-2', topUpFen: 0, clawBackFen: 24_600_000 },
    });
    expect(codeOf(await world.propose(claimId, 'settlements'))).toEqual([409, 'state_conflict']);
    const { id } = proposed.body;
    expect(codeOf(await world.approve(claimId, 'settlements', id, 'city-admin.one'))).toEqual([
      409,
      'second_person_required',
    ]);
    expect(codeOf(await world.approve(claimId, 'settlements', 'settlement-9'))).toEqual([404, 'not_found']);
    expect(await world.approve(claimId, 'settlements', id)).toMatchObject({
      status: 200,
      body: { status: 'approved', clawBackFen: 24_600_000 },
    });
    expect(codeOf(await world.approve(claimId, 'settlements', id))).toEqual([409, 'state_conflict']);
    expect(await world.call('GET', `/v1/claims/${claimId}/settlements/${id}`, { as: 'bank' })).toMatchObject({
      body: { status: 'approved' },
    });
    const claim = await world.claim(claimId);
    expect(claim).toMatchObject({ status: 'settled', settledOn: '2026-11-23' });
    expect(claim.parties).toMatchObject([
      { partyId: 'fund', entitledFen: 20_000_000, burdenFen: 20_000_000 },
      { partyId: 'insurer', burdenFen: 6_400_000 },
      { partyId: 'bank', burdenFen: 13_600_000 },
    ]);
    expect((await world.balances()).cashFen).toBe(80_000_000 - 20_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('where the bank does not ask for one the claim is paid at once', async () => {
    const world = await city(advancing);
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    expect(await world.claim(claimId)).toMatchObject({ status: 'paid', parties: [{ paidFen: 50_000_000 }, {}, {}] });
  });
});

describe('a write-off', () => {
  test('gives up hope by two people, and what is recovered after it is income, not lost', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    await world.recover(claimId, 'RC-1', 20_000_000);
    const { id, writtenOffFen } = (await world.propose(claimId, 'write-offs')).body;
    expect([id, writtenOffFen]).toEqual(['write-off-1', 40_000_000]);
    expect(await world.approve(claimId, 'write-offs', id)).toMatchObject({ status: 200, body: { status: 'approved' } });
    const off = await world.balances();
    expect([balanceIn(off, '5101'), balanceIn(off, '1221'), balanceIn(off, '9007')]).toEqual([
      40_000_000, 0, 40_000_000,
    ]);
    const late = await world.recover(claimId, 'RC-2', 30_000_000);
    expect(late.body.allocations[0]).toMatchObject({ partyId: 'fund', principalFen: 15_000_000 });
    const after = await world.balances();
    expect([balanceIn(after, '4201'), balanceIn(after, '9007'), balanceIn(after, '9009'), after.cashFen]).toEqual([
      15_000_000, 25_000_000, 25_000_000, 55_000_000,
    ]);
    expect(await world.claim(claimId)).toMatchObject({ status: 'written-off' });
    expect(await world.problems()).toEqual([]);
  });
});

describe('a recovery', () => {
  test('is booked once under its number, however long ago and whatever came since', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    const first = await world.recover(claimId, 'RC-1', 10_000_001, 3);
    for (let count = 2; count < 8; count += 1) await world.recover(claimId, `RC-${count}`, 1_000_001);
    world.clock('2027-11-30T04:00:00.000Z');
    const again = await world.recover(claimId, 'RC-1', 10_000_001, 3, { receivedOn: '2026-11-23' });
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    const other = await world.recover(claimId, 'RC-1', 10_000_002, 3, { receivedOn: '2026-11-23' });
    expect(codeOf(other)).toEqual([409, 'already_exists']);
    const early = await world.recover(claimId, 'RC-9', 1, 0, { receivedOn: '2027-12-01' });
    expect(codeOf(early)).toEqual([422, 'validation_failed']);
    expect(await world.problems()).toEqual([]);
  });

  test('that was a mistake is taken back as long as nothing rests on it; the entry stays', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    const before = await world.claim(claimId);
    await world.recover(claimId, 'RC-1', 10_000_001);
    await world.recover(claimId, 'RC-2', 77);
    const back = (reference: string) =>
      world.post(`/v1/claims/${claimId}/recovery-reversals`, { reference, reason: '误报' }, { as: 'bank' });
    expect(codeOf(await back('RC-1'))).toEqual([409, 'state_conflict']);
    expect(await back('RC-2')).toMatchObject({ status: 200, body: { reference: 'RC-2', status: 'paid' } });
    expect(codeOf(await back('RC-1'))).toEqual([409, 'state_conflict']);
    expect((await world.claim(claimId)).parties[0].refundedFen).toBe(5_000_001);
    expect((await world.balances()).cashFen).toBe(30_000_000 + 5_000_001);
    expect(before.parties[0].refundedFen).toBe(0);
    expect(await world.problems()).toEqual([]);
  });
});

describe('a fund of city and county', () => {
  const split = (countyShortfall: string) => ({
    ...plainProgramme,
    parties: [{ id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall } }],
  });

  test('pays the county’s part out of what the county brought; what is missing the city pays and can claim', async () => {
    const world = await city(split('city-covers'));
    await world.contribute(80_000_000n);
    await world.contribute(12_000_000n, { level: 'county', divisionCode: '411502' });
    const claimId = await world.paid(await world.loan());
    expect((await world.claim(claimId)).parties[0]).toMatchObject({
      paidFen: 50_000_000,
      split: { cityFen: 38_000_000, countyFen: 12_000_000, cityClaimOnCountyFen: 8_000_000 },
    });
    const paid = await world.balances();
    expect([balanceIn(paid, '9011', 'county-411502'), balanceIn(paid, '9013', 'county-411502')]).toEqual([
      12_000_000, 8_000_000,
    ]);
    const { body } = await world.recover(claimId, 'RC-1', 50_000_000);
    expect(body.allocations[0].split).toEqual({ cityFen: 19_000_000, countyFen: 6_000_000 });
    expect(balanceIn(await world.balances(), '9011')).toBe(6_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('or nobody pays it and the bank bears it: then nothing is pending and nothing owed', async () => {
    const world = await city(split('bank-bears'));
    await world.contribute(80_000_000n);
    await world.contribute(12_000_000n, { level: 'county', divisionCode: '411502' });
    const claimId = await world.paid(await world.loan());
    expect(await world.claim(claimId)).toMatchObject({
      status: 'paid',
      parties: [{ paidFen: 42_000_000, pendingFen: 0 }, { burdenFen: 58_000_000 }],
    });
    const balances = await world.balances();
    expect([balanceIn(balances, '2201'), balanceIn(balances, '1221')]).toEqual([0, 42_000_000]);
    expect(await world.problems()).toEqual([]);
  });
});

describe('a cap', () => {
  test('on an enterprise holds over all its claims, also those filed at once', async () => {
    const world = await city({ ...plainProgramme, enterpriseCumulativeCapFen: 70_000_000 });
    await world.contribute(200_000_000n);
    const loans = [await world.loan(), await world.loan(), await world.loan()];
    const filed = await Promise.all(loans.map((loanId) => world.file(loanId)));
    const dues = filed.map(({ body }) => body.entitlement[0].dueFen).toSorted((one, other) => other - one);
    expect(dues).toEqual([50_000_000, 20_000_000, 0]);
    // One that is turned down gives back what it took.
    const largest = filed.find(({ body }) => body.entitlement[0].dueFen === 50_000_000)!.body.claimId;
    await world.decide(largest, 'reject');
    expect((await world.file(await world.loan())).body.entitlement[0].dueFen).toBe(50_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('on a bank’s year is measured by its balance at the end of the year before', async () => {
    const world = await city({
      ...plainProgramme,
      bankYearCap: { ofPreviousBalanceBps: 3_000, maxFen: 1_000_000_000 },
    });
    await world.contribute(200_000_000n);
    const young = await world.loan();
    const old = await world.loan({ disbursedOn: '2025-06-01' });
    expect((await world.file(young)).body.entitlement[0].dueFen).toBe(30_000_000);
    expect((await world.file(old)).body.entitlement[0].dueFen).toBe(0);
    expect(await world.problems()).toEqual([]);
  });
});
