import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import * as z from 'zod';
import type { Item } from '#packages/table';
import { logger, metrics } from './telemetry.ts';

/** A new item of the table, and where it stands in the stream. */
export type StreamRecord = { sequenceNumber: string; item: Item };

const StreamEvent = z.object({
  Records: z.array(
    z.object({
      eventName: z.string(),
      dynamodb: z.object({
        SequenceNumber: z.string(),
        NewImage: z.custom<Record<string, AttributeValue>>((image) => typeof image === 'object').optional(),
      }),
    }),
  ),
});

type Answer = { batchItemFailures: { itemIdentifier: string }[] };

/**
 * A function fed by its table's stream: `handle` gets the inserted items of a batch in the stream's order and answers
 * those it could not finish. The stream goes on from the first of them, so everything after it comes again.
 */
export function streamFunction(handle: (records: StreamRecord[]) => Promise<Set<StreamRecord>>) {
  return middy<unknown, Answer>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown): Promise<Answer> => {
      const records = StreamEvent.parse(event).Records.flatMap(({ eventName, dynamodb }) =>
        eventName === 'INSERT' && dynamodb.NewImage !== undefined
          ? [{ sequenceNumber: dynamodb.SequenceNumber, item: unmarshall(dynamodb.NewImage) }]
          : [],
      );
      const failed = await handle(records);
      // Records are in the stream's order: the first that failed has the lowest sequence number.
      const first = records.find((record) => failed.has(record));
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
    });
}
