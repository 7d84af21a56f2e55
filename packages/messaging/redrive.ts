import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message as Received,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import { scheduleFunction } from '#packages/lambda/schedule';
import { metrics } from '#packages/lambda/telemetry';
import { sqsFromEnvironment } from './environment.ts';
import { sendInOrder } from './send.ts';

/** The pairs between which messages may be moved. */
const Queues = z.array(z.strictObject({ queue: z.url(), deadLetter: z.url() }));
export type RedriveDependencies = { sqs: SQSClient; queues: z.output<typeof Queues> };

const Redrive = z.strictObject({
  queueUrl: z.url(),
  deadLetterQueueUrl: z.url(),
  max: z.int().positive().max(10_000),
});

/** Long polling asks every server of the queue, so that an empty answer means an empty queue. */
const waitSeconds = 1;
/** What a dying run has received is back in the dead-letter queue after this time. */
const visibilitySeconds = 60;
const reserveMs = 8_000;

/** A function's own dependencies: QUEUES. */
export function redriveFromEnvironment(): RedriveDependencies {
  const { QUEUES } = z.object({ QUEUES: jsonText(Queues) }).parse(process.env);
  return { sqs: sqsFromEnvironment(), queues: QUEUES };
}

/**
 * The command `{ queueUrl, deadLetterQueueUrl, max }`: puts dead letters back into the queue they came from, since SQS
 * in China cannot. Their group and order stay; their deduplication id is the letter's own, for under the event's SQS would
 * drop them as seen. A letter is deleted only when its queue has it: a run that dies in between moves it again, which
 * queue or consumer ignore.
 * Answers `{ moved, left }`.
 */
export function redriveFunction(deps: RedriveDependencies = redriveFromEnvironment()) {
  return scheduleFunction(Redrive, async ({ queueUrl, deadLetterQueueUrl, max }, { remainingMs }) => {
    const known = deps.queues.some((pair) => pair.queue === queueUrl && pair.deadLetter === deadLetterQueueUrl);
    if (!known) throw new Error('these two are not a queue of ours and its dead-letter queue');
    // Only what lies there now: a letter that comes back at once is not moved round and round.
    const wanted = Math.min(max, (await countOf(deps.sqs, deadLetterQueueUrl)).visible);
    let moved = 0;
    const blocked = new Set<string>();
    while (moved < wanted && remainingMs() >= reserveMs) {
      const letters = await receive(deps.sqs, deadLetterQueueUrl, wanted - moved);
      if (letters.length === 0) break;
      const messages = letters.map((letter) => ({ ...letter, deduplicationId: `${letter.id}-redrive` }));
      const unsent = await sendInOrder(deps.sqs, queueUrl, messages, blocked);
      const sent = messages.filter((message) => !unsent.has(message));
      for (const { receiptHandle } of sent) {
        await deps.sqs.send(new DeleteMessageCommand({ QueueUrl: deadLetterQueueUrl, ReceiptHandle: receiptHandle }));
      }
      moved += sent.length;
      await giveBack(deps.sqs, deadLetterQueueUrl, unsent);
      // A queue that takes nothing is down: another round would not help.
      if (sent.length === 0) break;
    }
    metrics.addMetric('MessagesRedriven', MetricUnit.Count, moved);
    const { visible, invisible } = await countOf(deps.sqs, deadLetterQueueUrl);
    return { moved, left: visible + invisible };
  });
}

type Letter = { id: string; group: string; body: string; receiptHandle: string };

async function receive(sqs: SQSClient, queueUrl: string, atMost: number): Promise<Letter[]> {
  const answer = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(atMost, 10),
      WaitTimeSeconds: waitSeconds,
      VisibilityTimeout: visibilitySeconds,
      MessageSystemAttributeNames: ['MessageGroupId'],
    }),
  );
  return (answer.Messages ?? []).map(letterOf);
}

function letterOf({ MessageId, Body, ReceiptHandle, Attributes }: Received): Letter {
  const group = Attributes?.MessageGroupId;
  if (MessageId === undefined || Body === undefined || ReceiptHandle === undefined || group === undefined) {
    throw new Error('a dead letter without id, body or group: not a FIFO queue');
  }
  return { id: MessageId, group, body: Body, receiptHandle: ReceiptHandle };
}

/** The last first, so that a group keeps its order. */
async function giveBack(sqs: SQSClient, queueUrl: string, letters: Set<Letter>): Promise<void> {
  for (const { receiptHandle } of [...letters].toReversed()) {
    await sqs.send(
      new ChangeMessageVisibilityCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout: 0 }),
    );
  }
}

async function countOf(sqs: SQSClient, queueUrl: string): Promise<{ visible: number; invisible: number }> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
    invisible: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
