import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { commit } from '#packages/commit';
import { createResources, queueUrlOf, startEngines } from '#packages/local/engines';
import { outboxWrite } from '#packages/messaging/outbox';
import { done, type Outcome, type Receipt, refused } from '#packages/outcome';
import { absent, openTable, type Table } from '#packages/table';
import { queueFunction } from './queue.ts';

const region = 'cn-north-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const events = { 'thing.changed.v1': { stream: 'thing', data: z.strictObject({ value: z.int() }), summary: '' } };

let engines: Awaited<ReturnType<typeof startEngines>>;
let table: Table;
let sqs: SQSClient;
let unreadableQueueUrl: string;
beforeAll(async () => {
  engines = await startEngines({});
  const { urls } = engines;
  const keys = ['pk', 'sk'];
  const create = {
    TableName: 'things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: keys.map((AttributeName, place) => ({ AttributeName, KeyType: ['HASH', 'RANGE'][place] })),
  };
  const queues = [{ name: 'unreadable', fifo: false, attributes: {}, terminal: true }];
  await createResources(urls, { region, tables: [{ name: 'things', create }], queues, buckets: [] });
  table = openTable(new DynamoDBClient({ region, credentials, endpoint: urls.dynamodb }), 'things');
  sqs = new SQSClient({ region, credentials, endpoint: urls.sqs });
  unreadableQueueUrl = queueUrlOf(urls.sqs, 'unreadable');
});
afterAll(() => engines.stop());

type Handler = (
  event: { subject: string; sequence: number; data: { value: number } },
  receipt: Receipt,
) => Promise<Outcome<unknown>>;

function queue(handler: Handler, over: { sqs?: SQSClient } = {}) {
  return queueFunction({ table, events, handlers: { 'thing.changed.v1': handler }, sqs, unreadableQueueUrl, ...over });
}

const context = (remainingMs = 30_000) =>
  ({ getRemainingTimeInMillis: () => remainingMs, awsRequestId: 'r', functionName: 'queue' }) as Context;

function envelope(subject: string, sequence: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  const time = '2026-12-01T00:00:00.000Z';
  const data = { value: sequence };
  const write = outboxWrite({ pk: 'p', service: 'teller', subject, sequence, type: 'thing.changed.v1', time, data });
  if (write.kind !== 'put') throw new Error('not a put');
  return { ...JSON.parse(String(write.item['event'])), ...change };
}

function record(
  messageId: string,
  body: unknown,
  group = String((body as Record<string, unknown>)['subject']),
): SQSRecord {
  const attributes = { MessageGroupId: group, ApproximateReceiveCount: '1' } as SQSRecord['attributes'];
  return { messageId, attributes, body: typeof body === 'string' ? body : JSON.stringify(body) } as SQSRecord;
}

const failures = (...ids: string[]) => ({ batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })) });
const sequenceOf = async (subject: string) =>
  (await table.get({ pk: `INBOX#/services/teller#${subject}`, sk: 'CURSOR' }))?.['sequence'];

test('a group ends at its first failure, the others go on, whatever is thrown', async () => {
  const seen: string[] = [];
  const run = queue(async ({ subject, sequence }) => {
    seen.push(`${subject} ${sequence}`);
    // Libraries do throw such things.
    if (subject === 'thing/a' && sequence === 2) throw 'no error object';
    return done({});
  });
  const Records = [
    record('a1', envelope('thing/a', 1)),
    record('a2', envelope('thing/a', 2)),
    record('b1', envelope('thing/b', 1)),
    record('a3', envelope('thing/a', 3)),
    record('b2', envelope('thing/b', 2)),
  ];
  expect(await run({ Records }, context())).toEqual(failures('a2', 'a3'));
  expect(seen.toSorted()).toEqual(['thing/a 1', 'thing/a 2', 'thing/b 1', 'thing/b 2']);
  expect([await sequenceOf('thing/a'), await sequenceOf('thing/b')]).toEqual([1, 2]);
  // A batch of nothing but failures is answered, not thrown.
  expect(await run({ Records: [record('a2', envelope('thing/a', 2))] }, context())).toEqual(failures('a2'));
});

