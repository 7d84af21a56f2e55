import * as z from 'zod';
import type { Deployment, QueueSpec, TableSpec } from '../deployment.ts';
import { isRecord } from './intrinsics.ts';
import { nameInArn } from './naming.ts';
import type { Resolved } from './world.ts';

const KeySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Index = z.looseObject({
  IndexName: z.string(),
  KeySchema,
  Projection: z.looseObject({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).optional() }),
});
const TableProperties = z.looseObject({
  KeySchema,
  AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
  GlobalSecondaryIndexes: z.array(Index).optional(),
  LocalSecondaryIndexes: z.array(Index).optional(),
  StreamSpecification: z.looseObject({ StreamViewType: z.string() }).optional(),
  TimeToLiveSpecification: z.looseObject({ AttributeName: z.string(), Enabled: z.boolean() }).optional(),
});

/** CreateTable takes less than the template may say: throughput, contributor insights and the like are left out. */
const bare = ({ IndexName, KeySchema, Projection }: z.output<typeof Index>) => ({ IndexName, KeySchema, Projection });

export function readTable({ name, properties }: Resolved): TableSpec {
  const table = TableProperties.parse(properties);
  const { GlobalSecondaryIndexes: global, LocalSecondaryIndexes: local, StreamSpecification: stream } = table;
  const create = {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    ...(global && { GlobalSecondaryIndexes: global.map(bare) }),
    ...(local && { LocalSecondaryIndexes: local.map(bare) }),
    ...(stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: stream.StreamViewType } }),
  };
  const ttl = table.TimeToLiveSpecification;
  return { name, create, ...(ttl?.Enabled && { ttlAttribute: ttl.AttributeName }) };
}

/**
 * Attributes that the SQS API calls as the template does. Encryption is not among them, there is no KMS here, nor the
 * two that make a FIFO queue faster, which the engine cannot change once the queue is there.
 */
const queueAttributes = [
  'ContentBasedDeduplication',
  'DelaySeconds',
  'FifoQueue',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'VisibilityTimeout',
];

const RedrivePolicy = z.looseObject({ deadLetterTargetArn: z.string(), maxReceiveCount: z.coerce.number() });
const Scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** `consumed` are the queues that wake a function: in a queue that nothing consumes, messages have come to their end. */
export function readQueue({ name, properties }: Resolved, consumed: ReadonlySet<string>): QueueSpec {
  const attributes = Object.fromEntries(
    queueAttributes
      .filter((attribute) => properties[attribute] !== undefined)
      .map((attribute) => [attribute, Scalar.parse(properties[attribute])]),
  );
  const redrive =
    properties['RedrivePolicy'] === undefined ? undefined : RedrivePolicy.parse(properties['RedrivePolicy']);
  return {
    name,
    fifo: properties['FifoQueue'] === true,
    attributes,
    ...(redrive && {
      deadLetter: { queueName: nameInArn(redrive.deadLetterTargetArn), maxReceiveCount: redrive.maxReceiveCount },
    }),
    terminal: !consumed.has(name),
  };
}

export function readSecret({ name, properties }: Resolved): Deployment['secrets'][number] {
  const generate = properties['GenerateSecretString'];
  return { name, ...(isRecord(generate) && { generate }) };
}
