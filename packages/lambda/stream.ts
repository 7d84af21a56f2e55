import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import middy from '@middy/core';
import * as z from 'zod';
import type { Item, Key } from '#packages/table';
import { logger, metrics } from './telemetry.ts';

/** A new item of the table, and where it stands in the stream. */
export type StreamRecord = { sequenceNumber: string; item: Item };
/** Anything that happened to an item; `item` is what it is afterwards. */
export type StreamChange = { sequenceNumber: string; change: 'INSERT' | 'MODIFY' | 'REMOVE'; key: Key; item?: Item };

const Image = z.custom<Record<string, AttributeValue>>((image) => typeof image === 'object');
const KeyImage = z.object({ pk: z.object({ S: z.string() }), sk: z.object({ S: z.string() }) });
const StreamEvent = z.object({
  Records: z.array(
    z.object({
      eventName: z.enum(['INSERT', 'MODIFY', 'REMOVE']),
      dynamodb: z.object({ SequenceNumber: z.string(), Keys: KeyImage.optional(), NewImage: Image.optional() }),
    }),
  ),
});

type Answer = { batchItemFailures: { itemIdentifier: string }[] };

/**
 * A function fed by its table's stream: `handle` gets the inserted items of a batch in the stream's order and answers
 * those it could not finish. The stream goes on from the first of them, so everything after it comes again.
 */
export function streamFunction(handle: (records: StreamRecord[]) => Promise<Set<StreamRecord>>) {
  return changeFunction(async (changes) => {
    const records = insertedIn(changes);
    const failed = new Set([...(await handle(records))].map(({ sequenceNumber }) => sequenceNumber));
    return new Set(changes.filter(({ sequenceNumber }) => failed.has(sequenceNumber)));
  });
}

/** The new items among changes. */
export function insertedIn(changes: readonly StreamChange[]): StreamRecord[] {
  return changes.flatMap(({ sequenceNumber, change, item }) =>
    change === 'INSERT' && item !== undefined ? [{ sequenceNumber, item }] : [],
  );
}

/** Like `streamFunction`, for whoever must see what was changed and deleted too. */
export function changeFunction(handle: (changes: StreamChange[]) => Promise<Set<StreamChange>>) {
  return middy<unknown, Answer>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown): Promise<Answer> => {
      const changes = StreamEvent.parse(event).Records.map(({ eventName: change, dynamodb }): StreamChange => {
        const item = dynamodb.NewImage && unmarshall(dynamodb.NewImage);
        const key = {
          pk: dynamodb.Keys?.pk.S ?? String(item?.['pk']),
          sk: dynamodb.Keys?.sk.S ?? String(item?.['sk']),
        };
        return { sequenceNumber: dynamodb.SequenceNumber, change, key, ...(item !== undefined && { item }) };
      });
      const failed = await handle(changes);
      // Records are in the stream's order: the first that failed has the lowest sequence number.
      const first = changes.find((change) => failed.has(change));
      return { batchItemFailures: first === undefined ? [] : [{ itemIdentifier: first.sequenceNumber }] };
    });
}
