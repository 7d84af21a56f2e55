import { randomUUID } from 'node:crypto';
import { callAws } from '../aws-json.ts';
import type { EngineUrls, Invoke, StreamTrigger } from '../deployment.ts';
import { queueUrlOf } from '../resources.ts';
import { arnOf } from '../template/naming.ts';
import { attempt, failuresOf } from './batch-outcome.ts';
import type { StreamRecord } from './stream-api.ts';

const firstBackoffMs = 100;
const longestBackoffMs = 5_000;

export type Delivery = {
  trigger: StreamTrigger;
  invoke: Invoke;
  urls: Pick<EngineUrls, 'sqs'>;
  region: string;
  streamArn: string;
  shardId: string;
  /** Told the number of each record that is done with, in order, or only the last of several. */
  advance(sequence: string): void;
  stopped(): boolean;
  wait(ms: number): Promise<unknown>;
};

const sequenceOf = (record: StreamRecord) => record.dynamodb.SequenceNumber;

/**
 * Delivers records in order until all are done with: handled, or given up after the attempts that the trigger allows.
 * False when it was stopped before.
 */
export async function deliver(delivery: Delivery, records: readonly StreamRecord[]): Promise<boolean> {
  const { trigger } = delivery;
  let rest = records;
  let attempts = 0;
  let backoffMs = firstBackoffMs;
  while (rest.length > 0) {
    if (delivery.stopped()) return false;
    const outcome = await attempt(delivery.invoke, trigger.functionName, { Records: rest });
    attempts += 1;
    const failed = failuresOf(outcome, rest.map(sequenceOf), trigger.reportBatchItemFailures);
    const firstFailed = rest.findIndex((record) => failed.has(sequenceOf(record)));
    const handled = rest[firstFailed === -1 ? rest.length - 1 : firstFailed - 1];
    if (handled !== undefined) delivery.advance(sequenceOf(handled));
    if (firstFailed === -1) return true;
    if (firstFailed > 0) {
      // The batch is taken up again at the lowest failure, which has had its first attempt by now.
      rest = rest.slice(firstFailed);
      attempts = 1;
      backoffMs = firstBackoffMs;
    } else if (trigger.bisect && rest.length > 1) {
      // Halving is not an attempt, so the poison is found before anything is given up.
      const half = Math.ceil(rest.length / 2);
      if (!(await deliver(delivery, rest.slice(0, half)))) return false;
      rest = rest.slice(half);
      attempts = 0;
      continue;
    }
    if (trigger.maximumRetryAttempts >= 0 && attempts > trigger.maximumRetryAttempts)
      return giveUp(delivery, rest, attempts, outcome);
    await delivery.wait(backoffMs);
    backoffMs = Math.min(backoffMs * 2, longestBackoffMs);
  }
  return true;
}

/** Says in the failure queue which records are left behind; they are not in it, the stream still has them. */
async function giveUp(
  delivery: Delivery,
  records: readonly StreamRecord[],
  attempts: number,
  outcome: Awaited<ReturnType<Invoke>>,
): Promise<boolean> {
  const { trigger, region, streamArn, shardId, urls } = delivery;
  const first = records.at(0);
  const last = records.at(-1);
  if (first === undefined || last === undefined) return true;
  const queue = trigger.onFailureQueueName;
  const arrived = (record: StreamRecord) => {
    const seconds = record.dynamodb.ApproximateCreationDateTime;
    return seconds === undefined ? undefined : new Date(seconds * 1_000).toISOString();
  };
  const MessageBody = JSON.stringify({
    requestContext: {
      requestId: randomUUID(),
      functionArn: arnOf('AWS::Lambda::Function', trigger.functionName, region),
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: attempts,
    },
    responseContext: {
      statusCode: 200,
      executedVersion: '$LATEST',
      ...(!outcome.ok && { functionError: 'Unhandled' }),
    },
    version: '1.0',
    timestamp: new Date().toISOString(),
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: sequenceOf(first),
      endSequenceNumber: sequenceOf(last),
      approximateArrivalOfFirstRecord: arrived(first),
      approximateArrivalOfLastRecord: arrived(last),
      batchSize: records.length,
      streamArn,
    },
  });
  while (queue !== undefined) {
    // Not until it is in the queue is the record left behind, however long the queue takes.
    if (delivery.stopped()) return false;
    const input = { QueueUrl: queueUrlOf(urls.sqs, queue), MessageBody };
    const sent = await callAws(urls.sqs, 'sqs', 'SendMessage', region, input)
      .then(() => true)
      .catch(() => false);
    if (sent) break;
    await delivery.wait(longestBackoffMs);
  }
  delivery.advance(sequenceOf(last));
  return true;
}
