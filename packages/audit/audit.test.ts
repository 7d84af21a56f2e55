import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noHash } from '#packages/canonical';
import {
  type AuditHead,
  auditItem,
  type AuditRow,
  auditWrite,
  readAuditRow,
  sha256,
  verifyAggregate,
} from '#packages/audit';
import { createResources, startEngines } from '#packages/local/engines';
import { type Item, type Key, openTable, type Table } from '#packages/table';
import { sealKey, sealUpTo } from './day.ts';
import { auditStreamFunction, sealFunction } from './functions.ts';
import { verifyDay } from './verify.ts';

const region = 'cn-north-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const context = { getRemainingTimeInMillis: () => 600_000, awsRequestId: 'r', functionName: 'seal' } as Context;

let engines: Awaited<ReturnType<typeof startEngines>>;
let table: Table;
let tables = 0;
let heads: Map<string, AuditHead>;
beforeAll(async () => {
  engines = await startEngines({});
});
afterAll(() => engines.stop());
beforeEach(async () => {
  tables += 1;
  const name = `audit-${tables}`;
  const keys = ['pk', 'sk'];
  const create = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, place) => ({ AttributeName, KeyType: ['HASH', 'RANGE'][place] })),
  };
  await createResources(engines.urls, { region, tables: [{ name, create }], queues: [], buckets: [] });
  table = openTable(new DynamoDBClient({ region, credentials, endpoint: engines.urls.dynamodb }), name);
  heads = new Map();
});

/** Records one more change of a thing; answers the row as the stream would tell it. */
async function change(thing: string, at: string, reason?: string): Promise<AuditRow> {
  const pk = `THING#${thing}`;
  const { write, head } = auditWrite({
    pk,
    previous: heads.get(pk),
    at,
    requestId: 'req-1',
    actor: { type: 'person', id: 'sub-1', issuer: 'https://issuer', role: 'city-admin' },
    action: 'thing.change',
    resource: `thing/${thing}`,
    outcome: 'done',
    reason,
    after: 'a'.repeat(64),
  });
  expect(await table.transact([write])).toEqual({ kind: 'written' });
  heads.set(pk, head);
  return rowAt(pk, write.kind === 'put' ? write.item.sk : '');
}

async function rowAt(pk: string, sk: string): Promise<AuditRow> {
  const row = readAuditRow((await table.get({ pk, sk }))!);
  if (row === undefined) throw new Error(`${pk} ${sk} is no row`);
  return row;
}

/** As its item keeps it. */
const itemOf = ({ hash: _hash, ...row }: AuditRow) => auditItem(row);
/** With another text under the hash of the one before. */
const changed = (row: AuditRow, change: object) => ({ ...itemOf({ ...row, ...change }), hash: row.hash });

const streamed = (rows: AuditRow[]) => ({
  Records: rows.map((row, place) => ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: String(100 + place), NewImage: marshall(itemOf(row)) },
  })),
});
const file = (...rows: AuditRow[]) => auditStreamFunction(table)(streamed(rows), context);
const seal = (at: string, where = region) => sealFunction(table, where)({ at }, context);
const allFiled = { batchItemFailures: [] };

test('each row holds the hash of the one before, over its RFC 8785 form', async () => {
  const first = await change('x', '2026-11-23T01:00:00.000Z');
  const second = await change('x', '2026-11-23T02:00:00.000Z', 'because');
  expect(first).toMatchObject({ sk: 'AUDIT#0000000001', sequence: 1, prevHash: noHash });
  expect(second).toMatchObject({ sequence: 2, prevHash: first.hash, reason: 'because' });
  // As `printf '{"a":"ä","b":1}' | sha256sum` says: keys sorted, no spaces, nothing for what is left out.
  expect(sha256({ b: 1, a: 'ä', c: undefined })).toBe(
    '507aab815f2bdfce1c740c0b1ae7b1c874f56b9aa5b9ab109a07b57365148233',
  );
  expect(await verifyAggregate(table, 'THING#x')).toEqual({ kind: 'intact', head: heads.get('THING#x') });
  expect(await verifyAggregate(table, 'THING#none')).toEqual({ kind: 'intact', head: undefined });
});

test.each([
  ['changed', 'changed', (row: AuditRow) => changed(row, { outcome: 'refused' })],
  ['changed with a new hash', 'not-after-row-before', (row: AuditRow) => itemOf({ ...row, prevHash: noHash })],
  ['given another field', 'not-a-row', (row: AuditRow) => ({ ...itemOf(row), note: 'x' })],
  ['given another field in its text', 'not-a-row', (row: AuditRow) => itemOf({ ...row, note: 'x' } as AuditRow)],
  ['moved in time', 'not-a-row', (row: AuditRow) => ({ ...itemOf(row), at: '2026-11-22T00:00:00.000Z' })],
  ['cut off', 'not-a-row', (row: AuditRow) => ({ ...itemOf(row), row: '{' })],
])('a row that was %s is named', async (_case, reason, edit) => {
  for (const hour of ['01', '02', '03']) await change('x', `2026-11-23T${hour}:00:00.000Z`);
  const sk = 'AUDIT#0000000002';
  await table.transact([{ kind: 'put', item: edit(await rowAt('THING#x', sk)) }]);
  expect(await verifyAggregate(table, 'THING#x')).toEqual({ kind: 'misfit', pk: 'THING#x', sk, reason });
});

