import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { epochSeconds } from '#packages/epoch-seconds';
import { createResources, queueUrlOf } from '#packages/local/engines';
import { startPartners, type PartnersWorld } from '../../../test/support/partners.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { duePartitions, wakeWrite } from '../store/delivery.ts';
import { partitionOf } from '../../../test/support/screening.ts';
import { dispatchDue, sweepDue, wakeUp } from './dispatch-due.ts';

let started: TestTable;
let world: PartnersWorld;
let receiver: Receiver;
let sqs: SQSClient;
let queueUrl: string;
beforeAll(async () => {
  started = await startTable({ streams: false });
  receiver = await startReceiver();
  const { urls } = started.engines;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ region: 'us-east-1', credentials, endpoint: urls.sqs });
});
afterAll(async () => {
  sqs.destroy();
  await receiver.stop();
  await started.stop();
});
let queues = 0;
beforeEach(async () => {
  world = await startPartners(started);
  await world.enter('bank-a');
  receiver.answers([]);
  await world.webhook('bank-a', receiver);
  const name = `webhooks-${(queues += 1)}.fifo`;
  const attributes = { FifoQueue: 'true', VisibilityTimeout: '30' };
  const { urls } = started.engines;
  await createResources(urls, {
    region: 'us-east-1',
    tables: [],
    queues: [{ name, fifo: true, attributes, terminal: true }],
    buckets: [],
  });
  queueUrl = queueUrlOf(urls.sqs, name);
});

async function received() {
  const found: { group: string; body: Record<string, string> }[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (Messages.length === 0) return found;
    for (const { Body = '', Attributes, ReceiptHandle } of Messages) {
      found.push({ group: Attributes?.MessageGroupId ?? '', body: JSON.parse(Body) });
      await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
    }
  }
}

const items = async () => (await Promise.all(duePartitions.map((pk) => partitionOf(world.table, pk)))).flat();
const sweep = (at: Date = world.now()) => sweepDue({ table: world.table, sqs, queueUrl })(at.toISOString());
const dispatch = async () => dispatchDue({ sqs, queueUrl, now: world.now })((await items()).map((item) => ({ item })));

test('what is due when it is written is sent at once; what is due later waits for the sweep of its minute', async () => {
  await world.tell(world.event('A', 1));
  world.later(10_000);
  await world.tell(world.event('B', 1));
  world.later(-10_000);
  expect(await dispatch()).toEqual(new Set());
  const now = world.now().toISOString();
  const [first, ...others] = await received();
  expect(first?.body).toMatchObject({ dueAt: now, asOf: now });
  expect(others).toEqual([]);
  expect(await sweep()).toEqual({ sent: 1, more: false });
  world.later(60_000);
  expect(await sweep()).toEqual({ sent: 2, more: false });
  const asOf = world.now().toISOString();
  // The first was sent before for the same time: the queue takes it once.
  expect((await received()).map(({ body }) => body)).toMatchObject([{ asOf }]);
});

test('a sweep for a time to come sends what is due then, and the sender goes by that time', async () => {
  receiver.answers([500]);
  await world.tell(world.event('A', 1));
  await world.deliver(await world.due(), {}, 10_000);
  const at = new Date(world.now().getTime() + 60_000);
  await sweep(at);
  const [message] = await received();
  expect(message?.body['asOf']).toBe(at.toISOString());
  const record = { ...(await recordLike()), body: JSON.stringify(message?.body) };
  await world.deliver([record]);
  expect(receiver.accepted().at(-1)).toMatchObject({ subject: 'whitelist-entry/A' });
  // What is signed is signed for the time that it is: a receiver would refuse any other.
  const { 'webhook-timestamp': timestamp } = receiver.received.at(-1)!.headers;
  expect(timestamp).toBe(String(epochSeconds(world.now())));
});

const recordLike = async () => {
  await world.tell(world.event('Z', 1));
  return (await world.due())[0]!;
};

test('an aggregate is always in the same of two lanes, and many use both', async () => {
  for (let place = 0; place < 12; place += 1) {
    await world.tell(world.event(`E${place}`, 1));
    await world.tell(world.event(`E${place}`, 2));
  }
  await sweep();
  const messages = await received();
  expect(new Set(messages.map(({ group }) => group)).size).toBe(2);
  const groups = new Map<string, Set<string>>();
  const subjects = new Map((await world.deliveries('bank-a')).map((one) => [one.deliveryId, one.subject]));
  for (const { group, body } of messages) {
    const subject = subjects.get(body['deliveryId'] ?? '') ?? '';
    groups.set(subject, (groups.get(subject) ?? new Set()).add(group));
  }
  expect([...groups.values()].map(({ size }) => size)).toEqual(Array(12).fill(1));
});

test('put off, a delivery is another message; woken as a whole, an address is one', async () => {
  const item = { sk: 'DUE#', webhookId: 'w', deliveryId: 'd', lane: 1, at: '2026-11-23T04:00:00.000Z' };
  const asOf = '2026-11-23T04:05:00.000Z';
  const one = wakeUp(item, asOf);
  expect(one.group).toBe('w.1');
  expect(one.deduplicationId).toBe(wakeUp(item, '2026-11-23T05:00:00.000Z').deduplicationId);
  expect(one.deduplicationId).not.toBe(wakeUp({ ...item, at: asOf }, asOf).deduplicationId);
  await world.table.transact([wakeWrite('webhook-9', world.now().toISOString())]);
  expect(await dispatch()).toEqual(new Set());
  expect((await received()).map(({ body }) => body)).toMatchObject([{ webhookId: 'webhook-9', deliveryId: '*' }]);
});

test('items that are nothing due are left alone; what the queue does not take is answered', async () => {
  await world.tell(world.event('A', 1));
  const records = [...(await items()).map((item) => ({ item })), { item: { pk: 'DUE#3', sk: '2026-11-23#9141' } }];
  const now = world.now;
  expect(await dispatchDue({ sqs, queueUrl: `${queueUrl}.none`, now })(records)).toEqual(new Set([records[0]]));
});
