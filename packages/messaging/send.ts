import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { logger } from '#packages/lambda/telemetry';

export type Message = { group: string; deduplicationId: string; body: string };

/** SQS's own limits; 256 KiB is the old one of a whole call, which some Regions may still have. */
const messagesPerCall = 10;
const bytesPerCall = 256 * 1024;

/** Calls of one round on their way at once. */
const callsAtOnce = 4;

/**
 * Sends messages to a FIFO queue, those of a group in the order given: one call never holds two of a group, for the
 * calls' entries fail one by one, and after one that failed nothing of its group follows, now or in a later call that
 * is given the same `blocked`. Answers the messages that the queue did not take.
 */
export async function sendInOrder<M extends Message>(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly M[],
  blocked: Set<string>,
): Promise<Set<M>> {
  const unsent = new Set(messages);
  const waiting = Map.groupBy(messages, (message) => message.group);
  for (;;) {
    const heads: M[] = [];
    for (const [group, queue] of waiting) {
      const head = blocked.has(group) ? undefined : queue.shift();
      if (head === undefined) waiting.delete(group);
      else heads.push(head);
    }
    if (heads.length === 0) return unsent;
    const calls = packed(heads);
    for (let start = 0; start < calls.length; start += callsAtOnce) {
      const together = calls.slice(start, start + callsAtOnce);
      const taken = await Promise.all(together.map((call) => sendCall(sqs, queueUrl, call)));
      for (const message of taken.flat()) unsent.delete(message);
    }
    for (const head of heads) if (unsent.has(head)) blocked.add(head.group);
  }
}

function packed<M extends Message>(messages: M[]): M[][] {
  const calls: M[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const size = Buffer.byteLength(message.body);
    const call = calls.at(-1);
    if (call === undefined || call.length === messagesPerCall || bytes + size > bytesPerCall) {
      calls.push([message]);
      bytes = size;
    } else {
      call.push(message);
      bytes += size;
    }
  }
  return calls;
}

/** Answers those that the queue says it has. No answer at all is none of them. */
async function sendCall<M extends Message>(sqs: SQSClient, queueUrl: string, messages: M[]): Promise<M[]> {
  const Entries = messages.map((message, place) => ({
    Id: String(place),
    MessageBody: message.body,
    MessageGroupId: message.group,
    MessageDeduplicationId: message.deduplicationId,
  }));
  try {
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    for (const failed of answer.Failed ?? []) logger.warn('message not taken', { queueUrl, code: failed.Code });
    const taken = new Set(answer.Successful?.map((entry) => entry.Id));
    return messages.filter((_message, place) => taken.has(String(place)));
  } catch (error) {
    logger.error('queue not reached', { queueUrl, error: error instanceof Error ? error : String(error) });
    return [];
  }
}
