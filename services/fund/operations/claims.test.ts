import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutboxItem } from '#packages/messaging/outbox';
import { inPartition, type Table } from '#packages/table';
import { balanceIn, claimWorld, codeOf, documents, plainProgramme, reviewer } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { eventTypes } from '../contract.ts';
import { getCoveredLoan } from '../store/covered-loan.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());
const city = async (programme?: object) => claimWorld(await started.another(), programme);

async function eventsOf(table: Table, claimId: string) {
  const events = [];
  for await (const item of table.each({ condition: inPartition(`CLAIM#${claimId}`) })) {
    const event = readOutboxItem(item);
    if (event !== undefined) events.push(event);
  }
  return events;
}

describe('a claim', () => {
  test('is filed, approved, paid, recovered and closed; every fen is in the book and every step is told', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const filed = await world.file(loanId);
    expect(filed).toMatchObject({
      status: 201,
      body: {
        status: 'filed',
        entitlement: [
          { partyId: 'fund', dueFen: 50_000_000 },
          { partyId: 'insurer', dueFen: 16_000_000 },
          { partyId: 'bank', dueFen: 34_000_000 },
        ],
      },
    });
    const { claimId } = filed.body;
    expect(filed.headers['location']).toBe(`/v1/claims/${claimId}`);
    const underClaim = await world.balances();
    expect([balanceIn(underClaim, '9001'), balanceIn(underClaim, '9005')]).toEqual([0, 50_000_000]);

    expect(await world.decide(claimId)).toMatchObject({ status: 200, body: { claimId, status: 'approved' } });
    const owed = await world.balances();
    expect([
      balanceIn(owed, '2201'),
      balanceIn(owed, '1221'),
      balanceIn(owed, '9005'),
      balanceIn(owed, '9003'),
    ]).toEqual([50_000_000, 50_000_000, 0, 0]);

    expect(await world.pay(claimId)).toMatchObject({
      status: 200,
      body: {
        payments: [
          { partyId: 'fund', paidFen: 50_000_000, pendingFen: 0 },
          { partyId: 'insurer', paidFen: 16_000_000, pendingFen: 0 },
        ],
      },
    });
    expect((await world.balances()).cashFen).toBe(30_000_000);

    const part = await world.recover(claimId, 'RC-1', 30_000_000, 1_000_000);
    expect(part).toMatchObject({
      status: 200,
      body: {
        netFen: 29_000_000,
        shortfallFen: 0,
        allocations: [
          { partyId: 'fund', principalFen: 14_500_000, interestFen: 0, penaltyFen: 0 },
          { partyId: 'insurer', principalFen: 4_640_000, interestFen: 0, penaltyFen: 0 },
          { partyId: 'bank', principalFen: 9_860_000, interestFen: 0, penaltyFen: 0 },
        ],
        surplusToPledgorFen: 0,
      },
    });
    expect(await world.claim(claimId)).toMatchObject({
      status: 'paid',
      parties: [
        {
          partyId: 'fund',
          entitledFen: 50_000_000,
          paidFen: 50_000_000,
          refundedFen: 14_500_000,
          burdenFen: 35_500_000,
        },
        { partyId: 'insurer', paidFen: 16_000_000, refundedFen: 4_640_000, burdenFen: 11_360_000 },
        { partyId: 'bank', paidFen: 34_000_000, refundedFen: 9_860_000, burdenFen: 24_140_000 },
      ],
    });
    const rest = await world.recover(claimId, 'RC-2', 80_000_000);
    expect(rest.body).toMatchObject({ netFen: 80_000_000, surplusToPledgorFen: 9_000_000 });
    const closed = await world.claim(claimId);
    expect(closed).toMatchObject({ status: 'closed', closedOn: '2026-11-23' });
    expect(closed.parties.map(({ burdenFen }: any) => burdenFen)).toEqual([0, 0, 0]);
    expect(closed.events.map(({ type }: any) => type)).toEqual([
      'filed',
      'approved',
      'paid',
      'recovery',
      'recovery',
      'closed',
    ]);
    const whole = await world.balances();
    expect([whole.cashFen, balanceIn(whole, '1221'), balanceIn(whole, '9009')]).toEqual([80_000_000, 0, 0]);
    expect(codeOf(await world.recover(claimId, 'RC-3', 1))).toEqual([409, 'state_conflict']);

    const events = await eventsOf(world.table, claimId);
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['claim.filed.v1', 1],
      ['claim.approved.v1', 2],
      ['claim.paid.v1', 3],
      ['fund.refund.posted.v1', 4],
      ['fund.refund.posted.v1', 5],
      ['claim.closed.v1', 6],
    ]);
    for (const { type, data } of events) {
      eventTypes[type as keyof typeof eventTypes].data.parse(data);
      expect(data).toMatchObject({ claimId, loanId, partnerId: 'bank-a', recipients: ['bank-a', 'insurer'] });
    }
    expect(await world.problems()).toEqual([]);
  });

  test('is the same for ever under its loan; another only where it was returned or rejected', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const first = await world.file(loanId);
    const again = await world.file(loanId);
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(codeOf(await world.file(loanId, { lossPrincipalFen: 99_000_000 }))).toEqual([409, 'already_exists']);
    const { claimId } = first.body;
    const next = { lossPrincipalFen: 99_000_000, previousClaimId: claimId };
    expect(codeOf(await world.file(loanId, next))).toEqual([409, 'state_conflict']);
    await world.decide(claimId, 'return', { codes: ['document-outdated', 'computation-wrong'] });
    expect((await getCoveredLoan(world.table, loanId))?.state.claimId).toBeUndefined();
    const free = await world.balances();
    expect([balanceIn(free, '9001'), balanceIn(free, '9005')]).toEqual([50_000_000, 0]);
    expect(await world.file(loanId)).toMatchObject({ body: first.body, headers: { 'idempotency-replayed': 'true' } });
    const second = await world.file(loanId, next);
    expect(second).toMatchObject({ status: 201, body: { status: 'filed' } });
    expect(second.body.claimId).not.toBe(claimId);
    expect(codeOf(await world.file(loanId, { ...next, lossPrincipalFen: 98_000_000 }))).toEqual([
      409,
      'already_exists',
    ]);
    expect(codeOf(await world.file(loanId, { previousClaimId: 'clm-of-nobody' }))).toEqual([422, 'validation_failed']);
    const checked = await world.check(loanId);
    expect(checked.body.pastReturns).toMatchObject({
      filed: 2,
      returned: 1,
      codes: [
        { code: 'document-outdated', count: 1 },
        { code: 'computation-wrong', count: 1 },
      ],
    });
    expect(await world.problems()).toEqual([]);
  });

  test('filed by several at once is one', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const twins = await Promise.all([1, 2, 3, 4].map(() => world.file(loanId)));
    expect(new Set(twins.map(({ body }) => body.claimId)).size).toBe(1);
    expect(twins.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    const others = await Promise.all([5, 6].map((fen) => world.file(loanId, { lossPrincipalFen: fen })));
    expect(others.map(codeOf)).toEqual([
      [409, 'already_exists'],
      [409, 'already_exists'],
    ]);
    expect(balanceIn(await world.balances(), '9005')).toBe(50_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('that is not admissible is not taken in, and a check says why', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const cases: [string, object, [number, string]][] = [
      ['without a document', { documents: documents.slice(1) }, [422, 'documents_missing']],
      ['above what is outstanding', { lossPrincipalFen: 100_000_001 }, [422, 'loss_above_outstanding']],
      ['of nothing', { lossPrincipalFen: 0 }, [422, 'validation_failed']],
      ['before its trigger', { trigger: { mode: 'npl-classified', asOf: '2026-10-30' } }, [422, 'trigger_not_met']],
      [
        'by overdue days too early',
        { trigger: { mode: 'overdue-days', asOf: '2026-10-30' } },
        [422, 'trigger_not_met'],
      ],
      ['on a day to come', { trigger: { mode: 'npl-classified', asOf: '2026-11-24' } }, [422, 'validation_failed']],
      [
        'by a suit without its paper',
        { trigger: { mode: 'suit-filed', asOf: '2026-11-20' } },
        [422, 'documents_missing'],
      ],
      [
        'long after its suit',
        {
          trigger: { mode: 'suit-filed', asOf: '2026-05-01' },
          documents: [...documents, { kind: 'suit-filed', digest: 'aa'.repeat(32) }],
        },
        [422, 'claim_window_over'],
      ],
      ['for an advance that is not offered', { prePosition: true }, [422, 'validation_failed']],
      [
        'with a digest that is none',
        { documents: [{ kind: 'loan-contract', digest: 'abc' }] },
        [422, 'validation_failed'],
      ],
      ['on no loan', { loanId: 'loan-of-nobody' }, [404, 'not_found']],
    ];
    for (const [what, more, refusal] of cases) {
      expect([what, ...codeOf(await world.file(loanId, more))]).toEqual([what, ...refusal]);
      const checked = await world.check(loanId, more);
      if (checked.status === 200)
        expect(checked.body).toMatchObject({
          admissible: false,
          findings: expect.arrayContaining([expect.objectContaining({ code: refusal[1] })]),
        });
      else expect(codeOf(checked)).toEqual(refusal);
    }
    expect(await world.check(loanId)).toMatchObject({ body: { admissible: true, findings: [] } });
    const filed = await world.file(loanId);
    expect(filed).toMatchObject({ status: 201 });
    const checked = await world.check(loanId);
    expect(checked.body).toMatchObject({ findings: [{ code: 'already_exists' }], entitlement: filed.body.entitlement });
  });

  test('names each document that is missing', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { body } = await world.file(await world.loan(), { documents: documents.slice(2) });
    expect(body.detail).toContain('loan-contract');
    expect(body.detail).toContain('disbursement-voucher');
    expect(body.detail).not.toContain('overdue-proof');
  });

  test('rests on its loan: one that has moved is neither approved nor paid, and can be filed anew', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const { claimId } = (await world.file(loanId)).body;
    // More days are no other loan.
    await world.report(loanId, { asOf: '2026-11-20', outstandingFen: 100_000_000n, overdueDays: 115 });
    expect(await world.decide(claimId)).toMatchObject({ status: 200 });
    await world.report(loanId, { asOf: '2026-11-21', outstandingFen: 60_000_000n, overdueDays: 116 });
    expect(codeOf(await world.pay(claimId))).toEqual([409, 'version_conflict']);
    expect(codeOf(await world.decide(claimId, 'reject'))).toEqual([409, 'state_conflict']);
    expect(await world.decide(claimId, 'return')).toMatchObject({ body: { status: 'returned' } });
    const free = await world.balances();
    expect([balanceIn(free, '9001'), balanceIn(free, '2201'), balanceIn(free, '1221')]).toEqual([50_000_000, 0, 0]);
    const anew = { previousClaimId: claimId, lossPrincipalFen: 60_000_000 };
    const second = (await world.file(loanId, anew)).body;
    await world.report(loanId, {
      asOf: '2026-11-22',
      outstandingFen: 60_000_000n,
      overdueDays: 117,
      classification: 'doubtful',
    });
    expect(codeOf(await world.decide(second.claimId))).toEqual([409, 'version_conflict']);
    expect(await world.decide(second.claimId, 'reject')).toMatchObject({ status: 200 });
    expect(await world.problems()).toEqual([]);
  });

  test('needs two people, and is paid once', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const { claimId } = (await world.file(loanId)).body;
    expect(codeOf(await world.pay(claimId))).toEqual([409, 'state_conflict']);
    await world.decide(claimId, 'approve', {}, 'city-reviewer.one');
    expect(codeOf(await world.decide(claimId, 'approve', {}, 'city-reviewer.one'))).toEqual([409, 'state_conflict']);
    expect(codeOf(await world.pay(claimId, { as: 'city-admin.one' }))).toEqual([409, 'second_person_required']);
    const payments = await Promise.all([1, 2, 3].map(() => world.pay(claimId)));
    expect(payments.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(payments.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(2);
    expect((await world.balances()).cashFen).toBe(30_000_000);
    await world.recover(claimId, 'RC-1', 10_000_000);
    expect(await world.pay(claimId)).toMatchObject({ status: 200, body: payments[0]?.body });
    expect(await world.problems()).toEqual([]);
  });

  test('belongs to its bank, its parties and its place; to others it is not there', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { claimId } = (await world.file(await world.loan())).body;
    const foreign = await world.loan({ bankId: 'bank-b' });
    expect(codeOf(await world.file(foreign))).toEqual([404, 'not_found']);
    const path = `/v1/claims/${claimId}`;
    for (const as of ['bank', 'city-admin.first', reviewer, 'auditor.one']) {
      expect(await world.call('GET', path, { as })).toMatchObject({ status: 200 });
      expect((await world.call('GET', '/v1/claims', { as })).body.items).toMatchObject([{ claimId }]);
    }
    expect(codeOf(await world.call('GET', path, { as: 'regulator.one' }))).toEqual([403, 'forbidden']);
    expect(codeOf(await world.call('GET', path, { as: 'county-clerk.one' }))).toEqual([404, 'not_found']);
    expect((await world.call('GET', '/v1/claims', { as: 'county-clerk.one' })).body.items).toEqual([]);
    expect((await world.call('GET', '/v1/claims', { as: 'bank', query: { status: 'paid' } })).body.items).toEqual([]);
  });
});

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
