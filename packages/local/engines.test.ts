import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { callAws } from './aws-json.ts';
import { createResources, queueUrlOf, startEngines } from './engines.ts';

const region = 'cn-north-1';
const declared = {
  region,
  tables: [
    {
      name: 'things',
      ttlAttribute: 'expiresAt',
      create: {
        TableName: 'things',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      },
    },
  ],
  queues: [
    {
      name: 'work.fifo',
      fifo: true,
      attributes: { VisibilityTimeout: '1' },
      deadLetter: { queueName: 'work-dlq.fifo', maxReceiveCount: 2 },
      terminal: false,
    },
    { name: 'work-dlq.fifo', fifo: true, attributes: { FifoQueue: 'true' }, terminal: true },
  ],
  buckets: ['files'],
};

type Received = { Messages?: { Body: string; ReceiptHandle: string; Attributes: Record<string, string> }[] };

function queueAt(sqs: string, name = 'work.fifo') {
  const QueueUrl = queueUrlOf(sqs, name);
  const call = (operation: string, input: object) => callAws(sqs, 'sqs', operation, region, { QueueUrl, ...input });
  return {
    send: (body: string, group: string) =>
      call('SendMessage', { MessageBody: body, MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() }),
    receive: async (count = 10) => {
      const input = { MaxNumberOfMessages: count, AttributeNames: ['All'], WaitTimeSeconds: 3 };
      return ((await call('ReceiveMessage', input)) as Received).Messages ?? [];
    },
    delete: (ReceiptHandle: string) => call('DeleteMessage', { ReceiptHandle }),
    show: (ReceiptHandle: string) => call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 }),
  };
}

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function gone(pids: number[]): Promise<void> {
  for (let i = 0; i < 500 && pids.some(alive); i += 1) await sleep(20);
  expect(pids.filter(alive)).toEqual([]);
}

async function started(dir?: string) {
  const engines = await startEngines(dir === undefined ? {} : { dir });
  onTestFinished(() => engines.stop());
  await createResources(engines.urls, declared);
  return engines;
}

test('what is written is found again after a restart, and what is declared is created once', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'engines-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const before = await started(dir);
  const Item = { pk: { S: 'a' }, note: { S: '知融' } };
  await callAws(before.urls.dynamodb, 'dynamodb', 'PutItem', region, { TableName: 'things', Item });
  await queueAt(before.urls.sqs).send('one', 'g');
  await fetch(`${before.urls.s3}/files/list.csv`, { method: 'PUT', body: 'rows' });
  await before.stop();
  await gone(before.pids);

  const after = await started(dir);
  const Key = { pk: { S: 'a' } };
  expect(await callAws(after.urls.dynamodb, 'dynamodb', 'GetItem', region, { TableName: 'things', Key })).toEqual({
    Item,
  });
  expect((await queueAt(after.urls.sqs).receive()).map(({ Body }) => Body)).toEqual(['one']);
  expect(await (await fetch(`${after.urls.s3}/files/list.csv`)).text()).toBe('rows');
});

test('an index declared later is added to the table that is there', async () => {
  const { urls } = await started();
  const [table] = declared.tables;
  const create = {
    ...table!.create,
    AttributeDefinitions: [...table!.create.AttributeDefinitions, { AttributeName: 'listing', AttributeType: 'S' }],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'listing',
        KeySchema: [{ AttributeName: 'listing', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
      },
    ],
  };
  await createResources(urls, { ...declared, tables: [{ ...table!, create }] });
  const query = {
    TableName: 'things',
    IndexName: 'listing',
    KeyConditionExpression: 'listing = :l',
    ExpressionAttributeValues: { ':l': { S: 'x' } },
  };
  expect(await callAws(urls.dynamodb, 'dynamodb', 'Query', region, query)).toMatchObject({ Count: 0 });
});

test('one receive takes several messages of a group in order, and locks it', async () => {
  const queue = queueAt((await started()).urls.sqs);
  for (const body of ['a1', 'a2', 'a3']) await queue.send(body, 'a');
  await queue.send('b1', 'b');
  const first = await queue.receive(3);
  expect(first.map(({ Body }) => Body)).toEqual(['a1', 'a2', 'b1']);
  await queue.delete(first[0]!.ReceiptHandle);
  await queue.delete(first[2]!.ReceiptHandle);
  // a3 waits behind a2, which is in flight until its visibility ends; then both come back in order.
  const then = await queue.receive();
  expect(then.map(({ Body, Attributes }) => [Body, Attributes['ApproximateReceiveCount']])).toEqual([
    ['a2', '2'],
    ['a3', '1'],
  ]);
  for (const { ReceiptHandle } of then) await queue.show(ReceiptHandle);
  expect((await queue.receive()).map(({ Body }) => Body)).toEqual(['a3']);
});

test('a message received too often lies in the dead-letter queue', async () => {
  const { urls } = await started();
  const queue = queueAt(urls.sqs);
  await queue.send('poison', 'a');
  for (let i = 0; i < 2; i += 1) await queue.show((await queue.receive())[0]!.ReceiptHandle);
  expect(await queue.receive()).toEqual([]);
  expect((await queueAt(urls.sqs, 'work-dlq.fifo').receive()).map(({ Body }) => Body)).toEqual(['poison']);
});

test('the engines end with a parent that is killed, and say so when they end by themselves', async () => {
  const start = `const { startEngines } = await import(${JSON.stringify(new URL('engines.ts', import.meta.url).href)});
    const { pids } = await startEngines({}); console.log(JSON.stringify(pids));`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', start], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pids = JSON.parse(line.toString()) as number[];
  expect(pids.map(alive)).toEqual([true, true]);
  parent.kill('SIGKILL');
  await gone(pids);

  const engines = await startEngines({});
  onTestFinished(() => engines.stop());
  process.kill(engines.pids[1]!, 'SIGKILL');
  expect(await engines.failed).toContain('DynamoDB engine ended');
  await gone(engines.pids);
});