test('a row that was removed is named by its successor', async () => {
  for (const hour of ['01', '02', '03']) await change('x', `2026-11-23T${hour}:00:00.000Z`);
  await table.transact([{ kind: 'delete', key: { pk: 'THING#x', sk: 'AUDIT#0000000002' } }]);
  expect(await verifyAggregate(table, 'THING#x')).toMatchObject({
    sk: 'AUDIT#0000000003',
    reason: 'row-before-missing',
  });
});

test('rows are filed under their Shanghai day, once, and the day after is sealed in order', async () => {
  const rows = [
    await change('x', '2026-11-22T15:59:59.999Z'),
    await change('x', '2026-11-22T16:00:00.000Z'),
    await change('y', '2026-11-23T15:59:59.999Z'),
    await change('y', '2026-11-25T00:00:00.000Z'),
  ];
  expect(await file(...rows)).toEqual(allFiled);
  expect(await file(...rows.slice(1), rows[0]!)).toEqual(allFiled);
  // The scheduler writes no milliseconds. 00:30 in Shanghai is still the day before in UTC.
  expect(await seal('2026-11-25T16:30:00Z')).toEqual({ sealed: 4, upTo: '2026-11-25', finished: true });
  const days = ['2026-11-22', '2026-11-23', '2026-11-24', '2026-11-25'];
  const verified = await Promise.all(days.map((day) => verifyDay(table, day)));
  expect(verified.map((day) => day.kind === 'intact' && day.rows)).toEqual([1, 2, 0, 1]);
  const seals = await Promise.all(days.map((day) => table.get(sealKey(day))));
  expect(seals[0]).toMatchObject({ previousRoot: noHash });
  expect(seals[1]).toMatchObject({ previousRoot: seals[0]!['root'] });
  expect(seals[3]!['rootSm3']).toMatch(/^[0-9a-f]{64}$/);
  expect(seals[3]!['rootSm3']).not.toBe(seals[3]!['root']);
  expect(await verifyDay(table, '2026-11-26')).toEqual({ kind: 'unsealed' });
});

test('outside China the root is stated under SHA-256 alone', async () => {
  await file(await change('x', '2026-11-23T01:00:00.000Z'));
  await seal('2026-11-24T16:30:00Z', 'us-east-1');
  expect(Object.keys((await table.get(sealKey('2026-11-23')))!)).not.toContain('rootSm3');
  expect(await verifyDay(table, '2026-11-23')).toMatchObject({ kind: 'intact', rows: 1 });
});

test('a row that comes after its day is sealed goes to the next open day, once', async () => {
  await file(await change('x', '2026-11-23T01:00:00.000Z'));
  await seal('2026-11-24T16:30:00Z');
  const late = await change('x', '2026-11-23T02:00:00.000Z');
  const earlier = await change('z', '2026-11-20T02:00:00.000Z');
  expect(await file(late, earlier)).toEqual(allFiled);
  expect(await file(late)).toEqual(allFiled);
  expect(await table.get({ pk: 'AUDITDAY#2026-11-25', sk: 'THING#x#0000000002' })).toMatchObject({
    lateFor: '2026-11-23',
  });
  await seal('2026-11-25T16:30:00Z');
  expect(await file(late, earlier)).toEqual(allFiled);
  await seal('2026-11-26T16:30:00Z');
  const rows = await Promise.all(['2026-11-25', '2026-11-26'].map((day) => verifyDay(table, day)));
  expect(rows.map((day) => day.kind === 'intact' && day.rows)).toEqual([2, 0]);
});

test('seals that are started twice at once, again, or after a death in the middle are the same', async () => {
  for (const thing of ['x', 'y', 'z']) await file(await change(thing, '2026-11-23T01:00:00.000Z'));
  // Died after the day was closed and before it was chained.
  await table.transact([{ kind: 'put', item: { ...sealKey('2026-11-23'), closedAt: '2026-11-23T16:30:00.000Z' } }]);
  expect(await verifyDay(table, '2026-11-23')).toEqual({ kind: 'unsealed' });
  // What comes in between belongs to the next day already.
  await file(await change('w', '2026-11-23T03:00:00.000Z'));
  await Promise.all([seal('2026-11-24T16:30:00Z'), seal('2026-11-24T16:31:00Z')]);
  const before = await table.get(sealKey('2026-11-24'));
  expect(await seal('2026-11-24T16:30:00Z')).toEqual({ sealed: 0, upTo: '2026-11-24', finished: true });
  expect(await table.get(sealKey('2026-11-24'))).toEqual(before);
  const days = await Promise.all(['2026-11-23', '2026-11-24'].map((day) => verifyDay(table, day)));
  expect(days.map((day) => day.kind === 'intact' && day.rows)).toEqual([3, 1]);
});

