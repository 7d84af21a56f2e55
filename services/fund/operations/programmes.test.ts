import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import { readOutboxItem } from '#packages/messaging/outbox';
import { inPartition, type Table } from '#packages/table';
import { type FundAnswer, fundApi, type FundSend } from '../../../test/support/fund-api.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { eventTypes, FundProgramme, programmeDefaults } from '../contract.ts';
import { approvalWrites, fundPk, getFundHead, getProgrammeItem } from '../store/fund.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

const plain = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall: 'city-covers' } },
    { id: 'insurer', kind: 'private', shareBps: 1_600 },
  ],
  recoveryOrder: 'principal-first',
};
const reviewer = 'city-reviewer.second';

/** The service on a table of its own, with a clock that stands where it is put. */
async function city() {
  const table = await started.another();
  let now = new Date('2026-11-23T04:00:00.000Z');
  const call = fundApi(table, () => now);
  const post = (path: string, json: unknown, more: FundSend = {}) => call('POST', path, { json, ...more });
  return {
    table,
    call,
    at: (instant: string) => {
      now = new Date(instant);
    },
    found: (fundId: string, more: object = {}, send: FundSend = {}) =>
      post('/v1/funds', { fundId, name: '市级资金池', programme: plain, ...more }, send),
    propose: (fundId: string, validFrom: string, programme: object = plain) =>
      post(`/v1/funds/${fundId}/programmes`, { validFrom, programme }),
    approve: (fundId: string, version: number, as = reviewer) =>
      post(`/v1/funds/${fundId}/programmes/${version}/approvals`, {}, { as }),
    inForce: async (fundId: string) => (await call('GET', `/v1/funds/${fundId}`)).body.inForce?.version,
  };
}

async function eventsOf(table: Table, fundId: string) {
  const events = [];
  for await (const item of table.each({ condition: inPartition(fundPk(fundId)) })) {
    const event = readOutboxItem(item);
    if (event !== undefined) events.push(event);
  }
  return events;
}

const codeOf = ({ status, body }: FundAnswer) => [status, body.code];
const pointersOf = ({ body }: FundAnswer) => body.errors.map(({ pointer }: { pointer: string }) => pointer);

