import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  GetItemCommand,
  InternalServerError,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  TransactWriteItemsCommand,
  TransactionCanceledException,
  TransactionConflictException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  RequestThrottled,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { createResources, queueUrlOf, startEngines, type Engines } from './engines.ts';
import { chooseFaults, type FaultPlan } from './fault-plan.ts';
import { startFaultProxy, type FaultProxyOptions } from './fault-proxy.ts';
import { accessKeyOf, permissionsOf } from './permissions.ts';

const region = 'cn-north-1';
const tableName = 'things';
let engines: Engines;
let pk: string;

beforeAll(async () => {
  engines = await startEngines({});
  await createResources(engines.urls, {
    region,
    tables: [
      {
        name: tableName,
        create: {
          TableName: tableName,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        },
      },
    ],
    queues: [{ name: 'mail', fifo: false, attributes: {}, terminal: false }],
    buckets: ['files'],
  });
});
afterAll(() => engines.stop());
beforeEach(() => {
  pk = crypto.randomUUID();
});

async function proxied(options: Partial<FaultProxyOptions> = {}, functionName = 'reader', maxAttempts = 1) {
  const target = options.engine === 'sqs' ? engines.urls.sqs : engines.urls.dynamodb;
  const proxy = await startFaultProxy({ target, engine: 'dynamodb', seed: 1, ...options });
  onTestFinished(() => proxy.stop());
  const credentials = { accessKeyId: accessKeyOf(functionName), secretAccessKey: 'secret' };
  const client = { endpoint: proxy.url, region, credentials, maxAttempts };
  return { proxy, db: new DynamoDBClient(client), sqs: new SQSClient(client), s3: new S3Client(client) };
}

const put = (note = 'x') => new PutItemCommand({ TableName: tableName, Item: { pk: { S: pk }, note: { S: note } } });
const get = (ConsistentRead?: boolean) =>
  new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk } }, ...(ConsistentRead && { ConsistentRead }) });
const add = () =>
  new UpdateItemCommand({
    TableName: tableName,
    Key: { pk: { S: pk } },
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': { N: '1' } },
  });
const transact = () =>
  new TransactWriteItemsCommand({
    TransactItems: ['a', 'b', 'c'].map((part) => ({
      Put: { TableName: tableName, Item: { pk: { S: `${pk}${part}` } } },
    })),
  });
const outcome = (sent: Promise<unknown>): Promise<unknown> => sent.then(() => 'done').catch((error: unknown) => error);

test('without a plan everything arrives, and large answers come back whole', async () => {
  const { proxy, db } = await proxied();
  const note = '知'.repeat(100_000);
  await db.send(put(note));
  expect((await db.send(get())).Item).toEqual({ pk: { S: pk }, note: { S: note } });
  expect(proxy.counts.requests).toEqual({ PutItem: 1, GetItem: 1 });
});

test('fail-before: an internal error, and the engine never saw it', async () => {
  const { proxy, db } = await proxied();
  proxy.failNext({ kind: 'fail-before', operation: 'PutItem' });
  expect(await outcome(db.send(put()))).toBeInstanceOf(InternalServerError);
  expect((await db.send(get())).Item).toBeUndefined();
  expect(proxy.counts.faults['fail-before']).toBe(1);
});

test('fail-after: the connection is lost, yet the engine has done it', async () => {
  const { proxy, db } = await proxied();
  proxy.failNext({ kind: 'fail-after' });
  expect(await outcome(db.send(put()))).toMatchObject({ code: 'ECONNRESET' });
  expect((await db.send(get())).Item).toBeDefined();
});

test('duplicate: done twice', async () => {
  const { proxy, db } = await proxied();
  proxy.failNext({ kind: 'duplicate' });
  await db.send(add());
  expect((await db.send(get())).Item?.['n']).toEqual({ N: '2' });
});

test('conflict: the class that the SDK knows, with a reason for each part', async () => {
  const { proxy, db } = await proxied({ plan: { probabilities: { conflict: 1 } } });
  const cancelled = await outcome(db.send(transact()));
  if (!(cancelled instanceof TransactionCanceledException)) throw new Error(String(cancelled));
  const codes = cancelled.CancellationReasons?.map(({ Code }) => Code);
  expect(codes?.toSorted()).toEqual(['None', 'None', 'TransactionConflict']);
  expect(await outcome(db.send(put()))).toBeInstanceOf(TransactionConflictException);
  expect(await outcome(db.send(get()))).toBe('done');
  proxy.setPlan(undefined);
  expect(await outcome(db.send(put()))).toBe('done');
});

test('throttle: the class that the SDK knows and retries', async () => {
  const { proxy, db } = await proxied();
  proxy.failNext({ kind: 'throttle' });
  expect(await outcome(db.send(put()))).toBeInstanceOf(ProvisionedThroughputExceededException);
  const patient = await proxied({}, 'reader', 2);
  patient.proxy.failNext({ kind: 'throttle' });
  expect((await patient.db.send(put())).$metadata.attempts).toBe(2);
});

test('stale-read: the answer of the last time, one write behind, and never where the read is consistent', async () => {
  const { db } = await proxied({ plan: { probabilities: { 'stale-read': 1 } } });
  const note = async (consistent?: boolean) => (await db.send(get(consistent))).Item?.['note']?.S;
  await db.send(put('old'));
  expect(await note()).toBe('old');
  await db.send(put('new'));
  expect(await note(true)).toBe('new');
  expect(await note()).toBe('old');
  expect(await note()).toBe('new');
});

