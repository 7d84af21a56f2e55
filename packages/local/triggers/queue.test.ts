import { setTimeout as sleep } from 'node:timers/promises';
import type { SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { callAws } from '../aws-json.ts';
import type { Invoke, QueueTrigger } from '../deployment.ts';
import { createResources, queueUrlOf, startEngines, type Engines } from '../engines.ts';
import { startQueueTrigger } from './queue.ts';

const region = 'cn-north-1';
let engines: Engines;
beforeAll(async () => {
  engines = await startEngines({});
});
afterAll(() => engines.stop());

async function queue(name: string, attributes: Record<string, string> = { VisibilityTimeout: '1' }) {
  const fifo = name.endsWith('.fifo');
  const dlq = fifo ? name.replace('.fifo', '-dlq.fifo') : `${name}-dlq`;
  await createResources(engines.urls, {
    region,
    tables: [],
    buckets: [],
    queues: [
      { name, fifo, attributes, deadLetter: { queueName: dlq, maxReceiveCount: 3 }, terminal: false },
      { name: dlq, fifo, attributes: {}, terminal: true },
    ],
  });
  const call = (operation: string, queueName: string, input: object) =>
    callAws(engines.urls.sqs, 'sqs', operation, region, {
      QueueUrl: queueUrlOf(engines.urls.sqs, queueName),
      ...input,
    });
  return {
    send: (body: string, group?: string) =>
      call('SendMessage', name, {
        MessageBody: body,
        ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() }),
      }),
    dead: async () => {
      const found = await call('ReceiveMessage', dlq, { MaxNumberOfMessages: 10 });
      return ((found as { Messages?: { Body: string }[] }).Messages ?? []).map(({ Body }) => Body);
    },
  };
}

function trigger(queueName: string, invoke: Invoke, settings: Partial<QueueTrigger> = {}) {
  const running = startQueueTrigger({
    trigger: {
      functionName: 'worker',
      queueName,
      batchSize: 10,
      windowSeconds: 0,
      reportBatchItemFailures: true,
      ...settings,
    },
    sqsUrl: engines.urls.sqs,
    region,
    invoke,
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

const bodies = (event: unknown) => (event as SQSEvent).Records.map(({ body }) => body);
const done = { ok: true, payload: null } as const;

test("a batch of one group, in order, in the shape of Lambda's event", async () => {
  const { send } = await queue('shape.fifo');
  for (const body of ['1', '2', '3']) await send(body, 'aggregate-1');
  const events: SQSEvent[] = [];
  await drained(trigger('shape.fifo', async (_name, event) => (events.push(event as SQSEvent), done)));
  expect(events.map(bodies)).toEqual([['1', '2', '3']]);
  expect(events[0]?.Records[0]).toEqual({
    messageId: expect.any(String) as string,
    receiptHandle: expect.any(String) as string,
    body: '1',
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: expect.stringMatching(/^\d{13}$/) as string,
      SequenceNumber: expect.stringMatching(/^\d{20}$/) as string,
      MessageGroupId: 'aggregate-1',
      SenderId: expect.any(String) as string,
      MessageDeduplicationId: expect.any(String) as string,
      ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/) as string,
    },
    messageAttributes: {},
    md5OfBody: 'c4ca4238a0b923820dcc509a6f75849b',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws-cn:sqs:cn-north-1:000000000000:shape.fifo',
    awsRegion: region,
  });
});

test('what is reported as failed comes back, and only that', async () => {
  const { send } = await queue('partial.fifo');
  for (const body of ['1', '2', '3']) await send(body, 'g');
  const seen: string[][] = [];
  const running = trigger('partial.fifo', async (_name, event) => {
    seen.push(bodies(event));
    const failures = seen.length > 1 ? [] : (event as SQSEvent).Records.slice(1);
    const batchItemFailures = failures.map(({ messageId }) => ({ itemIdentifier: messageId }));
    return { ok: true, payload: { batchItemFailures } };
  });
  await drained(running);
  expect(seen).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
  ]);
});

test.each([
  ['an invocation that fails', async () => ({ ok: false, errorType: 'Error', errorMessage: 'no' }) as const],
  ['an invocation that cannot be made', () => Promise.reject(new Error('no sandbox'))],
  [
    'a failure of an unknown id',
    async () => ({ ok: true, payload: { batchItemFailures: [{ itemIdentifier: 'x' }] } }) as const,
  ],
])('%s deletes nothing, and in the end all is with the dead letters', async (what, invoke: Invoke) => {
  const name = `failed-${String(what.length)}.fifo`;
  const { send, dead } = await queue(name, { VisibilityTimeout: '0' });
  for (const body of ['1', '2']) await send(body, 'g');
  let invocations = 0;
  await drained(trigger(name, async (...call) => ((invocations += 1), invoke(...call))));
  expect(invocations).toBeGreaterThanOrEqual(3);
  expect([...(await dead()), ...(await dead())].toSorted()).toEqual(['1', '2']);
});

test('groups run beside each other up to the ceiling, a group never beside itself', async () => {
  const { send } = await queue('parallel.fifo', { VisibilityTimeout: '30' });
  for (let i = 0; i < 12; i += 1) await send(String(i), `g${String(i % 4)}`);
  const atWork = new Map<string, number>();
  let most = 0;
  let mostOfGroup = 0;
  let working = 0;
  const running = trigger(
    'parallel.fifo',
    async (_name, event) => {
      const groups = (event as SQSEvent).Records.map(({ attributes }) => attributes.MessageGroupId ?? '');
      most = Math.max(most, (working += 1));
      for (const group of groups) {
        atWork.set(group, (atWork.get(group) ?? 0) + 1);
        mostOfGroup = Math.max(mostOfGroup, atWork.get(group) ?? 0);
      }
      await sleep(50);
      for (const group of groups) atWork.set(group, (atWork.get(group) ?? 0) - 1);
      working -= 1;
      return done;
    },
    { batchSize: 1, maxConcurrency: 2 },
  );
  await drained(running);
  expect([most, mostOfGroup]).toEqual([2, 1]);
});

test('a window gathers what comes one by one', async () => {
  const { send } = await queue('window', {});
  const seen: string[][] = [];
  const running = trigger('window', async (_name, event) => (seen.push(bodies(event)), done), {
    batchSize: 20,
    windowSeconds: 30,
  });
  for (let i = 0; i < 20; i += 1) await send(String(i));
  await drained(running);
  expect(seen.map((batch) => batch.length)).toEqual([20]);
});

test('pending counts what waits and what is at work', async () => {
  const { send } = await queue('pending.fifo', { VisibilityTimeout: '30' });
  const release = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const running = trigger('pending.fifo', async () => (began.resolve(), await release.promise, done), {
    maxConcurrency: 1,
  });
  await send('1', 'g');
  await began.promise;
  await send('2', 'g');
  expect(await running.pending()).toBe(2);
  release.resolve();
  await drained(running);
});