describe('a fund', () => {
  test('is founded with the first version of its programme, as a draft, under an id that says the same for ever', async () => {
    const { found, call, approve, table } = await city();
    const first = await found('fund-a', {}, { key: 'the-first-time-it-is-said' });
    expect(first).toMatchObject({
      status: 201,
      headers: { location: '/v1/funds/fund-a' },
      body: { fundId: 'fund-a', name: '市级资金池', version: 1, status: 'draft' },
    });
    await approve('fund-a', 1);
    const again = await found('fund-a', {}, { as: 'city-admin.another' });
    expect(again).toMatchObject({ status: 201, body: first.body, headers: { 'idempotency-replayed': 'true' } });
    const sameKey = await found('fund-a', {}, { key: 'the-first-time-it-is-said' });
    expect(sameKey).toMatchObject({ body: first.body, headers: { 'idempotency-replayed': 'true' } });
    expect(codeOf(await found('fund-a', { name: '另一个' }))).toEqual([409, 'already_exists']);
    const dearer = { ...plain, parties: [{ ...plain.parties[0], shareBps: 5_001 }, plain.parties[1]] };
    expect(codeOf(await found('fund-a', { programme: dearer }))).toEqual([409, 'already_exists']);
    expect((await call('GET', '/v1/funds/fund-a')).body).toMatchObject({ versions: 1, inForce: { version: 1 } });
    expect((await verifyAggregate(table, fundPk('fund-a'))).kind).toBe('intact');
  });

  test('said by several at once is one', async () => {
    const { found, table } = await city();
    const twins = await Promise.all([1, 2, 3].map(() => found('fund-a')));
    expect(twins.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(twins.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(2);
    expect(await verifyAggregate(table, fundPk('fund-a'))).toMatchObject({ head: { sequence: 1 } });
  });

  test('keeps the defaults that its programme left open, and what it did not leave open', async () => {
    const { found, call } = await city();
    await found('fund-a');
    await found('fund-b', { programme: { ...plain, leverage: 8, breaker: 'off', maxTermMonths: 36 } });
    const programmeOf = async (fundId: string) =>
      (await call('GET', `/v1/funds/${fundId}/programmes/1`)).body.programme;
    expect(await programmeOf('fund-a')).toEqual({ ...plain, ...programmeDefaults });
    expect(await programmeOf('fund-b')).toEqual({
      ...plain,
      ...programmeDefaults,
      leverage: 8,
      breaker: 'off',
      maxTermMonths: 36,
    });
    // Said in full it is the same programme.
    expect(await found('fund-a', { programme: { ...plain, ...programmeDefaults } })).toMatchObject({ status: 201 });
  });

  test.each<[string, object, string]>([
    ['without public money', { parties: [plain.parties[1]] }, '/programme/parties'],
    [
      'with shares above the whole',
      { parties: [{ ...plain.parties[0], shareBps: 9_000 }, plain.parties[1]] },
      '/programme/parties',
    ],
    ['with no leverage at all', { leverage: 0 }, '/programme/leverage'],
    ['triggered before it is due', { triggerOverdueDays: 0 }, '/programme/triggerOverdueDays'],
    ['with a window of no day', { claimWindowDays: 0 }, '/programme/claimWindowDays'],
    ['with a ceiling beyond the whole', { rateCeilingBps: 10_001 }, '/programme/rateCeilingBps'],
    ['with a term of no month', { maxTermMonths: 0 }, '/programme/maxTermMonths'],
    ['with a breaker that is neither', { breaker: 'on' }, '/programme/breaker'],
    [
      'that stops before it warns',
      { breaker: { ...programmeDefaults.breaker, bankNplBps: { warn: 500, stop: 300 } } },
      '/programme/breaker/bankNplBps/stop',
    ],
    ['with half a breaker', { breaker: { bankNplBps: { warn: 1, stop: 2 } } }, '/programme/breaker/fundNetPaidBps'],
    [
      'with two quotas of one bank',
      { bankQuotas: ['bank-a', 'bank-b', 'bank-a'].map((bankId) => ({ bankId, quotaFen: 1 })) },
      '/programme/bankQuotas/2/bankId',
    ],
    ['with an unknown field', { fee: 1 }, '/programme/fee'],
  ])('is refused %s', async (_what, change, pointer) => {
    const { found, call } = await city();
    const answer = await found('fund-a', { programme: { ...plain, ...change } });
    expect(codeOf(answer)).toEqual([422, 'validation_failed']);
    expect(pointersOf(answer)).toEqual([pointer]);
    for (const { message } of answer.body.errors) expect(message).toMatch(/\p{Script=Han}/u);
    expect((await call('GET', '/v1/funds/fund-a')).status).toBe(404);
  });

  test.each([
    ['a name of blanks', { name: '  ' }, '/name'],
    ['an id that no path can hold', { fundId: 'fund/a' }, '/fundId'],
  ])('is refused with %s', async (_what, change, pointer) => {
    const { found } = await city();
    expect(pointersOf(await found('fund-a', change))).toEqual([pointer]);
  });

  test.each(['city-reviewer.x', 'county-reviewer.x', 'auditor.x', 'regulator.x', 'bank'])(
    'is not founded by %s',
    async (as) => {
      const { found } = await city();
      expect(codeOf(await found('fund-a', {}, { as }))).toEqual([403, 'forbidden']);
    },
  );
});

describe('an approval', () => {
  test('is another person’s', async () => {
    const { found, approve, inForce } = await city();
    await found('fund-a', {}, { as: 'city-admin.someone' });
    expect(codeOf(await approve('fund-a', 1, 'city-reviewer.someone'))).toEqual([409, 'second_person_required']);
    expect(codeOf(await approve('fund-a', 1, 'city-admin.other'))).toEqual([403, 'forbidden']);
    expect(await inForce('fund-a')).toBeUndefined();
    expect(await approve('fund-a', 1)).toMatchObject({
      status: 200,
      body: { version: 1, status: 'approved', effectiveFrom: '2026-11-23' },
    });
    expect(await inForce('fund-a')).toBe(1);
    expect(codeOf(await approve('fund-a', 1, 'city-reviewer.third'))).toEqual([409, 'state_conflict']);
    expect(codeOf(await approve('fund-a', 2))).toEqual([404, 'not_found']);
    expect(codeOf(await approve('fund-b', 1))).toEqual([404, 'not_found']);
  });

  test('by the proposer is refused by the write itself, as is a second one', async () => {
    const { found, table } = await city();
    await found('fund-a');
    const [head, draft] = [(await getFundHead(table, 'fund-a'))!, (await getProgrammeItem(table, 'fund-a', 1))!];
    const approving = (approvedBy: string) =>
      table.transact(
        approvalWrites(head, head.audit, draft, {
          ...draft,
          status: 'approved',
          approvedBy,
          approvedAt: '2026-11-23T04:00:00.000Z',
          effectiveFrom: '2026-11-23',
        }),
      );
    expect(await approving(draft.proposedBy)).toEqual({ kind: 'refused', steps: [0] });
    expect(await approving('person|test|other')).toEqual({ kind: 'written' });
    expect(await approving('person|test|third')).toEqual({ kind: 'refused', steps: [0, 1, 2] });
  });

  test('is told to the other services in its own transaction, behind the founding, in the order of the approvals', async () => {
    const { found, approve, propose, table } = await city();
    await found('fund-a');
    await propose('fund-a', '2027-01-01', { ...plain, maxTermMonths: 24 });
    await approve('fund-a', 2);
    expect(codeOf(await approve('fund-a', 2))).toEqual([409, 'state_conflict']);
    await approve('fund-a', 1);
    const events = await eventsOf(table, 'fund-a');
    expect(events.map(({ type, subject, sequence, data }) => [type, subject, sequence, data['version']])).toEqual([
      ['fund.founded.v1', 'fund-programme/fund-a', 1, undefined],
      ['fund.programme.activated.v1', 'fund-programme/fund-a', 2, 2],
      ['fund.programme.activated.v1', 'fund-programme/fund-a', 3, 1],
    ]);
    expect(eventTypes['fund.founded.v1'].data.parse(events[0]?.data)).toEqual({ fundId: 'fund-a' });
    const told = eventTypes['fund.programme.activated.v1'].data.parse(events[1]?.data);
    expect(told).toMatchObject({ fundId: 'fund-a', effectiveFrom: '2027-01-01', programme: { maxTermMonths: 24 } });
    expect((await verifyAggregate(table, fundPk('fund-a'))).kind).toBe('intact');
  });

  test('of many at once happens once each, and the chain of audit rows holds', async () => {
    const { found, approve, propose, table } = await city();
    await found('fund-a');
    await Promise.all([1, 2, 3].map((day) => propose('fund-a', `2027-01-0${day}`)));
    const attempts = [1, 2, 3, 4].flatMap((version) =>
      ['x', 'y'].map((sub) => approve('fund-a', version, `city-reviewer.${sub}`)),
    );
    const statuses = (await Promise.all(attempts)).map(({ status }) => status);
    expect(statuses.toSorted((one, other) => one - other)).toEqual([200, 200, 200, 200, 409, 409, 409, 409]);
    const head = (await getFundHead(table, 'fund-a'))!;
    expect([head.versions, new Set(head.approved.map(({ version }) => version))]).toEqual([4, new Set([1, 2, 3, 4])]);
    expect((await eventsOf(table, 'fund-a')).map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(await verifyAggregate(table, fundPk('fund-a'))).toMatchObject({ kind: 'intact', head: { sequence: 8 } });
  });

  test('of the largest programme that the contract takes fits into its event', async () => {
    const { found, approve } = await city();
    const steps = Array.from({ length: 10 }, (_one, at) => ({ upToFen: 9_007_199_254_740_900 + at, shareBps: 1_000 }));
    const parties = Array.from({ length: 10 }, (_one, at) => ({
      id: `${'p'.repeat(62)}-${at}`,
      kind: 'public',
      shareBps: 1_000,
      capFen: Number.MAX_SAFE_INTEGER,
      tiers: { by: 'outstanding', steps, above: { shareBps: 1_000 } },
      split: { countyBps: 10_000, countyShortfall: 'city-covers' },
    }));
    const bankQuotas = Array.from({ length: 50 }, (_one, at) => ({
      bankId: `${'b'.repeat(62)}${String(at).padStart(2, '0')}`,
      quotaFen: Number.MAX_SAFE_INTEGER,
    }));
    expect((await found('fund-a', { programme: { ...plain, parties, bankQuotas } })).status).toBe(201);
    expect((await approve('fund-a', 1)).status).toBe(200);
  });
});

describe('a later version', () => {
  test('holds from its day on, the one before until then, and a draft never', async () => {
    const { found, approve, propose, inForce, at, call } = await city();
    await found('fund-a');
    await approve('fund-a', 1);
    const proposed = await propose('fund-a', '2027-01-01', { ...plain, recoveryOrder: 'interest-first' });
    expect(proposed).toMatchObject({
      status: 201,
      headers: { location: '/v1/funds/fund-a/programmes/2' },
      body: { version: 2, status: 'draft', validFrom: '2027-01-01' },
    });
    at('2027-01-02T04:00:00.000Z');
    expect(await inForce('fund-a')).toBe(1);
    at('2026-12-01T04:00:00.000Z');
    await approve('fund-a', 2);
    // The law's day begins at midnight in Shanghai.
    at('2026-12-31T15:59:59.999Z');
    expect(await inForce('fund-a')).toBe(1);
    at('2026-12-31T16:00:00.000Z');
    expect(await inForce('fund-a')).toBe(2);
    expect((await call('GET', '/v1/funds/fund-a/programmes/2')).body).toMatchObject({
      inForce: true,
      programme: { recoveryOrder: 'interest-first' },
    });
  });

  test('never works backwards', async () => {
    const { found, approve, propose } = await city();
    await found('fund-a');
    await propose('fund-a', '2020-01-01');
    expect((await approve('fund-a', 2)).body).toMatchObject({ validFrom: '2020-01-01', effectiveFrom: '2026-11-23' });
  });

  test('is proposed for a fund that there is, from a day that there is', async () => {
    const { found, propose } = await city();
    expect(codeOf(await propose('fund-a', '2027-01-01'))).toEqual([404, 'not_found']);
    await found('fund-a');
    expect(pointersOf(await propose('fund-a', '2027-02-29'))).toEqual(['/validFrom']);
  });
});

describe('the lists', () => {
  async function all(call: Awaited<ReturnType<typeof city>>['call'], path: string) {
    const items = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 9; pages += 1) {
      const { body } = await call('GET', path, { query: { pageSize: '2', ...(cursor !== undefined && { cursor }) } });
      items.push(...body.items);
      if (body.nextCursor === null) return items;
      cursor = body.nextCursor;
    }
    throw new Error('the list does not end');
  }

  test('tell funds and versions page by page, newest first', async () => {
    const { found, propose, approve, call, at } = await city();
    for (const [place, fundId] of ['fund-a', 'fund-b', 'fund-c'].entries()) {
      at(`2026-11-23T04:00:0${place}.000Z`);
      await found(fundId);
    }
    for (const day of [1, 2, 3, 4]) await propose('fund-b', `2027-01-0${day}`);
    await approve('fund-b', 1);
    expect((await all(call, '/v1/funds')).map(({ fundId, versions }) => [fundId, versions])).toEqual([
      ['fund-c', 1],
      ['fund-b', 5],
      ['fund-a', 1],
    ]);
    const versions = await all(call, '/v1/funds/fund-b/programmes');
    expect(versions.map(({ version, status, inForce }) => [version, status, inForce])).toEqual([
      [5, 'draft', false],
      [4, 'draft', false],
      [3, 'draft', false],
      [2, 'draft', false],
      [1, 'approved', true],
    ]);
    for (const { programme } of versions) expect(FundProgramme.safeParse(programme).success).toBe(true);
    expect(codeOf(await call('GET', '/v1/funds/fund-d/programmes'))).toEqual([404, 'not_found']);
    expect(codeOf(await call('GET', '/v1/funds/fund-b/programmes/6'))).toEqual([404, 'not_found']);
  });

  test.each(['auditor.x', 'regulator.x', 'county-clerk.x'])('are for people: %s', async (as) => {
    const { found, call } = await city();
    await found('fund-a');
    for (const path of ['/v1/funds', '/v1/funds/fund-a', '/v1/funds/fund-a/programmes']) {
      expect((await call('GET', path, { as })).status).toBe(200);
    }
    expect(codeOf(await call('GET', '/v1/funds', { as: 'bank' }))).toEqual([403, 'forbidden']);
  });
});
