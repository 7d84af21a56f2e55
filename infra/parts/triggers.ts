import { Duration, type Stack } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  EventSourceMapping,
  FilterCriteria,
  type Function as LambdaFunction,
  StartingPosition,
} from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { acknowledge } from './acknowledge.ts';
import { alarm, type ImpactSentence } from './alarm.ts';
import { consume } from './permissions.ts';

/** Ten messages is the most a FIFO batch holds. Failed ones come back alone; the queue keeps the order of each group. */
export function feedFromQueue(worker: LambdaFunction, queue: Queue, maxConcurrency: number): void {
  worker.addToRolePolicy(consume(queue));
  const mapping = new EventSourceMapping(worker, 'FromQueue', {
    target: worker,
    eventSourceArn: queue.queueArn,
    batchSize: 10,
    reportBatchItemFailures: true,
    maxConcurrency,
  });
  acknowledge(mapping, {
    'Serverless-LambdaEventSourceMappingDestination':
      'A queue’s failed messages go to its dead-letter queue; destinations are for streams.',
  });
}

/**
 * Wakes a function for each new item whose sort key begins with one of `prefixes`, in the order of the item's partition. A
 * record that fails is tried again until `giveUpAfter`, or until it leaves the stream (24 h); the alarm goes off long before.
 */
export function feedFromStream(
  target: LambdaFunction,
  table: Table,
  props: {
    prefixes: readonly string[];
    /** Partitions of which it is to see everything, also what is changed and deleted. */
    watched?: string;
    giveUpAfter?: Duration;
    alarmName: string;
    impact: ImpactSentence;
    topic: ITopic;
    reason: string;
  },
): void {
  const streamArn = table.tableStreamArn;
  if (streamArn === undefined) throw new Error(`${table.node.path} has no stream`);
  target.addToRolePolicy(
    new PolicyStatement({
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator', 'dynamodb:ListStreams'],
      resources: [streamArn],
    }),
  );
  const mapping = new EventSourceMapping(target, 'FromStream', {
    target,
    eventSourceArn: streamArn,
    startingPosition: StartingPosition.TRIM_HORIZON,
    batchSize: 100,
    bisectBatchOnError: true,
    reportBatchItemFailures: true,
    retryAttempts: -1,
    ...(props.giveUpAfter !== undefined && { maxRecordAge: props.giveUpAfter }),
    filters: [
      FilterCriteria.filter({
        eventName: ['INSERT'],
        dynamodb: { Keys: { sk: { S: props.prefixes.map((prefix) => ({ prefix })) } } },
      }),
      ...(props.watched === undefined
        ? []
        : [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: [{ prefix: props.watched }] } } } })]),
    ],
  });
  acknowledge(mapping, { 'Serverless-LambdaEventSourceMappingDestination': props.reason });
  alarm(target, 'Behind', {
    name: props.alarmName,
    metric: target.metric('IteratorAge', { period: Duration.minutes(5), statistic: 'Maximum' }),
    above: Duration.minutes(5).toMilliseconds(),
    impact: props.impact,
    topic: props.topic,
  });
}

/** The moment for which EventBridge Scheduler fires, filled in by it: work takes its date from here, never from a clock. */
const scheduledTime = '<aws.scheduler.scheduled-time>';

/** Invokes a function at set times, Shanghai's, with `at` and the constant input; its failure has an alarm. */
export function schedule(
  stack: Stack,
  target: LambdaFunction,
  props: { name: string; expression: string; input?: Record<string, string>; impact: ImpactSentence; topic: ITopic },
): void {
  const role = new Role(target, 'ScheduleRole', {
    assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  });
  role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }));
  const made = new CfnSchedule(target, 'Schedule', {
    name: props.name,
    scheduleExpression: props.expression,
    scheduleExpressionTimezone: 'Asia/Shanghai',
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: target.functionArn,
      roleArn: role.roleArn,
      input: JSON.stringify({ at: scheduledTime, ...props.input }),
    },
  });
  // The first firing may come at once: the role must be able to invoke by then.
  made.node.addDependency(role);
  alarm(target, 'Failed', {
    name: `zhirong-${props.name}-failed`,
    metric: target.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: 0,
    impact: props.impact,
    topic: props.topic,
  });
}
