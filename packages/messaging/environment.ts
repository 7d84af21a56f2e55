import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { openTable, type Table } from '#packages/table';

/** A function that hangs on a lost connection until its own time-out keeps its queue group waiting: give up sooner. */
const requestTimeouts = { connectionTimeout: 2_000, requestTimeout: 5_000, throwOnRequestTimeout: true };

/** Queue addresses by stream. A stream that is not named has no subscriber. */
export const Subscribers = z.record(z.string(), z.array(z.url()));
export type Subscribers = z.output<typeof Subscribers>;

/** The service's own table, named by TABLE. */
export function tableFromEnvironment(): Table {
  const { TABLE } = z.object({ TABLE: z.string().min(3) }).parse(process.env);
  return openTable(new DynamoDBClient({ requestHandler: requestTimeouts }), TABLE);
}

export function sqsFromEnvironment(): SQSClient {
  return new SQSClient({ requestHandler: requestTimeouts });
}
