import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { AwsError, callAws } from './aws-json.ts';
import type { Deployment, EngineUrls, QueueSpec, TableSpec } from './deployment.ts';
import { accountId } from './template/naming.ts';

const activeMs = 30_000;

/** A queue's URL under an engine's or a proxy's address: what functions get must name the proxy, not the engine. */
export function queueUrlOf(sqsUrl: string, queueName: string): string {
  return `${sqsUrl}/${accountId}/${queueName}`;
}

/** Creates what is missing and brings queues' attributes and tables' indexes up to date; data that is there stays. */
export async function createResources(
  urls: EngineUrls,
  declared: Pick<Deployment, 'region' | 'tables' | 'queues' | 'buckets'>,
): Promise<void> {
  await Promise.all([
    ...declared.tables.map((table) => createTable(urls.dynamodb, declared.region, table)),
    createQueues(urls.sqs, declared.region, declared.queues),
    ...declared.buckets.map((bucket) => createBucket(urls.s3, bucket)),
  ]);
}

const Described = z.object({
  Table: z.object({
    TableStatus: z.string(),
    GlobalSecondaryIndexes: z.array(z.object({ IndexName: z.string(), IndexStatus: z.string().optional() })).optional(),
  }),
});
const Create = z.looseObject({
  AttributeDefinitions: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string() })).optional(),
});

async function createTable(url: string, region: string, table: TableSpec): Promise<void> {
  const call = (operation: string, input: object) =>
    callAws(url, 'dynamodb', operation, region, { TableName: table.name, ...input });
  const describe = () =>
    call('DescribeTable', {}).then((answer) => Described.parse(answer).Table, absent('ResourceNotFoundException'));

  const existing = await describe();
  if (existing === undefined) {
    await call('CreateTable', table.create);
    await active(table.name, describe);
    if (table.ttlAttribute !== undefined) {
      const TimeToLiveSpecification = { Enabled: true, AttributeName: table.ttlAttribute };
      await call('UpdateTimeToLive', { TimeToLiveSpecification });
    }
    return;
  }
  // A table kept from an earlier version of the system gets the indexes that were declared since, one at a time.
  const declared = Create.parse(table.create);
  const present = new Set(existing.GlobalSecondaryIndexes?.map((index) => index.IndexName));
  for (const index of declared.GlobalSecondaryIndexes ?? []) {
    if (present.has(index.IndexName)) continue;
    const GlobalSecondaryIndexUpdates = [{ Create: index }];
    await call('UpdateTable', { AttributeDefinitions: declared.AttributeDefinitions, GlobalSecondaryIndexUpdates });
    await active(table.name, describe);
  }
}

async function active(name: string, describe: () => Promise<z.infer<typeof Described>['Table'] | undefined>) {
  const deadline = Date.now() + activeMs;
  for (;;) {
    const table = await describe();
    const indexes = table?.GlobalSecondaryIndexes ?? [];
    const building = indexes.some((index) => index.IndexStatus !== undefined && index.IndexStatus !== 'ACTIVE');
    if (table?.TableStatus === 'ACTIVE' && !building) return;
    if (Date.now() > deadline) throw new Error(`table ${name} is not active after ${String(activeMs)} ms`);
    await sleep(20);
  }
}

async function createQueues(url: string, region: string, queues: QueueSpec[]): Promise<void> {
  // A dead-letter queue has to be there before the queue that names it.
  const targets = new Set(queues.flatMap((queue) => queue.deadLetter?.queueName ?? []));
  const [first, then] = [
    queues.filter(({ name }) => targets.has(name)),
    queues.filter(({ name }) => !targets.has(name)),
  ];
  for (const group of [first, then]) await Promise.all(group.map((queue) => createQueue(url, region, queue)));
}

async function createQueue(url: string, region: string, queue: QueueSpec): Promise<void> {
  const attributes: Record<string, string> = {
    ...queue.attributes,
    ...(queue.deadLetter && {
      RedrivePolicy: JSON.stringify({
        deadLetterTargetArn: `arn:aws:sqs:${region}:${accountId}:${queue.deadLetter.queueName}`,
        maxReceiveCount: queue.deadLetter.maxReceiveCount,
      }),
    }),
  };
  const existing = await callAws(url, 'sqs', 'GetQueueUrl', region, { QueueName: queue.name }).catch(
    absent('QueueDoesNotExist', 'NonExistentQueue', 'AWS.SimpleQueueService.NonExistentQueue'),
  );
  if (existing === undefined) {
    const Attributes = { ...attributes, ...(queue.fifo && { FifoQueue: 'true' }) };
    await callAws(url, 'sqs', 'CreateQueue', region, { QueueName: queue.name, Attributes });
    return;
  }
  // Whether it is FIFO is fixed at its creation.
  const Attributes = Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== 'FifoQueue'));
  if (Object.keys(Attributes).length === 0) return;
  await callAws(url, 'sqs', 'SetQueueAttributes', region, { QueueUrl: queueUrlOf(url, queue.name), Attributes });
}

async function createBucket(url: string, bucket: string): Promise<void> {
  const at = `${url}/${bucket}`;
  if ((await fetch(at, { method: 'HEAD' })).ok) return;
  const created = await fetch(at, { method: 'PUT' });
  if (!created.ok) throw new AwsError(`Http${String(created.status)}`, await created.text());
}

/** For a `catch`: the thing asked for is not there. */
function absent(...codes: string[]) {
  return (error: unknown): undefined => {
    if (error instanceof AwsError && codes.includes(error.code)) return undefined;
    throw error;
  };
}
