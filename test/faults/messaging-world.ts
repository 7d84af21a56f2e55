import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Context, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { commit, untilSettled } from '#packages/commit';
import { queueFunction } from '#packages/lambda/queue';
import { createResources, queueUrlOf, type startEngines } from '#packages/local/engines';
import { outboxWrite } from '#packages/messaging/outbox';
import { relayFunction, type RelayDependencies } from '#packages/messaging/relay';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { redriveFunction } from '#packages/messaging/redrive';
import { done, refused } from '#packages/outcome';
import { absent, type Item, openTable, type Table, type Write } from '#packages/table';

/** A world of two services: one tells events, two queues listen, and the test is the poller between them. */

const region = 'cn-north-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const maxReceiveCount = 10;

const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
const index = (IndexName: string, hash: string, range: string) => ({
  IndexName,
  KeySchema: [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'ALL' },
});

export function tableSpec(name: string) {
  const create = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk', 'outboxShard', 'outboxAt'].map(attribute),
    KeySchema: index('', 'pk', 'sk').KeySchema,
    GlobalSecondaryIndexes: [index('outbox', 'outboxShard', 'outboxAt')],
  };
  return { name, create };
}

/** Faults must reach the code under test: the clients try once, unless a test wants the SDK's own attempts. */
export const clients = (urls: { dynamodb: string; sqs: string }, maxAttempts = 1) => ({
  db: new DynamoDBClient({ region, credentials, endpoint: urls.dynamodb, maxAttempts }),
  sqs: new SQSClient({ region, credentials, endpoint: urls.sqs, maxAttempts, useQueueUrlAsEndpoint: false }),
});

export const events = {
  'thing.changed.v1': { stream: 'thing', data: z.strictObject({ value: z.int() }), summary: 'changed' },
  'thing.noted.v1': { stream: 'thing', data: z.strictObject({}), summary: 'nobody here handles it' },
  'thing.doubted.v1': { stream: 'thing', data: z.strictObject({}), summary: 'refused' },
};
const types = Object.keys(events) as (keyof typeof events)[];

export const lambdaContext = (remainingMs = 600_000) =>
  ({ getRemainingTimeInMillis: () => remainingMs, awsRequestId: crypto.randomUUID(), functionName: 'test' }) as Context;

/** A record as Lambda gives it. */
export function sqsRecord(message: Message): SQSRecord {
  return {
    messageId: message.MessageId!,
    receiptHandle: message.ReceiptHandle!,
    body: message.Body!,
    attributes: message.Attributes as unknown as SQSRecord['attributes'],
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: '',
    awsRegion: region,
  };
}

export type World = Awaited<ReturnType<typeof openWorld>>;
/** All that a test needs to look into a queue. */
export type Queues = Pick<World, 'sqs'>;
export type Engines = Awaited<ReturnType<typeof startEngines>>;

let worlds = 0;

/** `faulty` are the clients that the code under test gets; the test itself goes straight to the engines. */
export async function openWorld(engines: Engines, faulty = clients(engines.urls)) {
  worlds += 1;
  const prefix = `w${worlds}`;
  const names = ['a', 'b'].map((queue) => ({ work: `${prefix}${queue}.fifo`, dead: `${prefix}${queue}-dlq.fifo` }));
  await createResources(engines.urls, {
    region,
    tables: [`${prefix}-teller`, `${prefix}-a`, `${prefix}-b`].map(tableSpec),
    queues: [
      ...names.flatMap(({ work, dead }) => [
        { name: dead, fifo: true, attributes: {}, terminal: true },
        {
          name: work,
          fifo: true,
          attributes: { VisibilityTimeout: '600' },
          deadLetter: { queueName: dead, maxReceiveCount },
          terminal: false,
        },
      ]),
      { name: `${prefix}-unreadable`, fifo: false, attributes: {}, terminal: true },
    ],
    buckets: [],
  });
  const { db, sqs } = clients(engines.urls);
  const teller = openTable(db, `${prefix}-teller`);
  const url = (name: string) => queueUrlOf(engines.urls.sqs, name);
  const listeners = names.map(({ work, dead }, place) => {
    const name = `${prefix}-${'ab'[place]}`;
    const addresses = { queueUrl: url(work), deadLetterQueueUrl: url(dead) };
    return { ...addresses, table: openTable(db, name), faulty: openTable(faulty.db, name) };
  });
  const unreadableQueueUrl = url(`${prefix}-unreadable`);
  const relaying: RelayDependencies = {
    table: openTable(faulty.db, `${prefix}-teller`),
    sqs: faulty.sqs,
    subscribers: { thing: listeners.map(({ queueUrl }) => queueUrl) },
    now: () => new Date(),
  };
  return {
    db,
    sqs,
    faulty,
    teller,
    listeners,
    relaying,
    unreadableQueueUrl,
    told: [] as Item[],
    counts: new Map<string, number>(),
  };
}

/** The same world with other clients for the code under test, and nothing told yet. */
export function reopened(world: World, faulty: World['faulty']): World {
  const table = openTable(faulty.db, world.teller.name);
  const listeners = world.listeners.map((one) => ({ ...one, faulty: openTable(faulty.db, one.table.name) }));
  const relaying = { ...world.relaying, table, sqs: faulty.sqs };
  return { ...world, faulty, listeners, relaying, told: [], counts: new Map() };
}

