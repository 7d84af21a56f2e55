import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { logger, metrics } from './telemetry.ts';

/** With less time than this left, no further record is begun: it comes again, to a sandbox that can finish it. */
export const reserveMs = 4_000;

/** What a record's work knows of its invocation. */
export type FifoRun = { requestId: string; remainingMs: () => number };

/**
 * A function that works on a FIFO queue. Groups do not wait for each other; within one, the first failure ends the batch,
 * and what is left comes again. Powertools' FIFO processor has these rules too, but takes the groups one after the other.
 */
export function fifoFunction(work: (record: SQSRecord, run: FifoRun) => Promise<void>) {
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: SQSEvent, context: Context): Promise<SQSBatchResponse> => {
      const run = { requestId: context.awsRequestId, remainingMs: () => context.getRemainingTimeInMillis() };
      metrics.addMetric('MessagesReceived', MetricUnit.Count, event.Records.length);
      const groups = Map.groupBy(event.Records, (record) => record.attributes.MessageGroupId ?? record.messageId);
      const failed = await Promise.all(
        [...groups.values()].map(async (records) => {
          for (const [place, record] of records.entries()) {
            if (!(await succeeds(record, run))) return records.slice(place);
          }
          return [];
        }),
      );
      return { batchItemFailures: failed.flat().map((record) => ({ itemIdentifier: record.messageId })) };
    });

  async function succeeds(record: SQSRecord, run: FifoRun): Promise<boolean> {
    if (run.remainingMs() < reserveMs) return false;
    try {
      await work(record, run);
      return true;
    } catch (error) {
      metrics.addMetric('MessageFaults', MetricUnit.Count, 1);
      logger.error('message failed', {
        messageId: record.messageId,
        group: record.attributes.MessageGroupId,
        receiveCount: record.attributes.ApproximateReceiveCount,
        error: error instanceof Error ? error : String(error),
      });
      return false;
    }
  }
}
