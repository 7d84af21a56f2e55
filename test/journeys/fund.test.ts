import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays, todayOf } from '#packages/calendar';
import { verifyJournal } from '../../services/fund/ledger/verify-journal.mjs';
import { type City, startCity } from '../support/city.ts';
import { partnerClient } from '../support/partner.ts';
import { storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
beforeAll(async () => {
  city = await startCity({ partners: true });
  story = storyOf(city);
});
afterAll(() => city.stop());

const today = todayOf(new Date());
const sharing = {
  parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
  recoveryOrder: 'principal-first',
};
const [admin, reviewer] = [() => city.operator('city-admin'), () => city.operator('city-reviewer')];
const post = (where: string, json: unknown, by = admin()) => city.post(`/v1/funds${where}`, by, json);
const read = (where: string, by = city.operator('auditor')) => story.ok(200, city.get(`/v1/funds/f${where}`, by));
const line = (bankReference: string, amountFen: number) => ({ amountFen, bookedOn: today, bankReference });
const contribution = (bankReference: string, amountFen: number) => ({
  level: 'city',
  amountFen,
  receivedOn: addDays(today, -1),
  bankReference,
});

test('a fund is founded and approved by two people, and its terms stand in its book', async () => {
  await story.ok(201, post('', { fundId: 'f', name: '示例基金', programme: { ...sharing, leverage: 8 } }));
  const token = await city.cloud.issueToken({ sub: 'city-admin', role: 'city-reviewer' });
  expect(await post('/f/programmes/1/approvals', {}, token)).toMatchObject({
    status: 409,
    body: { code: 'second_person_required' },
  });
  const approved = await story.ok(200, post('/f/programmes/1/approvals', {}, reviewer()));
  expect(approved).toMatchObject({ status: 'approved', effectiveFrom: today });
  const { items } = await read('/journal');
  expect(items).toMatchObject([{ seq: 1, cause: { type: 'terms-set', id: '1' }, prevHash: '0'.repeat(64) }]);
  expect(items[0].control).toMatchObject({ terms: { programmeVersion: 1, leverage: 8 } });
});

test('a line of the bank is booked once, whoever says it how often, and never as something else', async () => {
  const first = await post('/f/contributions', contribution('R1', 1_000));
  expect(first).toMatchObject({ status: 201, body: { fundId: 'f', amountFen: 1_000, seq: 2 } });
  const again = await post('/f/contributions', contribution('R1', 1_000));
  expect([again.headers.get('idempotency-replayed'), again.body]).toEqual(['true', first.body]);
  for (const other of [post('/f/contributions', contribution('R1', 1_001)), post('/f/interest', line('R1', 1_000))]) {
    expect(await other).toMatchObject({ status: 409, body: { code: 'already_exists' } });
  }
  await story.ok(201, post('/f/interest', line('R2', 7)));
  expect(await post('/f/fees', line('R3', 1_008))).toMatchObject({
    status: 422,
    body: { code: 'fund_balance_exceeded' },
  });
  expect(await post('/f/contributions', { ...contribution('R4', 1), receivedOn: addDays(today, 1) })).toMatchObject({
    status: 422,
    body: { code: 'validation_failed', errors: [{ pointer: '/receivedOn' }] },
  });
  expect(await post('/none/contributions', contribution('R1', 1))).toMatchObject({ status: 404 });
  const many = await Promise.all(Array.from({ length: 8 }, () => post('/f/interest', line('R5', 3))));
  expect(new Set(many.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1);
  expect(await read('/balances')).toMatchObject({ cashFen: 1_010, availableFen: 1_010, exposureFen: 0 });
});

test('the balance of any past moment is what it was then, and a day counts what was booked for it later', async () => {
  const { items } = await read('/journal');
  const at = items.find((entry: any) => entry.seq === 2).at;
  expect(await read(`/balances?at=${at}`)).toMatchObject({ at, cashFen: 1_000 });
  expect(await read('/balances?at=2020-01-01T00:00:00.000Z')).toMatchObject({ cashFen: 0, accounts: [] });
  expect(await read(`/balances?valueDate=${addDays(today, -1)}`)).toMatchObject({ cashFen: 1_000 });
});

test('the journal chains page by page, and proves itself to us and to an outsider', async () => {
  const entries: any[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page: any = await read(`/journal?pageSize=2${cursor === '' ? '' : `&cursor=${cursor}`}`);
    entries.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_entry, place) => place + 1));
  let before = '0'.repeat(64);
  for (const { hash, ...rest } of entries) {
    expect(rest.prevHash).toBe(before);
    expect(createHash('sha256').update(canonicalize(rest)!).digest('hex')).toBe(hash);
    before = hash;
  }
  const bank = await partnerClient(city, 'bank-a');
  const proof: any = await bank.call({ method: 'GET', path: '/v1/funds/f/proof' });
  expect(proof).toMatchObject({
    kind: 'done',
    body: { entries: entries.length, headHash: before, trialBalance: 0, verified: true, sealedThrough: null },
  });
  const { body } = await city.get('/v1/funds/f/journal-export', city.operator('auditor'));
  expect(verifyJournal(body, { head: before })).toMatchObject({ problems: [], entries: entries.length });
  const forged = verifyJournal(body.replace('"debitFen":1000', '"debitFen":1001'), { head: before });
  expect(forged.problems).not.toEqual([]);
});

test('cover is stopped at one entry of the journal, and begins again by another person', async () => {
  const stopped = await story.ok(200, post('/f/suspensions', { bankId: 'bank-a', reason: '不良率超限' }));
  expect(stopped).toMatchObject({ fundId: 'f', bankId: 'bank-a', suspended: true });
  expect(await post('/f/suspensions', { bankId: 'bank-a', reason: '再次' })).toMatchObject({ status: 409 });
  expect(await post('/f/resumptions', { bankId: 'bank-a', reason: '已整改' }, reviewer())).toMatchObject({
    status: 200,
    body: { suspended: false, seq: stopped.seq + 1 },
  });
});

test('a statement is held against the book, line by line', async () => {
  const check = (text: string) => {
    const send = { token: admin(), bytes: Buffer.from(text), headers: { 'content-type': 'text/csv' } };
    return city.call('POST', '/v1/funds/f/statements', send);
  };
  const day = addDays(today, -1);
  const columns = '交易日期,流水号,收入,支出,余额';
  expect(await check(`${columns}\n${day},R1,10.00,,10.00\n`)).toMatchObject({
    status: 200,
    body: { lines: 1, differences: [] },
  });
  const differing = await check(`${columns}\n${day},R1,10.01,,10.01\n`);
  expect(differing.body.differences.map(({ code }: { code: string }) => code)).toContain('amount-differs');
  expect(await check('日期,金额\n1,2\n')).toMatchObject({ status: 422, body: { code: 'statement_unreadable' } });
});

test('a loss is computed for whoever is signed in, and nothing is stored', async () => {
  const bank = await partnerClient(city, 'bank-b');
  const body = { programme: sharing, case: { outstandingFen: 1_001 }, events: [] };
  const before = (await read('/proof')).headHash;
  const answer: any = await bank.call({ method: 'POST', path: '/v1/fund/simulations', body });
  expect(answer).toMatchObject({ kind: 'done', status: 200, body: { eligible: true, baseFen: 1_001 } });
  expect(answer.body.payments).toMatchObject([
    { partyId: 'fund', paidFen: 500 },
    { partyId: 'bank', paidFen: 501 },
  ]);
  expect((await read('/proof')).headHash).toBe(before);
});
