import { Duration, type Stack } from 'aws-cdk-lib/core';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { DeduplicationScope, FifoThroughputLimit, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Environment } from '../environments.ts';
import type { QueueImpacts } from '../subscriptions.ts';
import { acknowledge } from './acknowledge.ts';
import { alarm } from './alarm.ts';

/** The queues of one service: what it works on, what it could not do, what it could not read. */
export type ServiceQueues = { work: Queue; deadLetters: Queue; unreadable: Queue };

/** The longest that SQS keeps a message: time for people to mend what is broken. */
const retentionPeriod = Duration.days(14);

/**
 * The FIFO work queue of a service. There is no way to declare one without its dead-letter queue, its unreadable
 * queue, an alarm on each and the sentence that says what users lose.
 */
export function serviceQueues(
  stack: Stack,
  props: {
    service: string;
    impacts: QueueImpacts;
    environment: Environment;
    key: IKey;
    alarms: ITopic;
    visibilitySeconds: number;
  },
): ServiceQueues {
  const { service, environment, impacts, alarms: topic } = props;
  const id = service.charAt(0).toUpperCase() + service.slice(1);
  const safe = { encryption: QueueEncryption.KMS, encryptionMasterKey: props.key, enforceSSL: true, retentionPeriod };
  // Groups are aggregates: ordered one by one, deduplicated and throttled each for itself.
  const fifo = {
    ...safe,
    fifo: true,
    contentBasedDeduplication: false,
    deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
    fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
  };

  const deadLetters = new Queue(stack, `${id}WorkDeadLetters`, {
    ...fifo,
    queueName: `zhirong-${service}-work-dlq.fifo`,
  });
  const work = new Queue(stack, `${id}Work`, {
    ...fifo,
    queueName: `zhirong-${service}-work.fifo`,
    visibilityTimeout: Duration.seconds(props.visibilitySeconds),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: environment.workQueue.maxReceiveCount },
  });
  const unreadable = new Queue(stack, `${id}Unreadable`, { ...safe, queueName: `zhirong-${service}-unreadable` });
  const last =
    'The last stop itself: nothing consumes it but a person or the redrive command, and an alarm watches it.';
  acknowledge(deadLetters, { 'AwsSolutions-SQS3': last, 'Serverless-SQSRedrivePolicy': last });
  acknowledge(unreadable, { 'AwsSolutions-SQS3': last, 'Serverless-SQSRedrivePolicy': last });

  const stops = [
    { queue: deadLetters, name: `zhirong-${service}-work-dlq`, impact: impacts.deadLetter },
    { queue: unreadable, name: `zhirong-${service}-unreadable`, impact: impacts.unreadable },
  ];
  for (const { queue, name, impact } of stops) {
    const metric = queue.metricApproximateNumberOfMessagesVisible({
      period: Duration.minutes(1),
      statistic: 'Maximum',
    });
    alarm(stack, `${queue.node.id}Alarm`, { name, metric, above: 0, impact, topic });
  }
  return { work, deadLetters, unreadable };
}