/** Tells the next event of a thing, with a fact beside it, and remembers it as the table's stream would. */
export async function tell(world: World, thing: string, type = types[0]!, table: Table = world.teller): Promise<Item> {
  const sequence = (world.counts.get(thing) ?? 0) + 1;
  const pk = `THING#${thing}`;
  const data = type === 'thing.changed.v1' ? { value: sequence } : {};
  const time = new Date().toISOString();
  const write = outboxWrite({ pk, service: 'teller', subject: `thing/${thing}`, sequence, type, time, data });
  if (write.kind !== 'put') throw new Error('not a put');
  const fact: Write = { kind: 'put', item: { pk, sk: `FACT#${sequence}` }, condition: absent };
  // Nobody else tells of this thing: a refusal is our own earlier attempt, whose answer was lost.
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const written = await table.transact([fact, write]).catch(() => undefined);
    if (written !== undefined) break;
  }
  world.counts.set(thing, sequence);
  world.told.push(write.item);
  return write.item;
}

export function anyType(random: () => number) {
  return random() < 0.7 ? types[0]! : types[Math.floor(random() * types.length)]!;
}

export function streamEvent(items: readonly Item[]) {
  return {
    Records: items.map((item, place) => ({
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: String(1_000 + place), NewImage: marshall(item) },
    })),
  };
}

/** Gives a batch of the stream to the relay; answers how many records are behind it. */
export async function relayOnce(world: World, items: readonly Item[], deps = world.relaying): Promise<number> {
  const answer = await relayFunction(deps)(streamEvent(items), lambdaContext());
  const [failure] = answer.batchItemFailures;
  return failure === undefined ? items.length : Number(failure.itemIdentifier) - 1_000;
}

export async function sweepAll(world: World, deps = world.relaying, at = '2030-01-01T00:00:00Z') {
  return outboxFunction(deps)({ action: 'sweep', at }, lambdaContext());
}

/** The consuming service: appends what it applied to a list, which shows effect and order. */
export function worker(world: World, place: number, table = world.listeners[place]!.faulty) {
  return queueFunction({
    table,
    events,
    sqs: world.faulty.sqs,
    unreadableQueueUrl: world.unreadableQueueUrl,
    handlers: {
      'thing.changed.v1': (event, receipt) =>
        untilSettled(async () => {
          const key = { pk: `VIEW#${event.subject}`, sk: 'VIEW' };
          const applied = ((await table.get(key))?.['applied'] ?? []) as number[];
          const outcome = done({ applied: event.data.value });
          const condition =
            applied.length === 0 ? absent : { expression: 'size(applied) = :n', values: { ':n': applied.length } };
          const item = { ...key, applied: [...applied, event.data.value] };
          const written = await commit(table, [{ kind: 'put', item, condition }], receipt, outcome);
          return written === 'moved' ? written : outcome;
        }),
      'thing.doubted.v1': () => Promise.resolve(refused('doubted')),
    },
  });
}

export async function receive(world: Queues, queueUrl: string, count = 10): Promise<Message[]> {
  const input = { QueueUrl: queueUrl, MaxNumberOfMessages: count, MessageSystemAttributeNames: ['All' as const] };
  return (await world.sqs.send(new ReceiveMessageCommand(input))).Messages ?? [];
}

export async function remove(world: Queues, queueUrl: string, messages: readonly Message[]): Promise<void> {
  const Entries = messages.map(({ ReceiptHandle }, place) => ({ Id: String(place), ReceiptHandle: ReceiptHandle! }));
  if (Entries.length > 0) await world.sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
}

/** Makes messages visible again at once, the last first, so that their group keeps its order. */
export async function giveBack(world: Queues, queueUrl: string, messages: readonly Message[]): Promise<void> {
  for (const { ReceiptHandle } of messages.toReversed()) {
    const input = { QueueUrl: queueUrl, ReceiptHandle, VisibilityTimeout: 0 };
    await world.sqs.send(new ChangeMessageVisibilityCommand(input));
  }
}

/** One turn of the poller: what the worker did is deleted, the rest given back. Answers how many there were. */
export async function workOnce(world: World, place: number, run = worker(world, place)): Promise<number> {
  const { queueUrl } = world.listeners[place]!;
  const messages = await receive(world, queueUrl);
  if (messages.length === 0) return 0;
  const answer = await run({ Records: messages.map(sqsRecord) }, lambdaContext());
  const failed = new Set(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  await remove(
    world,
    queueUrl,
    messages.filter((message) => !failed.has(message.MessageId!)),
  );
  await giveBack(
    world,
    queueUrl,
    messages.filter((message) => failed.has(message.MessageId!)),
  );
  return messages.length;
}

export async function workAll(world: World): Promise<void> {
  for (const place of world.listeners.keys()) while ((await workOnce(world, place)) > 0);
}

export async function send(world: Queues, queueUrl: string, group: string, body: string): Promise<void> {
  const ids = { MessageGroupId: group, MessageDeduplicationId: crypto.randomUUID() };
  await world.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body, ...ids }));
}

export function redrive(world: World, place: number, max = 1_000, sqs = world.sqs) {
  const { queueUrl, deadLetterQueueUrl } = world.listeners[place]!;
  const run = redriveFunction({ sqs, queues: [{ queue: queueUrl, deadLetter: deadLetterQueueUrl }] });
  return run({ queueUrl, deadLetterQueueUrl, max }, lambdaContext());
}
