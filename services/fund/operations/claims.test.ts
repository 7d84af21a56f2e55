import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutboxItem } from '#packages/messaging/outbox';
import { inPartition, type Table } from '#packages/table';
import { balanceIn, claimWorld, codeOf, documents, plainProgramme, reviewer } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { noReceipt } from '#packages/outcome';
import { eventTypes } from '../contract.ts';
import { maySee } from './claim-context.ts';
import { hearClaimOver, hearTurnedDown } from './hear-claims.ts';
import { findClaim } from '../store/claim.ts';
import { matchFunds } from './match-funds.ts';
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
  test('is taken in whatever else its fund’s programme says', async () => {
    const world = await city({
      ...plainProgramme,
      bankQuotas: [{ bankId: 'bank-a', quotaFen: 1_000_000_000 }],
      rateCeilingBps: 1_000,
      maxTermMonths: 60,
      claimWindowDays: 200,
    });
    await world.contribute(80_000_000n);
    expect((await world.file(await world.loan())).status).toBe(201);
  });

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
    expect(await getCoveredLoan(world.table, loanId)).toMatchObject({
      state: { left: { exposureFen: 50_000_000n, principalFen: 100_000_000n } },
    });
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
    const claim = await findClaim(world.table, claimId);
    const seenBy = (partnerId: string, role: 'bank' | 'guarantor' | 'insurer') =>
      maySee({ kind: 'partner', partnerId, role }, claim!);
    // A partner is a party by its id, and a fund that happens to be called like one is not.
    expect([seenBy('insurer', 'insurer'), seenBy('insurer-b', 'insurer'), seenBy('fund', 'guarantor')]).toEqual([
      true,
      false,
      false,
    ]);
    expect([seenBy('bank-a', 'bank'), seenBy('bank-b', 'bank'), seenBy('insurer', 'bank')]).toEqual([
      true,
      false,
      false,
    ]);
    expect(codeOf(await world.call('GET', path, { as: 'regulator.one' }))).toEqual([403, 'forbidden']);
    expect(codeOf(await world.call('GET', path, { as: 'county-clerk.one' }))).toEqual([404, 'not_found']);
    expect((await world.call('GET', '/v1/claims', { as: 'county-clerk.one' })).body.items).toEqual([]);
    expect((await world.call('GET', '/v1/claims', { as: 'bank', query: { status: 'paid' } })).body.items).toEqual([]);
  });
});

describe('the end of a claim', () => {
  const told = (type: string, loanId: string, claimId: string) => ({
    specversion: '1.0' as const,
    id: `event-${type}`,
    type,
    source: '/services/fund',
    subject: `claim/${claimId}`,
    time: '2026-11-23T04:00:00.000Z',
    dataschema: '',
    sequence: 1,
    data: { loanId, claimId } as any,
  });

  test('turned down on a loan that has ended gives the cover back; on one that goes on it stays', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const deps = { table: world.table, now: world.now };
    const [ended, goes] = [await world.loan(), await world.loan()];
    for (const loanId of [ended, goes]) {
      const { claimId } = (await world.file(loanId)).body;
      if (loanId === ended) await world.settleLoan(loanId);
      await world.decide(claimId, 'return');
      for (let time = 0; time < 2; time += 1) {
        await hearTurnedDown(deps)(told('claim.returned.v1', loanId, claimId), noReceipt);
      }
    }
    expect((await getCoveredLoan(world.table, ended))?.state.cover).toBe('released');
    expect((await getCoveredLoan(world.table, goes))?.state.cover).toBe('covered');
    expect(balanceIn(await world.balances(), '9001')).toBe(50_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('that came to nothing after its approval leaves cover that its loan can give back', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const deps = { table: world.table, now: world.now };
    const [ended, repaid] = [await world.loan(), await world.loan()];
    for (const loanId of [ended, repaid]) {
      const { claimId } = (await world.file(loanId)).body;
      await world.decide(claimId);
      if (loanId === ended) await world.settleLoan(loanId);
      else await world.report(loanId, { asOf: '2026-11-21', outstandingFen: 60_000_000n });
      expect(codeOf(await world.pay(claimId))).toEqual([409, 'version_conflict']);
      expect(await world.decide(claimId, 'return')).toMatchObject({ body: { status: 'returned' } });
      await hearTurnedDown(deps)(told('claim.returned.v1', loanId, claimId), noReceipt);
    }
    await world.report(repaid, { asOf: '2026-11-22', outstandingFen: 60_000_000n });
    const balances = await world.balances();
    expect([balanceIn(balances, '9001'), balanceIn(balances, '9003')]).toEqual([30_000_000, 60_000_000]);
    await matchFunds(deps)(world.now());
    const [match] = (await world.call('GET', `/v1/funds/${world.fundId}/matches`)).body.items;
    expect(match.differences).toMatchObject([{ code: 'statement-overdue' }]);
    expect(await world.problems()).toEqual([]);
  });

  test('written off or closed takes its loan off the list of those that the fund answers for', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const loanId = await world.loan();
    const claimId = await world.paid(loanId);
    await world.recover(claimId, 'RC-1', 100_000_000);
    expect(await world.claim(claimId)).toMatchObject({ status: 'closed' });
    await hearClaimOver({ table: world.table, now: world.now })(told('claim.closed.v1', loanId, claimId), noReceipt);
    expect((await getCoveredLoan(world.table, loanId))?.state).toMatchObject({ cover: 'released', claimId });
  });
});
