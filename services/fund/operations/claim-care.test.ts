import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readOutboxItem } from '#packages/messaging/outbox';
import type { Table } from '#packages/table';
import { claimWorld, codeOf } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { eventTypes } from '../contract.ts';
import { dueList, dueWrites, undueWrites } from '../store/claim-clock.ts';
import { remindOfClaims } from './claim-deadlines.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());
const city = async (programme?: object) => claimWorld(await started.another(), programme);
const at = (day: string) => new Date(`${day}T04:00:00.000Z`);

async function remindersIn(table: Table) {
  const events = [];
  const filter = { expression: 'begins_with(pk, :prefix)', values: { ':prefix': 'CLAIM-REMINDER#' } };
  for await (const item of table.scan(filter)) {
    const event = readOutboxItem(item);
    if (event !== undefined) events.push(event);
  }
  return events.toSorted((one, other) => (one.subject < other.subject ? -1 : 1));
}

async function dueIn(table: Table): Promise<string[]> {
  const items = [];
  for await (const { sk } of table.each(dueList({}))) items.push(String(sk));
  return items;
}

describe('what is due about a claim', () => {
  test('is told with the claim and in the list, its bank’s and everybody’s, until it is done', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { claimId } = (await world.file(await world.loan())).body;
    // Filed on Monday, 23 November.
    const initial = { code: 'initial-review', duty: 'city-reviewer', startedOn: '2026-11-23', dueOn: '2026-11-30' };
    const decision = { code: 'decision', duty: 'city-reviewer', startedOn: '2026-11-23', dueOn: '2026-12-21' };
    const open = [
      { ...initial, provisional: false, state: 'open', workingDaysLeft: 5 },
      { ...decision, provisional: false, state: 'open', workingDaysLeft: 20 },
    ];
    expect((await world.claim(claimId)).deadlines).toEqual(open);
    const listed = (as: string) => world.call('GET', '/v1/claim-deadlines', { as });
    const items = open.map((one) => expect.objectContaining({ claimId, partnerId: 'bank-a', ...one }));
    expect(await listed('auditor.x')).toMatchObject({ status: 200, body: { items, nextCursor: null } });
    expect((await listed('bank')).body.items).toEqual(items);
    expect((await listed('other-bank')).body.items).toEqual([]);
    expect((await listed('insurer')).status).toBe(403);

    world.clock('2026-12-22T04:00:00.000Z');
    expect((await listed('bank')).body.items.map(({ state }: any) => state)).toEqual(['late', 'late']);
    await world.decide(claimId);
    expect((await listed('bank')).body.items).toMatchObject([
      { code: 'payment', startedOn: '2026-12-22', state: 'open', workingDaysLeft: 10 },
    ]);
    await world.pay(claimId);
    expect((await listed('bank')).body.items).toEqual([]);
    await world.recover(claimId, 'RC-1', 30_000_000, 0, { receivedOn: '2026-12-01' });
    expect((await world.claim(claimId)).deadlines).toMatchObject([
      { code: 'initial-review', doneOn: '2026-12-22', state: 'done-late' },
      { code: 'decision', state: 'done-late' },
      { code: 'payment', doneOn: '2026-12-22', state: 'done' },
      { code: 'refund', reference: 'RC-1', dueOn: '2026-12-15', doneOn: '2026-12-22', state: 'done-late' },
    ]);
  });

  test('pages go on where they ended', async () => {
    const world = await city();
    await world.contribute(800_000_000n);
    for (let place = 0; place < 3; place += 1) await world.file(await world.loan());
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const query = { pageSize: '2', ...(cursor !== '' && { cursor }) };
      const { body } = await world.call('GET', '/v1/claim-deadlines', { query });
      seen.push(...body.items.map(({ claimId, code }: any) => `${claimId} ${code}`));
      cursor = body.nextCursor;
    }
    expect(new Set(seen).size).toBe(6);
  });

  test('is told three working days before and once it is late, once each; done, it is told no more and taken away', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { claimId } = (await world.file(await world.loan())).body;
    const remind = remindOfClaims({ table: world.table });
    expect(await remind(at('2026-11-24'))).toMatchObject({ due: 0, told: 0 });
    expect(await remind(at('2026-11-25'))).toMatchObject({ due: 1, told: 1, late: 0 });
    expect(await remind(at('2026-11-26'))).toMatchObject({ due: 1, told: 0 });
    expect(await remind(at('2026-12-01'))).toMatchObject({ due: 1, told: 1, late: 1 });
    expect(await remind(at('2026-12-02'))).toMatchObject({ due: 1, told: 0, late: 1 });
    const told = await remindersIn(world.table);
    expect(told.map(({ subject, sequence }) => [subject, sequence])).toEqual([
      [`claim-reminder/${claimId}.initial-review.due-soon`, 1],
      [`claim-reminder/${claimId}.initial-review.late`, 1],
    ]);
    for (const { type, data } of told) {
      expect(type).toBe('claim.reminder.due.v1');
      eventTypes['claim.reminder.due.v1'].data.parse(data);
      expect(data).toMatchObject({ partnerId: 'bank-a', dueOn: '2026-11-30', provisional: false });
    }
    await world.decide(claimId, 'reject');
    expect(await dueIn(world.table)).toHaveLength(2);
    expect(await remind(at('2026-12-17'))).toEqual({ due: 2, told: 0, late: 0, ended: 2, moved: 0 });
    expect(await dueIn(world.table)).toEqual([]);
    expect(await remindersIn(world.table)).toHaveLength(2);
  });

  test('a run that dies is gone on with: nothing is told twice, nothing is left out', async () => {
    const world = await city();
    await world.contribute(800_000_000n);
    for (let place = 0; place < 4; place += 1) await world.file(await world.loan());
    let left = 2;
    const dying: Table = {
      ...world.table,
      transact: async (writes) => {
        if (left === 0) throw new Error('killed');
        left -= 1;
        return world.table.transact(writes);
      },
    };
    await expect(remindOfClaims({ table: dying })(at('2026-11-25'))).rejects.toThrow('killed');
    expect(await remindersIn(world.table)).toHaveLength(2);
    expect(await remindOfClaims({ table: world.table })(at('2026-11-25'))).toMatchObject({ due: 4, told: 2 });
    expect(await remindersIn(world.table)).toHaveLength(4);
  });

  test('what a new calendar has put off goes to its new day', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { claimId } = (await world.file(await world.loan())).body;
    // As it was counted before the calendar was published.
    const due = { claimId, bankId: 'bank-a', code: 'initial-review' as const };
    await world.table.transact([
      ...undueWrites({ ...due, dueOn: '2026-11-30' }),
      ...dueWrites({ ...due, dueOn: '2026-11-27' }),
    ]);
    const remind = remindOfClaims({ table: world.table });
    expect(await remind(at('2026-11-24'))).toMatchObject({ due: 1, told: 0, moved: 1 });
    expect(await dueIn(world.table)).toContain(`2026-11-30#${claimId}#initial-review`);
    expect(await remind(at('2026-11-25'))).toMatchObject({ due: 1, told: 1, moved: 0 });
  });

  test('a run costs what is due, not what there is', async () => {
    const world = await city();
    await world.contribute(800_000_000n);
    const remind = remindOfClaims({ table: world.table });
    const costOf = async (day: string) => {
      const before = started.requests();
      await remind(at(day));
      return started.requests() - before;
    };
    await world.file(await world.loan());
    const few = await costOf('2026-11-24');
    for (let place = 0; place < 4; place += 1) await world.file(await world.loan());
    expect(await costOf('2026-11-24')).toBe(few);
  });
});

