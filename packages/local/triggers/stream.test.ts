import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DynamoDBStreamEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { callAws } from '../aws-json.ts';
import type { Invoke, StreamTrigger } from '../deployment.ts';
import { createResources, queueUrlOf, startEngines, type Engines } from '../engines.ts';
import { startStreamTrigger } from './stream.ts';

const region = 'cn-north-1';
let engines: Engines;
beforeAll(async () => {
  engines = await startEngines({});
});
afterAll(() => engines.stop());

async function table(name: string) {
  await createResources(engines.urls, {
    region,
    buckets: [],
    queues: [{ name: 'left-behind', fifo: false, attributes: {}, terminal: true }],
    tables: [
      {
        name,
        create: {
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'sk', KeyType: 'RANGE' },
          ],
          StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
        },
      },
    ],
  });
  return async (...keys: string[]) => {
    for (const sk of keys) {
      const Item = { pk: { S: 'p' }, sk: { S: sk }, bytes: { B: 'AQI=' } };
      await callAws(engines.urls.dynamodb, 'dynamodb', 'PutItem', region, { TableName: name, Item });
    }
  };
}

function trigger(tableName: string, invoke: Invoke, settings: Partial<StreamTrigger> = {}, dir?: string) {
  const running = startStreamTrigger({
    trigger: {
      functionName: 'relay',
      tableName,
      batchSize: 100,
      windowSeconds: 0,
      reportBatchItemFailures: true,
      bisect: false,
      maximumRetryAttempts: -1,
      filters: [{ eventName: ['INSERT'], dynamodb: { Keys: { sk: { S: [{ prefix: 'EVENT#' }] } } } }],
      ...settings,
    },
    urls: engines.urls,
    region,
    invoke,
    ...(dir !== undefined && { dir }),
  });
  onTestFinished(() => running.stop());
  return running;
}

async function drained(running: { pending(): Promise<number> }) {
  for (let i = 0; i < 1_000; i += 1) {
    if ((await running.pending()) === 0) return;
    await sleep(20);
  }
  throw new Error('still pending');
}

const records = (event: unknown) => (event as DynamoDBStreamEvent).Records;
const keys = (event: unknown) => records(event).map(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S ?? '');
const failing = (event: unknown, sk: string) => ({
  ok: true as const,
  payload: {
    batchItemFailures: records(event)
      .filter(({ dynamodb }) => dynamodb?.Keys?.['sk']?.S === sk)
      .map(({ dynamodb }) => ({ itemIdentifier: dynamodb?.SequenceNumber })),
  },
});
const done = { ok: true, payload: { batchItemFailures: [] } } as const;

test("what the filter lets pass, in order, in the shape of Lambda's event", async () => {
  const put = await table('shape');
  await put('EVENT#1', 'FACT#1', 'EVENT#2');
  await put('EVENT#1');
  const events: unknown[] = [];
  await drained(trigger('shape', async (_name, event) => (events.push(event), done)));
  expect(events.flatMap(keys)).toEqual(['EVENT#1', 'EVENT#2']);
  expect(records(events[0])[0]).toEqual({
    eventID: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    eventSourceARN: expect.stringMatching(
      /^arn:aws-cn:dynamodb:cn-north-1:000000000000:table\/shape\/stream\//,
    ) as string,
    awsRegion: region,
    dynamodb: {
      ApproximateCreationDateTime: expect.any(Number) as number,
      Keys: { pk: { S: 'p' }, sk: { S: 'EVENT#1' } },
      NewImage: { pk: { S: 'p' }, sk: { S: 'EVENT#1' }, bytes: { B: 'AQI=' } },
      SequenceNumber: expect.stringMatching(/^\d+$/) as string,
      SizeBytes: expect.any(Number) as number,
      StreamViewType: 'NEW_IMAGE',
    },
  });
});

