import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import { aggregatePk } from '#packages/aggregate';
import { serviceApi } from '../../../test/support/service-api.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { valuationRoutes } from '../contract/valuation-routes.ts';
import { Assessment, ValuationRequest } from '../contract/valuation-schemas.ts';
import { valuationKind } from '../store/valuation.ts';
import { licenceRequest, scores, twoMethods } from '../valuation/sample-requests.ts';
import { valuationOperations } from './valuations.ts';

let now = new Date('2026-11-27T04:00:00.000Z');
let started: TestTable;
let call: ReturnType<typeof serviceApi>;
beforeAll(async () => {
  started = await startTable();
  const { table } = started;
  call = serviceApi({ routes: valuationRoutes, operations: valuationOperations({ table }), table }, () => now);
});
afterAll(() => started.stop());

const record = (json: unknown, as = 'bank-a', key?: string) =>
  call('POST', '/v1/valuations', { json, as, ...(key !== undefined && { key }) });
const read = (valuationId: string, as?: string) =>
  call('GET', `/v1/valuations/${valuationId}`, { ...(as !== undefined && { as }) });
const history = (number: string, as: string, query = {}) =>
  call('GET', `/v1/rights/invention/${number}/valuations`, { as, query });
/** Each story has a right of its own; all of these numbers' check digits hold. */
const requestOf = (number: string, change: object = {}) => ({
  ...twoMethods,
  right: { kind: 'invention', number },
  ...change,
});

describe('a valuation', () => {
  test('is stored with all its inputs and read again as it was answered', async () => {
    const { status, headers, body } = await record(requestOf('201710601862.3'));
    expect([status, headers['location']]).toEqual([201, `/v1/valuations/${body.valuationId}`]);
    expect(body).toMatchObject({
      partnerId: 'bank-a',
      status: 'current',
      createdAt: now.toISOString(),
      inputs: twoMethods,
      samples: 2_000,
      results: [{ valueFen: 124_845_895 }, { valueFen: 112_500_000 }],
      validUntil: '2027-11-02',
    });
    expect((await read(body.valuationId)).body).toEqual(body);
  });

  test('is the same under any key, and there once', async () => {
    const request = requestOf('201310699744.2');
    const [first, second] = await Promise.all([record(request), record(request)]);
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(await record(request)).toMatchObject({
      status: 201,
      headers: { 'idempotency-replayed': 'true' },
      body: first.body,
    });
    expect((await history('201310699744.2', 'bank-a')).body.items).toHaveLength(1);
  });

  test('takes the place of the one before, which stays, proved by its audit', async () => {
    const number = '97101765.4';
    const old = (await record(requestOf(number))).body;
    const later = requestOf(number, { valuedOn: '2026-11-20', indicators: scores });
    const { body } = await record(later);
    expect(body).toMatchObject({
      status: 'current',
      supersedes: old.valuationId,
      indicators: { scoreHundredths: 6_950 },
    });
    const ended = (await read(old.valuationId)).body;
    expect(ended).toEqual({ ...old, status: 'superseded', supersededBy: body.valuationId });
    const { items } = (await history(number, 'bank-a')).body;
    expect(items.map((item: any) => [item.valuationId, item.status])).toEqual(
      [body, ended]
        .toSorted((one, other) => (one.valuationId < other.valuationId ? 1 : -1))
        .map((one) => [one.valuationId, one.status]),
    );
    const pk = aggregatePk(valuationKind, old.valuationId);
    expect(await verifyAggregate(started.table, pk)).toMatchObject({ kind: 'intact', head: { sequence: 2 } });
  });

  test('as of a day before the one that holds is refused', async () => {
    await record(requestOf('95115608.X', { valuedOn: '2026-11-20' }));
    const earlier = await record(requestOf('95115608.X', { valuedOn: '2026-11-19' }));
    expect(earlier).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
  });

  test('of several at once leaves one that holds', async () => {
    const number = '201921898050.0';
    const ofModel = (seed: string) => requestOf(number, { right: { kind: 'utility-model', number }, seed });
    const answers = await Promise.all(['one', 'two', 'three'].map((seed) => record(ofModel(seed))));
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    const { items } = (await call('GET', `/v1/rights/utility-model/${number}/valuations`)).body;
    expect(items.map((item: any) => item.status).toSorted()).toEqual(['current', 'superseded', 'superseded']);
  });

  test('holds for a year from the day it is of', async () => {
    const { body } = await record(
      requestOf('201921897980.4', { right: { kind: 'utility-model', number: '201921897980.4' } }),
    );
    const before = now;
    now = new Date('2027-11-02T15:59:59.000Z');
    expect((await read(body.valuationId)).body.status).toBe('current');
    now = new Date('2027-11-02T16:00:00.000Z');
    expect((await read(body.valuationId)).body.status).toBe('expired');
    now = before;
  });

  test('names only a loan that the bank has', async () => {
    const request = requestOf('201710601862.3', { loanId: 'loan-of-nobody' });
    expect(await record(request)).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });
});

