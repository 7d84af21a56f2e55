import { MetricUnit } from '@aws-lambda-powertools/metrics';
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
 * The work on one message of the queue of wake-ups. One that cannot be read is dropped: whatever it meant is due, and is
 * swept.
 */
export function senderWork(settings: SenderSettings) {
  const send = sendDelivery({
    lookup: pinnedLookup(),
    random: Math.random,
    timeoutMs: deliveryPolicy.timeoutMs,
    clock: () => new Date(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    ...settings,
  });
  return async (
    { body, messageId }: { body: string; messageId: string },
    { requestId, remainingMs }: { requestId: string; remainingMs: () => number },
  ): Promise<void> => {
    const message = Message.safeParse(body).data;
    if (message === undefined) {
      metrics.addMetric('MessagesUnreadable', MetricUnit.Count, 1);
      logger.error('message not readable', { messageId });
      return;
    }
    await send(message, requestId, remainingMs);
  };
}