test("the engine's own refusals come through", async () => {
  const { db } = await proxied();
  const once = put();
  once.input.ConditionExpression = 'attribute_not_exists(pk)';
  await db.send(once);
  expect(await outcome(db.send(once))).toBeInstanceOf(ConditionalCheckFailedException);
});

test('failNext breaks the one call it means', async () => {
  const { proxy, db } = await proxied();
  proxy.failNext({ kind: 'fail-before', operation: 'PutItem', after: 1, bodyIncludes: 'mine' });
  const outcomes = [];
  for (const note of ['other', 'mine', 'other', 'mine', 'mine'])
    outcomes.push((await outcome(db.send(put(note)))) === 'done');
  expect(outcomes).toEqual([true, true, true, false, true]);
});

test('the same seed makes the same faults of the same requests', () => {
  const plan: FaultPlan = {
    probabilities: { 'fail-before': 0.2, 'fail-after': 0.2, throttle: 0.1 },
    operations: ['PutItem'],
  };
  const faults = (seed: number) => {
    const chooser = chooseFaults(seed, plan);
    return Array.from({ length: 400 }, (_, i) => chooser.choose(i % 2 ? 'PutItem' : 'GetItem', '', () => true));
  };
  expect(faults(7)).toEqual(faults(7));
  expect(faults(7)).not.toEqual(faults(8));
  const counted = Map.groupBy(faults(7), (fault) => fault);
  expect(counted.get('fail-before')?.length).toBeGreaterThan(20);
  expect(counted.get('throttle')?.length).toBeLessThan(40);
  expect(() => chooseFaults(1, { probabilities: { delay: 0.6, throttle: 0.6 } })).toThrow('more than 1');
});

test('SQS: outage, throttle and lost answer; names of queues point back to the proxy', async () => {
  const { proxy, sqs } = await proxied({ engine: 'sqs' });
  const QueueUrl = (await sqs.send(new GetQueueUrlCommand({ QueueName: 'mail' }))).QueueUrl;
  expect(QueueUrl).toBe(queueUrlOf(proxy.url, 'mail'));
  const send = () => outcome(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: pk })));
  proxy.failNext({ kind: 'fail-before' });
  expect(await send()).toMatchObject({ $metadata: { httpStatusCode: 503 }, name: 'ServiceUnavailable' });
  proxy.failNext({ kind: 'throttle' });
  expect(await send()).toBeInstanceOf(RequestThrottled);
  proxy.failNext({ kind: 'fail-after' });
  expect(await send()).toMatchObject({ code: 'ECONNRESET' });
  const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  expect(Messages?.map(({ Body }) => Body)).toEqual([pk]);
});

test('S3 streams through, faults or not', async () => {
  const { s3 } = await proxied({ engine: 'sqs', plan: { probabilities: { 'fail-before': 1 } } });
  const Body = Buffer.alloc(3_000_000, '企业名单');
  await s3.send(new PutObjectCommand({ Bucket: 'files', Key: 'lists/名单.csv', Body }));
  const { Body: read } = await s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'lists/名单.csv' }));
  expect(Buffer.from((await read?.transformToByteArray()) ?? []).equals(Body)).toBe(true);
});

test('what the role does not allow is denied as AWS does, and told by the key who asks', async () => {
  const authorise = permissionsOf({
    reader: [
      { actions: ['dynamodb:GetItem'], resources: [`arn:aws-cn:dynamodb:${region}:000000000000:table/${tableName}`] },
      { actions: ['sqs:Send*'], resources: [`arn:aws-cn:sqs:${region}:000000000000:mail`] },
      { actions: ['s3:Get*'], resources: ['arn:aws-cn:s3:::files/public/*'] },
    ],
  });
  const written: string[][] = [];
  const { db, proxy } = await proxied({ authorise, onWrite: (tables) => written.push(tables) });
  expect(await outcome(db.send(get()))).toBe('done');
  expect(await outcome(db.send(transact()))).toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('reader is not authorized to perform: dynamodb:PutItem') as string,
  });
  const stranger = await proxied({ authorise }, 'stranger');
  expect(await outcome(stranger.db.send(get()))).toMatchObject({ name: 'AccessDeniedException' });
  expect([proxy.counts.denied, written]).toEqual([1, []]);

  const { sqs, s3, proxy: queues } = await proxied({ engine: 'sqs', authorise });
  const QueueUrl = queueUrlOf(queues.url, 'mail');
  const Entries = [{ Id: '1', MessageBody: 'x' }];
  expect(await outcome(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))).toBe('done');
  expect(await outcome(sqs.send(new ReceiveMessageCommand({ QueueUrl })))).toMatchObject({ name: 'AccessDenied' });
  const denied = await outcome(s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'private/a' })));
  expect(denied).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  expect(await outcome(s3.send(new GetObjectCommand({ Bucket: 'files', Key: 'public/a' })))).toMatchObject({
    name: 'NoSuchKey',
  });
});

test('a write that the engine has taken is told to those who wait for it', async () => {
  const written: string[][] = [];
  const { db } = await proxied({ onWrite: (tables) => written.push(tables) });
  await db.send(get());
  await db.send(put());
  await db.send(transact());
  expect(written).toEqual([[tableName], [tableName]]);
});