describe('who sees a valuation', () => {
  test('the bank whose it is, the office, and the enterprise that it names; to others there is none', async () => {
    const { body } = await record({ ...licenceRequest });
    const seen = async (as: string) => (await read(body.valuationId, as)).status;
    for (const as of [
      'bank-a',
      'city-admin.a',
      'city-reviewer.a',
      'auditor.a',
      'enterprise-user.a.91411502MA9TETT0X9',
    ]) {
      expect([as, await seen(as)]).toEqual([as, 200]);
    }
    for (const as of ['bank-b', 'enterprise-user.a.91411500MA9TEXT51G', 'enterprise-user.a']) {
      expect([as, await seen(as)]).toEqual([as, 404]);
    }
    for (const as of ['park-manager.a', 'county-clerk.a', 'regulator.a']) {
      expect([as, await seen(as)]).toEqual([as, 403]);
    }
    const other = await read(body.valuationId, 'bank-b');
    const none = await read('val-of-nobody', 'bank-b');
    const { requestId: _one, at: _then, instance: _here, ...problem } = other.body;
    expect(none.body).toMatchObject(problem);
  });

  test('two banks value the same right each for itself', async () => {
    const number = '201310699744.2';
    const request = requestOf(number, { purpose: 'other' });
    const [ours, theirs] = [(await record(request)).body, (await record(request, 'bank-b')).body];
    expect(theirs.valuationId).not.toBe(ours.valuationId);
    expect(theirs.results).toEqual(ours.results);
    const banksIn = async (as: string) =>
      new Set((await history(number, as)).body.items.map((item: any) => item.partnerId));
    expect([await banksIn('bank-b'), await banksIn('city-admin.a')]).toEqual([
      new Set(['bank-b']),
      new Set(['bank-a', 'bank-b']),
    ]);
  });

  test('a history is read page by page, and however the number is typed', async () => {
    const first = await history('ZL201310699744.2', 'city-admin.a', { pageSize: '1' });
    expect([first.body.items.length, typeof first.body.nextCursor]).toEqual([1, 'string']);
    const all = await history('201310699744.2', 'city-admin.a');
    const next = await history('ZL201310699744.2', 'city-admin.a', { pageSize: '1', cursor: first.body.nextCursor });
    expect([...first.body.items, ...next.body.items]).toEqual(all.body.items.slice(0, 2));
  });

  test('a claim to licence income is named with its enterprise', async () => {
    const path = `/v1/rights/licence-income/${licenceRequest.right.number}/valuations`;
    expect(await call('GET', path)).toMatchObject({ status: 422, body: { errors: [{ pointer: '?uscc' }] } });
    const { body } = await call('GET', path, { query: { uscc: licenceRequest.uscc } });
    expect(body.items).toMatchObject([{ valueFen: expect.any(Number), status: 'current' }]);
    const of = await call('GET', path, { query: { uscc: '91411500MA9TEXT51G' } });
    expect(of.body.items).toEqual([]);
  });

  test('only a bank records one', async () => {
    expect(await record(twoMethods, 'city-admin.a')).toMatchObject({ status: 403 });
  });
});

