import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { callAws } from '../aws-json.ts';
import type { Invoke, QueueTrigger, RunningTrigger } from '../deployment.ts';
import { queueUrlOf } from '../resources.ts';
import { attempt, failuresOf } from './batch-outcome.ts';
import { Message, recordOf } from './queue-event.ts';

export type QueueTriggerOptions = {
  trigger: QueueTrigger;
  /** The engine itself, not the proxy before it: the poller is Lambda's own and no function's. */
  sqsUrl: string;
  region: string;
  invoke: Invoke;
  /** Batches in flight at once where the trigger sets no ceiling of its own: the function's concurrency. */
  concurrency?: number;
};

const defaultConcurrency = 4;
/** Long enough to be cheap, short enough for a stop to wait it out: the engine goes on with a poll that is cut off. */
const pollSeconds = 1;
const largestReceive = 10;
const firstBackoffMs = 100;
const longestBackoffMs = 2_000;

const Received = z.object({ Messages: z.array(Message).default([]) });
const Counted = z.object({
  Attributes: z.object({
    ApproximateNumberOfMessages: z.coerce.number(),
    ApproximateNumberOfMessagesNotVisible: z.coerce.number(),
  }),
});

/**
 * Polls a queue for a function as Lambda's event source mapping does: what the function does not report as failed is
 * deleted, the rest comes back when its visibility ends. A group has one batch in flight, which the queue sees to.
 */
export function startQueueTrigger({
  trigger,
  sqsUrl,
  region,
  invoke,
  concurrency,
}: QueueTriggerOptions): RunningTrigger {
  const atOnce = Math.max(1, trigger.maxConcurrency ?? concurrency ?? defaultConcurrency);
  const running = new Set<Promise<void>>();
  const stopping = new AbortController();
  const call = (operation: string, input: object) =>
    callAws(sqsUrl, 'sqs', operation, region, { QueueUrl: queueUrlOf(sqsUrl, trigger.queueName), ...input });

  async function receive(count: number, waitSeconds: number) {
    const input = {
      MaxNumberOfMessages: Math.min(largestReceive, count),
      WaitTimeSeconds: waitSeconds,
      AttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    };
    return Received.parse(await call('ReceiveMessage', input)).Messages;
  }

  /** One batch: what is there, and with a window what comes until it closes. */
  async function gather() {
    const messages = await receive(trigger.batchSize, pollSeconds);
    const closes = Date.now() + trigger.windowSeconds * 1_000;
    while (
      messages.length > 0 &&
      messages.length < trigger.batchSize &&
      Date.now() < closes &&
      !stopping.signal.aborted
    )
      messages.push(...(await receive(trigger.batchSize - messages.length, 1)));
    return messages;
  }

  async function deliver(messages: z.infer<typeof Message>[]): Promise<void> {
    const Records = messages.map((message) => recordOf(message, trigger.queueName, region));
    const outcome = await attempt(invoke, trigger.functionName, { Records });
    const ids = messages.map(({ MessageId }) => MessageId);
    const failed = failuresOf(outcome, ids, trigger.reportBatchItemFailures);
    const done = messages.filter(({ MessageId }) => !failed.has(MessageId));
    for (let from = 0; from < done.length; from += largestReceive) {
      const part = done.slice(from, from + largestReceive);
      const Entries = part.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      // One that is not deleted is delivered again, which every consumer must bear anyway.
      await call('DeleteMessageBatch', { Entries }).catch(() => undefined);
    }
  }

  /** Taken after the stop, so nobody will work on them: visible again at once, but for the count of receives. */
  async function giveBack(messages: z.infer<typeof Message>[]): Promise<void> {
    for (const { ReceiptHandle } of messages)
      await call('ChangeMessageVisibility', { ReceiptHandle, VisibilityTimeout: 0 }).catch(() => undefined);
  }

  async function poll(): Promise<void> {
    let backoffMs = firstBackoffMs;
    while (!stopping.signal.aborted) {
      // Nothing is received that could not be worked on at once: its visibility would run out waiting.
      if (running.size >= atOnce) {
        await Promise.race(running);
        continue;
      }
      try {
        const messages = await gather();
        backoffMs = firstBackoffMs;
        if (messages.length === 0) continue;
        if (stopping.signal.aborted) return await giveBack(messages);
        const delivery = deliver(messages).finally(() => running.delete(delivery));
        running.add(delivery);
      } catch {
        // The engine does not answer; it may be on its way up, or down.
        await sleep(backoffMs, undefined, { signal: stopping.signal }).catch(() => undefined);
        backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
      }
    }
  }

  const polling = poll();
  return {
    async pending() {
      const input = { AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] };
      const { Attributes } = Counted.parse(await call('GetQueueAttributes', input));
      return Attributes.ApproximateNumberOfMessages + Attributes.ApproximateNumberOfMessagesNotVisible;
    },
    async stop() {
      stopping.abort();
      await polling;
      await Promise.all(running);
    },
  };
}
