import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { S3Client } from '@aws-sdk/client-s3';
import type { TableSpec } from '#packages/local/deployment';
import { createResources, type Engines, startEngines } from '#packages/local/engines';
import { openTable, type Table } from '#packages/table';

const region = 'us-east-1';

/** A service's table as `infra/` declares it, in the words of the DynamoDB API. */
export function tableSpec(name: string, streams = true): TableSpec {
  const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
  const attribute = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' });
  return {
    name,
    ttlAttribute: 'expiresAt',
    create: {
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'outboxShard', 'outboxAt'].map(attribute),
      KeySchema: [key('pk', 'HASH'), key('sk', 'RANGE')],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'outbox',
          KeySchema: [key('outboxShard', 'HASH'), key('outboxAt', 'RANGE')],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      ...(streams && { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }),
    },
  };
}

export function dynamoClient(url: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
}

export function s3Client(url: string): S3Client {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  return new S3Client({ endpoint: url, region, credentials, forcePathStyle: true });
}

export type TestTable = {
  table: Table;
  engines: Engines;
  another(): Promise<Table>;
  /** How many requests were sent to the engine by now, through any of the tables. */
  requests(): number;
  stop(): Promise<void>;
};

/**
 * A table of its own on a fresh engine in memory, as the stores' tests need it. Without `streams`, which make each write
 * dearer, where nobody reads them and there is much to write.
 */
export async function startTable({ streams = true } = {}): Promise<TestTable> {
  const engines = await startEngines({});
  const db = dynamoClient(engines.urls.dynamodb);
  let requests = 0;
  db.middlewareStack.add(
    (next) => async (args) => {
      requests += 1;
      return next(args);
    },
    { step: 'finalizeRequest', name: 'countRequests', priority: 'low' },
  );
  const another = async () => {
    const name = `test-${randomUUID()}`;
    await createResources(engines.urls, {
      region,
      tables: [tableSpec(name, streams)],
      queues: [],
      buckets: ['test-files'],
    });
    return openTable(db, name);
  };
  const table = await another();
  return {
    table,
    engines,
    another,
    requests: () => requests,
    async stop() {
      db.destroy();
      await engines.stop();
    },
  };
}