describe('a trial', () => {
  const tried = (json: unknown, as = 'enterprise-user.a') => call('POST', '/v1/valuation-trials', { json, as });

  test('answers what a valuation would be, and stores nothing', async () => {
    const number = '201921897855.3';
    const request = requestOf(number, { right: { kind: 'utility-model', number } });
    const trial = await tried(request, 'bank-a');
    expect(trial.status).toBe(200);
    const path = `/v1/rights/utility-model/${number}/valuations`;
    expect((await call('GET', path)).body.items).toEqual([]);
    const { body } = await record(request);
    expect(body).toMatchObject(trial.body);
  });

  test('is the example of its own documentation', async () => {
    const { example } = ValuationRequest.meta() ?? {};
    const { status, body } = await tried(example);
    expect(status).toBe(200);
    expect(Assessment.safeParse(body).success).toBe(true);
  });

  test.each(['county-reviewer.a', 'park-manager.a', 'regulator.a', 'bank-b'])('is for anyone: %s', async (as) => {
    expect(await tried(licenceRequest, as)).toMatchObject({
      status: 200,
      body: { conclusion: { how: 'only-method' } },
    });
  });

  const [income, cost] = twoMethods.methods;
  test.each<[string, object, string]>([
    ['a number that is none', { right: { kind: 'invention', number: '12' } }, '/right/number'],
    ['one method without a word why', { methods: [cost] }, '/onlyMethodReason'],
    ['a word why there is one, of two', { onlyMethodReason: '唯一' }, '/onlyMethodReason'],
    ['a method twice', { methods: [cost, cost] }, '/methods/1/method'],
    ['no method', { methods: [] }, '/methods'],
    ['income without the law’s end', { legalLife: undefined }, '/legalLife'],
    ['a right that is over', { legalLife: { expiresOn: '2026-11-01' } }, '/legalLife/expiresOn'],
    ['a day that has not come', { valuedOn: '2026-11-28' }, '/valuedOn'],
    [
      'a range that falls',
      { methods: [income, { ...cost, depreciationBps: { low: 3, mode: 2, high: 3 } }] },
      '/methods/1/depreciationBps/low',
    ],
    [
      'a likeliest above the most',
      { methods: [income, { ...cost, replacementFen: { low: 1, mode: 4, high: 3 } }] },
      '/methods/1/replacementFen/high',
    ],
    ['half a fen', { methods: [income, { ...cost, replacementFen: 0.5 }] }, '/methods/1/replacementFen'],
    [
      'half an estimate',
      { methods: [income, { ...cost, replacementFen: { low: 1, high: 2 } }] },
      '/methods/1/replacementFen/mode',
    ],
    ['some of the indicators', { indicators: { stability: 80 } }, '/indicators/scope'],
    [
      'a trademark’s indicators',
      { right: { kind: 'trademark', number: '12345678' }, indicators: scores },
      '/indicators',
    ],
    ['revenue of licence income', { right: licenceRequest.right, uscc: licenceRequest.uscc }, '/methods/0/method'],
    ['licence income of nobody', { ...licenceRequest, uscc: undefined }, '/uscc'],
    ['a chosen value far off', { conclusion: { valueFen: 1 } }, '/conclusion/reason'],
  ])('of %s is refused with its place', async (_what, change, pointer) => {
    const { status, body } = await tried({ ...twoMethods, ...change });
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors[0]).toMatchObject({ pointer, message: expect.stringMatching(/\p{Script=Han}/u) });
  });
});