test('groups do not wait for each other', async () => {
  const second = Promise.withResolvers<void>();
  const run = queue(async ({ subject }) => {
    if (subject === 'thing/slow') await second.promise;
    else second.resolve();
    return done({});
  });
  const Records = [record('1', envelope('thing/slow', 1)), record('2', envelope('thing/quick', 1))];
  expect(await run({ Records }, context())).toEqual(failures());
});

const unreadable: [string, unknown][] = [
  ['not-json', '{"subject":'],
  ['not-an-envelope', envelope('thing/u', 1, { specversion: '0.3' })],
  ['not-an-envelope', envelope('thing/u', 1, { sequence: 0 })],
  ['not-an-envelope', envelope('thing/u', 1, { time: 'yesterday' })],
  ['unknown-dataschema', envelope('thing/u', 1, { dataschema: '/services/teller/events/thing.changed.v2' })],
  ['invalid-data', envelope('thing/u', 1, { data: { value: 'one' } })],
];

test.each(unreadable)('what cannot be read is set aside with its reason: %s', async (reason, body) => {
  const run = queue(() => Promise.reject(new Error('must not run')));
  const one = record('u1', body, 'thing/u');
  expect(await run({ Records: [one] }, context())).toEqual(failures());
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: unreadableQueueUrl }));
  expect(Messages?.map(({ Body }) => JSON.parse(Body!))).toEqual([
    { reason, messageId: 'u1', group: 'thing/u', body: one.body },
  ]);
  expect(await sequenceOf('thing/u')).toBeUndefined();
});

test('what can be neither read nor set aside comes again', async () => {
  const deaf = new SQSClient({ region, credentials, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const run = queue(() => Promise.resolve(done({})), { sqs: deaf });
  const Records = [record('u1', 'not json', 'thing/u'), record('v1', envelope('thing/v', 1))];
  expect(await run({ Records }, context())).toEqual(failures('u1'));
});

test('a refused event is done with', async () => {
  let runs = 0;
  const run = queue(async () => {
    runs += 1;
    return refused('no');
  });
  const Records = [record('r1', envelope('thing/r', 1))];
  expect(await run({ Records }, context())).toEqual(failures());
  expect(await run({ Records }, context())).toEqual(failures());
  expect([runs, await sequenceOf('thing/r')]).toEqual([1, 1]);
});

test('a type without a handler, with data of any shape, moves the cursor', async () => {
  const run = queue(() => Promise.reject(new Error('must not run')));
  const other = { type: 'thing.other.v1', data: { anything: [1, 'two'] }, attribute: 'a newer sender added this' };
  expect(await run({ Records: [record('o1', envelope('thing/o', 1, other))] }, context())).toEqual(failures());
  expect(await sequenceOf('thing/o')).toBe(1);
});

test('without time nothing more is begun, neither a record nor a held event', async () => {
  let runs = 0;
  const counting = queue(async () => {
    runs += 1;
    return done({});
  });
  const Records = [3, 2].map((sequence) => record(`t${sequence}`, envelope('thing/t', sequence)));
  expect(await counting({ Records }, context(3_000))).toEqual(failures('t3', 't2'));
  expect(await counting({ Records }, context())).toEqual(failures());
  expect(runs).toBe(0);

  let remainingMs = 30_000;
  const slow = queue(async () => {
    remainingMs = 3_000;
    return done({});
  });
  const first = { Records: [record('t1', envelope('thing/t', 1))] };
  expect(await slow(first, { ...context(), getRemainingTimeInMillis: () => remainingMs })).toEqual(failures('t1'));
  expect(await sequenceOf('thing/t')).toBe(1);
  expect(await counting(first, context())).toEqual(failures());
  expect([runs, await sequenceOf('thing/t')]).toEqual([2, 3]);
});

test('a handler that asked for its proof and then wrote nothing leaves it to the consumer', async () => {
  const key = { pk: 'FACT', sk: 'FACT' };
  await table.transact([{ kind: 'put', item: key }]);
  const run = queue(async (_event, receipt) => {
    // Somebody else has made the fact: the write is refused, and there is nothing left to do.
    const written = await commit(table, [{ kind: 'put', item: key, condition: absent }], receipt, done({}));
    return done({ written });
  });
  expect(await run({ Records: [record('m1', envelope('thing/m', 1))] }, context())).toEqual(failures());
  expect(await sequenceOf('thing/m')).toBe(1);
});