test('filing and sealing at once lose no row', async () => {
  const rows: AuditRow[] = [];
  for (let count = 0; count < 60; count += 1) rows.push(await change(`t${count}`, '2026-11-23T01:00:00.000Z'));
  await file(rows[0]!);
  const filings = Array.from({ length: 6 }, (_batch, place) => file(...rows.slice(place * 10, place * 10 + 10)));
  const answers = await Promise.all([...filings.slice(0, 3), seal('2026-11-23T16:30:00Z'), ...filings.slice(3)]);
  expect(answers.filter((answer) => 'batchItemFailures' in answer && answer.batchItemFailures.length > 0)).toEqual([]);
  await seal('2026-11-24T16:30:00Z');
  const days = await Promise.all(['2026-11-23', '2026-11-24'].map((day) => verifyDay(table, day)));
  expect(days.reduce((sum, day) => sum + (day.kind === 'intact' ? day.rows : Number.NaN), 0)).toBe(60);
});

test('a row on its way while its day is being sealed is late, not lost', async () => {
  await file(await change('x', '2026-11-23T01:00:00.000Z'));
  const row = await change('y', '2026-11-23T02:00:00.000Z');
  const db = new DynamoDBClient({ region, credentials, endpoint: engines.urls.dynamodb });
  let sealed = false;
  db.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'TransactWriteItemsCommand' && !sealed) {
          sealed = true;
          await seal('2026-11-23T16:30:00Z');
        }
        return next(args);
      },
    { step: 'initialize' },
  );
  expect(await auditStreamFunction(openTable(db, table.name))(streamed([row]), context)).toEqual(allFiled);
  await seal('2026-11-24T16:30:00Z');
  const days = await Promise.all(['2026-11-23', '2026-11-24'].map((day) => verifyDay(table, day)));
  expect(days.map((day) => day.kind === 'intact' && day.rows)).toEqual([1, 1]);
});

test('what was tampered with in a sealed day is named', async () => {
  const rows: AuditRow[] = [];
  for (const thing of ['x', 'y', 'z']) rows.push(await change(thing, '2026-11-23T01:00:00.000Z'));
  await file(...rows);
  await seal('2026-11-24T16:30:00Z');
  const [x, y] = rows;
  const misfit = (pk: string, sk: string, reason: string) => ({ kind: 'misfit', pk, sk, reason });
  const tampered = async (item: Key & Item) => {
    await table.transact([{ kind: 'put', item }]);
    return verifyDay(table, '2026-11-23');
  };
  expect(await tampered(changed(y!, { outcome: 'refused' }))).toEqual(misfit('THING#y', 'AUDIT#0000000001', 'changed'));
  expect(await tampered(itemOf({ ...y!, outcome: 'refused' }))).toMatchObject({ pk: 'THING#y', reason: 'rewritten' });
  await tampered(itemOf(y!));
  await table.transact([{ kind: 'delete', key: { pk: x!.pk, sk: x!.sk } }]);
  expect(await verifyDay(table, '2026-11-23')).toEqual(misfit('THING#x', 'AUDIT#0000000001', 'missing'));
  await tampered(itemOf(x!));
  const filing = { pk: 'AUDITDAY#2026-11-23', sk: 'THING#z#0000000001' };
  const filed = await table.get(filing);
  await table.transact([{ kind: 'delete', key: filing }]);
  expect(await verifyDay(table, '2026-11-23')).toMatchObject({
    pk: 'AUDITSEAL',
    sk: '2026-11-23',
    reason: 'filing-removed',
  });
  expect(await tampered({ ...filing, ...filed, lateFor: '2026-11-01' })).toMatchObject({ reason: 'root' });
  expect(await tampered({ ...filing, ...filed })).toMatchObject({ kind: 'intact' });
  const sealed = { ...(await table.get(sealKey('2026-11-23'))), ...sealKey('2026-11-23') };
  expect(await tampered({ ...sealed, previousRoot: 'b'.repeat(64) })).toMatchObject({ reason: 'not-after-day-before' });
});

test('rows that the stream lost are filed by command; a day without time stays a failed run', async () => {
  for (const thing of ['x', 'y']) await change(thing, '2026-11-23T01:00:00.000Z');
  await seal('2026-11-24T16:30:00Z');
  expect(await verifyDay(table, '2026-11-24')).toMatchObject({ rows: 0 });
  const refile = { action: 'refile', since: '2026-11-23T00:00:00.000Z' };
  expect(await sealFunction(table, region)(refile, context)).toEqual({ filed: 2 });
  const hurried = { ...context, getRemainingTimeInMillis: () => 4_000 } as Context;
  await expect(sealFunction(table, region)({ at: '2026-11-25T16:30:00Z' }, hurried)).rejects.toThrow(
    'sealed up to 2026-11-24',
  );
  await expect(sealFunction(table, region)({ at: 'tomorrow' }, context)).rejects.toThrow('not understood');
  await seal('2026-11-25T16:30:00Z');
  expect(await verifyDay(table, '2026-11-25')).toMatchObject({ rows: 2 });
  expect(await sealUpTo(table, '2026-11-25', 'again', { sm3: false, mayGoOn: () => true })).toMatchObject({
    sealed: 0,
  });
});
