import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import { pinnedLookup } from '#packages/addresses';
import { jsonText } from '#packages/json-text';
import { logger, metrics } from '#packages/lambda/telemetry';
import { WakeUp } from './operations/dispatch-due.ts';
import { sendDelivery, type SenderDeps } from './operations/send-delivery.ts';
import { deliveryPolicy } from './policy.ts';

/** What a deployment has to give; the rest is the world as it is, which tests replace. */
export type SenderSettings = Pick<SenderDeps, 'table' | 'webhookKeys' | 'secret' | 'localhost'> &
  Partial<Omit<SenderDeps, 'table' | 'webhookKeys' | 'secret' | 'localhost'>>;

const Message = jsonText(WakeUp);

/**
 * The function that works on the queue of wake-ups. Groups do not wait for each other; within one, the first failure ends
 * the batch, and what is left comes again. A message that cannot be read is dropped: whatever it meant is due, and is swept.
 */
export function senderHandler(settings: SenderSettings) {
  const send = sendDelivery({
    lookup: pinnedLookup(),
    random: Math.random,
    timeoutMs: deliveryPolicy.timeoutMs,
    clock: () => new Date(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...settings,
  });

  return async (
    event: SQSEvent,
    context: { awsRequestId: string; getRemainingTimeInMillis: () => number },
  ): Promise<SQSBatchResponse> => {
    const groups = Map.groupBy(event.Records, ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId);
    const failed = await Promise.all(
      [...groups.values()].map(async (records) => {
        for (const [place, record] of records.entries()) {
          if (!(await succeeds(record))) return records.slice(place);
        }
        return [];
      }),
    );
    metrics.publishStoredMetrics();
    return { batchItemFailures: failed.flat().map(({ messageId }) => ({ itemIdentifier: messageId })) };

    async function succeeds({ body, messageId }: SQSRecord): Promise<boolean> {
      const message = Message.safeParse(body).data;
      if (message === undefined) {
        metrics.addMetric('MessagesUnreadable', MetricUnit.Count, 1);
        logger.error('message not readable', { messageId });
        return true;
      }
      try {
        await send(message, context.awsRequestId, () => context.getRemainingTimeInMillis());
        return true;
      } catch (error) {
        metrics.addMetric('MessageFaults', MetricUnit.Count, 1);
        const { webhookId, deliveryId } = message;
        logger.error('message failed', {
          webhookId,
          deliveryId,
          error: error instanceof Error ? error : String(error),
        });
        return false;
      }
    }
  };
}

/** The handler as Lambda calls it, with log and metrics. */
export function senderFunction(settings: SenderSettings) {
  const handle = senderHandler(settings);
  return middy<SQSEvent, SQSBatchResponse>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler((event: SQSEvent, context: Context) => handle(event, context));
}
