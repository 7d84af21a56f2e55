import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { serviceApi } from '../../../test/support/service-api.ts';
import { servicingOn, type ServicingWorld } from '../../../test/support/servicing.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { BundleCheck, routes } from '../contract.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { examine } from '../rights/doctor.ts';
import { loanOperations } from './loan-operations.ts';
import { valuationOperations } from './valuations.ts';

/* What a bank may well say and nobody means: the first and last days that there are, the largest amounts. */

const largest = Number.MAX_SAFE_INTEGER;
let started: TestTable;
let world: ServicingWorld;
let send: ReturnType<typeof serviceApi>;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  const table = await started.another();
  world = servicingOn(table, '2026-11-27T04:00:00.000Z');
  const operations = { ...loanOperations({ table }), ...valuationOperations({ table }) };
  send = serviceApi({ routes, operations, table }, world.now);
  await world.founded({ maxTermMonths: undefined });
  await world.listed();
});

const post = (path: string, json: unknown) => send('POST', path, { json });
const income = (number: string, over = {}) => ({ ...world.asset(number), kind: 'licence-income', ...over });

const edges = ['1900-01-01', '1930-01-01', '2199-12-31', '9999-12-31'];
const lifeDays = ['filedOn', 'grantedOn', 'publishedOn', 'firstUsedOn', 'createdOn', 'expiresOn', 'feePaidUntil'];

test('no day that a right can have, however early or late, is a fault: it is read, or refused by its place', () => {
  for (const [place, kind] of rightKinds.entries()) {
    for (const day of edges) {
      for (const name of [...lifeDays, 'licenceEndsOn', 'valuedOn']) {
        const asset = { ...world.asset(`2026${place}00001`), kind, [name]: day };
        const read = BundleCheck.safeParse({ loan: { principalFen: 1, maturesOn: '2199-12-31' }, assets: [asset] });
        expect(read.error?.issues.map(({ path }) => path) ?? [], `${kind} ${name} ${day}`).toEqual(
          isFar(day) ? [['assets', 0, name]] : [],
        );
        const parsed = read.success ? read.data : undefined;
        if (parsed !== undefined) expect(examine(parsed, world.today()).rights).toHaveLength(1);
      }
    }
  }
});
const isFar = (day: string) => day === '1900-01-01' || day === '9999-12-31';

test('loans and rights at the edges are filed, looked at and read', async () => {
  for (const [place, [name, day]] of [
    ['expiresOn', '2199-12-31'],
    ['expiresOn', '1900-01-01'],
    ['feePaidUntil', '2199-12-31'],
    ['feePaidUntil', '1930-01-01'],
    ['filedOn', '1930-01-01'],
    ['filedOn', '9999-12-31'],
  ].entries()) {
    const asset = { ...world.asset(`D${place}`), kind: 'software', [name!]: day };
    const { status, body } = await post('/v1/loans', world.loan({}, [asset]));
    expect(status, `${name} ${day}`).toBe(isFar(day!) ? 422 : 201);
    if (status === 422) expect(body.errors).toMatchObject([{ pointer: `/pledge/assets/0/${name}` }]);
  }
  for (const maturesOn of edges) {
    const { status } = await post('/v1/loans', world.loan({ maturesOn }, [income(`till-${maturesOn}`)]));
    expect(status, maturesOn).toBe(maturesOn === '2199-12-31' ? 201 : 422);
  }
  world.at('2026-12-31T04:00:00.000Z');
  expect((await world.watch()).raised).toBeGreaterThan(0);
});

test('a report of the first day, overdue for as long as can be said, is taken; an earlier day is refused by its place', async () => {
  const path = `/v1/loans/${await world.lent()}/reports`;
  const said = { outstandingFen: 1, overdueDays: 36_500, classification: 'loss' };
  expect(await post(path, { ...said, asOf: '2000-01-01' })).toMatchObject({ status: 200 });
  for (const asOf of ['1900-01-01', '1999-12-31']) {
    expect(await post(path, { ...said, asOf })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/asOf' }] },
    });
  }
});

test('rights that are worth more together than can be told are refused, filed or brought later', async () => {
  const two = [income('A1', { valueFen: largest }), income('A2', { valueFen: 1 })];
  const refused = { status: 422, body: { code: 'validation_failed', errors: [{ pointer: '/pledge/assets' }] } };
  expect(await post('/v1/loans', world.loan({}, two))).toMatchObject(refused);
  const { body } = await post('/v1/loans', world.loan({}, two.slice(0, 1)));
  const more = { valueFen: 1, valuedOn: world.today() };
  const path = `/v1/loans/${body.loanId}/pledge/assets/licence-income/A2`;
  expect(await send('PUT', path, { json: more })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/valueFen' }] },
  });
  expect(await send('GET', `/v1/loans/${body.loanId}`)).toMatchObject({
    status: 200,
    body: { bundle: { valueFen: largest } },
  });
});

test('absurd amounts of one bank are summed exactly and shown as far as a number goes; its next report is taken', async () => {
  const ids: string[] = [];
  for (const number of ['B1', 'B2', 'B3']) {
    const { body } = await post('/v1/loans', world.loan({ principalFen: largest }, [income(number)]));
    ids.push(body.loanId);
  }
  const report = { asOf: world.today(), overdueDays: 0, classification: 'normal', outstandingFen: largest };
  for (const id of ids) expect(await post(`/v1/loans/${id}/reports`, report)).toMatchObject({ status: 200 });
  expect((await world.portfolio()).outstandingFen).toBe(3n * BigInt(largest));
  expect(await send('PUT', '/v1/credit-plans/2026', { json: { planFen: 1 } })).toMatchObject({ status: 200 });
  expect(await send('GET', '/v1/npl-meter')).toMatchObject({
    status: 200,
    body: { ip: { loans: 3, outstandingFen: largest }, credit: { disbursedFen: largest, usedBps: largest } },
  });
});

test('a right’s number needs a letter or a digit; a wrong check digit or kind refuses no filing', async () => {
  for (const [place, number] of ['ZL202110000001.2', '12345678', '2020SR0123456'].entries()) {
    const [asset] = [{ ...world.asset(number), kind: place === 1 ? 'trademark' : 'invention' }];
    expect((await post('/v1/loans', world.loan({}, [asset]))).status, number).toBe(201);
  }
  for (const number of ['--', '\u200b', '第号']) {
    const answer = await post('/v1/loans', world.loan({}, [world.asset(number)]));
    const status = number === '第号' ? 201 : 422;
    expect(answer.status, JSON.stringify(number)).toBe(status);
    if (status === 422) expect(answer.body.errors).toMatchObject([{ pointer: '/pledge/assets/0/number' }]);
  }
});

test('twenty reports of one bank’s loans that come at once are all taken', async () => {
  const ids = await Promise.all(
    Array.from({ length: 20 }, async (_loan, place) => {
      const { body } = await post('/v1/loans', world.loan({ principalFen: 100 }, [income(`C${place}`)]));
      return body.loanId as string;
    }),
  );
  const report = { asOf: world.today(), overdueDays: 0, classification: 'normal', outstandingFen: 100 };
  const answers = await Promise.all(ids.map((id) => post(`/v1/loans/${id}/reports`, report)));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
  expect(await world.portfolio()).toMatchObject({ loans: 20, outstandingFen: 2_000n });
});