describe('a private party', () => {
  const confirm = (world: Awaited<ReturnType<typeof city>>, claimId: string, json: object, as = 'insurer') =>
    world.post(`/v1/claims/${claimId}/confirmations`, json, { as });

  test('confirms its part, in parts too; what is less or more than it is due is kept and named', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    const first = { amountFen: 10_000_000, paidOn: '2026-11-20', reference: 'DC-1' };
    expect(await confirm(world, claimId, first)).toMatchObject({
      status: 200,
      body: {
        partyId: 'insurer',
        entitledFen: 16_000_000,
        confirmedFen: 10_000_000,
        difference: 'below-entitlement',
      },
    });
    const rest = await confirm(world, claimId, { amountFen: 6_000_000, reference: 'DC-2' });
    expect(rest.body).not.toHaveProperty('difference');
    const over = await confirm(world, claimId, { amountFen: 1, reference: 'DC-3' });
    expect(over.body).toMatchObject({ confirmedFen: 16_000_001, difference: 'above-entitlement' });
    for (const as of ['bank', 'insurer', 'auditor.x']) {
      const { body } = await world.call('GET', `/v1/claims/${claimId}`, { as });
      expect(body.confirmations).toEqual([over.body]);
    }
    // A memo: no money of the fund moved for it.
    expect((await world.balances()).cashFen).toBe(30_000_000);
    expect(await world.problems()).toEqual([]);
  });

  test('says a thing once under its reference, and only of claims in which it is a party', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const { claimId } = (await world.file(await world.loan())).body;
    const said = { amountFen: 16_000_000, reference: 'DC-1' };
    const first = await confirm(world, claimId, said);
    const again = await confirm(world, claimId, said);
    expect(again).toMatchObject({ status: 200, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(codeOf(await confirm(world, claimId, { ...said, amountFen: 1 }))).toEqual([409, 'already_exists']);
    expect(codeOf(await confirm(world, claimId, { ...said, paidOn: '2026-11-20' }))).toEqual([409, 'already_exists']);
    expect(codeOf(await confirm(world, claimId, said, 'guarantor'))).toEqual([404, 'not_found']);
    expect(codeOf(await confirm(world, 'clm-none', said))).toEqual([404, 'not_found']);
    expect(codeOf(await confirm(world, claimId, said, 'bank'))).toEqual([403, 'forbidden']);
    const future = await confirm(world, claimId, { amountFen: 1, reference: 'DC-2', paidOn: '2026-11-24' });
    expect(codeOf(future)).toEqual([422, 'validation_failed']);
    await world.decide(claimId, 'reject');
    const late = await confirm(world, claimId, { amountFen: 1, reference: 'DC-2' });
    expect(codeOf(late)).toEqual([409, 'state_conflict']);
  });
});