test('after a partial failure it goes on at the lowest that failed', async () => {
  const put = await table('partial');
  await put('EVENT#1', 'EVENT#2', 'EVENT#3');
  const seen: string[][] = [];
  const running = trigger('partial', async (_name, event) => {
    seen.push(keys(event));
    return seen.length === 1 ? failing(event, 'EVENT#2') : done;
  });
  await drained(running);
  expect(seen).toEqual([
    ['EVENT#1', 'EVENT#2', 'EVENT#3'],
    ['EVENT#2', 'EVENT#3'],
  ]);
});

test('halving finds the poison; it is given up after its attempts, told to the queue, and all else is handled', async () => {
  const put = await table('poison');
  await put('EVENT#1', 'EVENT#2', 'EVENT#3', 'EVENT#4');
  const handled: string[] = [];
  let alone = 0;
  const running = trigger(
    'poison',
    async (_name, event) => {
      if (!keys(event).includes('EVENT#3')) return (handled.push(...keys(event)), done);
      if (keys(event).length === 1) alone += 1;
      return { ok: false, errorType: 'Error', errorMessage: 'poison' };
    },
    { bisect: true, maximumRetryAttempts: 1, onFailureQueueName: 'left-behind' },
  );
  await drained(running);
  expect([handled, alone]).toEqual([['EVENT#1', 'EVENT#2', 'EVENT#4'], 2]);
  const QueueUrl = queueUrlOf(engines.urls.sqs, 'left-behind');
  const { Messages } = (await callAws(engines.urls.sqs, 'sqs', 'ReceiveMessage', region, { QueueUrl })) as {
    Messages: { Body: string }[];
  };
  expect(JSON.parse(Messages[0]!.Body)).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
    DDBStreamBatchInfo: { batchSize: 1, startSequenceNumber: '3', endSequenceNumber: '3' },
  });
});

test('without a bound it tries again until it is done, and nothing overtakes', async () => {
  const put = await table('stubborn');
  const seen: string[][] = [];
  const running = trigger('stubborn', async (_name, event) => {
    seen.push(keys(event));
    if (seen.length <= 3) throw new Error('down');
    return done;
  });
  await put('EVENT#1', 'EVENT#2');
  await drained(running);
  expect([...new Set(seen.flat())]).toEqual(['EVENT#1', 'EVENT#2']);
  expect(seen.slice(0, 4).map(([first]) => first)).toEqual(Array(4).fill('EVENT#1'));
});

test('a restart goes on where it stopped; what was at work then comes again', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stream-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const put = await table('restart');
  await put('EVENT#1', 'EVENT#2');
  const seen: string[] = [];
  const first = trigger(
    'restart',
    async (_name, event) => (seen.push(...keys(event)), failing(event, 'EVENT#2')),
    {},
    dir,
  );
  while (seen.length === 0) await sleep(10);
  await first.stop();
  expect(seen).toContain('EVENT#1');
  const again: string[] = [];
  await drained(trigger('restart', async (_name, event) => (again.push(...keys(event)), done), {}, dir));
  expect(again).toEqual(['EVENT#2']);
});

test('batches are as large as allowed, and pending counts what is not done', async () => {
  const put = await table('batches');
  const release = Promise.withResolvers<void>();
  const sizes: number[] = [];
  const running = trigger(
    'batches',
    async (_name, event) => (sizes.push(keys(event).length), await release.promise, done),
    {
      batchSize: 2,
    },
  );
  await put('EVENT#1', 'FACT#1', 'EVENT#2', 'EVENT#3', 'EVENT#4', 'EVENT#5');
  running.wake();
  while (sizes.length === 0) await sleep(10);
  expect(await running.pending()).toBe(5);
  release.resolve();
  await drained(running);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(5);
});

test('a window gathers what comes one by one', async () => {
  const put = await table('window');
  const seen: string[][] = [];
  const running = trigger('window', async (_name, event) => (seen.push(keys(event)), done), {
    batchSize: 3,
    windowSeconds: 60,
  });
  for (const sk of ['EVENT#1', 'EVENT#2', 'EVENT#3']) await put(sk);
  await drained(running);
  expect(seen).toEqual([['EVENT#1', 'EVENT#2', 'EVENT#3']]);
});