describe('a bank’s list', () => {
  const listOf = (claims: object[], more: object = {}) => ({ fundId: 'fund-a', asOf: '2026-11-23', claims, ...more });
  const paid = { entitledFen: 50_000_000, paidFen: 50_000_000, refundedFen: 0, status: 'paid' };

  test('agrees or is told how not; the same list gets the same answer for ever, and it can be read again', async () => {
    const world = await city();
    await world.contribute(800_000_000n);
    const [one, other] = [await world.paid(await world.loan()), await world.paid(await world.loan())];
    const list = listOf([
      { claimId: one, ...paid },
      { loanId: 'loan-2', ...paid },
    ]);
    const send = (json: object, as = 'bank') => world.post('/v1/claim-reconciliations', json, { as });
    const first = await send(list);
    expect(first).toMatchObject({
      status: 200,
      body: {
        partnerId: 'bank-a',
        agrees: true,
        bank: { claims: 2, entitledFen: 100_000_000, paidFen: 100_000_000, refundedFen: 0 },
        fund: { claims: 2, entitledFen: 100_000_000, paidFen: 100_000_000, refundedFen: 0 },
        differences: [],
      },
    });

    world.clock('2026-11-24T04:00:00.000Z');
    await world.recover(one, 'RC-1', 20_000_000);
    const again = await send({ ...list, claims: list.claims.toReversed() });
    expect(again).toMatchObject({ body: first.body, headers: { 'idempotency-replayed': 'true' } });
    const changed = await send(
      listOf([
        { claimId: one, ...paid },
        { claimId: 'clm-x', ...paid },
      ]),
    );
    expect(changed.body).toMatchObject({
      agrees: false,
      differences: [
        // Recovered the day after the list's.
        { code: 'amount-refunded', claimId: one, bankFen: 0, fundFen: 10_000_000, movedSince: true },
        { code: 'missing-here', claimId: 'clm-x', movedSince: false },
        { code: 'missing-there', claimId: other, loanId: 'loan-2', movedSince: false },
      ],
    });
    const read = (as: string, query: Record<string, string> = {}) =>
      world.call('GET', '/v1/claim-reconciliations', { as, query: { fundId: 'fund-a', ...query } });
    const kept = (await read('bank')).body.items;
    expect(kept).toHaveLength(2);
    expect(kept).toEqual(expect.arrayContaining([first.body, changed.body]));
    expect((await read('auditor.x', { partnerId: 'bank-a' })).body.items).toEqual(kept);
    expect((await read('other-bank')).body.items).toEqual([]);
    expect(codeOf(await read('other-bank', { partnerId: 'bank-a' }))).toEqual([404, 'not_found']);
    expect(codeOf(await read('auditor.x'))).toEqual([422, 'validation_failed']);
  });

  test('is each bank’s own, of a fund that there is, and not of tomorrow', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    const send = (json: object, as = 'bank') => world.post('/v1/claim-reconciliations', json, { as });
    const foreign = await send(listOf([{ claimId, ...paid }]), 'other-bank');
    expect(foreign.body).toMatchObject({ fund: { claims: 0 }, differences: [{ code: 'missing-here', claimId }] });
    expect(codeOf(await send(listOf([], { fundId: 'fund-x' })))).toEqual([404, 'not_found']);
    expect(codeOf(await send(listOf([], { asOf: '2026-11-24' })))).toEqual([422, 'validation_failed']);
    expect(codeOf(await send(listOf([paid])))).toEqual([422, 'validation_failed']);
  });

  test('comes as a file by the city’s hand, with the same answer as from the bank itself', async () => {
    const world = await city();
    await world.contribute(80_000_000n);
    const claimId = await world.paid(await world.loan());
    const path = '/v1/funds/fund-a/claim-lists/bank-a/2026-11-23';
    const csv = `申请编号,贷款编号,应付,已付,已退,状态\n${claimId},,500000,500000,0,paid\n`;
    const byFile = await world.call('POST', path, { csv });
    expect(byFile).toMatchObject({ status: 200, body: { agrees: true, partnerId: 'bank-a' } });
    const bySignature = await world.post('/v1/claim-reconciliations', listOf([{ claimId, ...paid }]), { as: 'bank' });
    expect(bySignature.body).toEqual(byFile.body);
    const unread = await world.call('POST', path, { csv: csv.replace('paid', '已付') });
    expect(unread).toMatchObject({ status: 422, body: { code: 'list_unreadable', detail: '第 2 行' } });
  });
});
