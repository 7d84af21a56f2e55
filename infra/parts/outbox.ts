import { Duration } from 'aws-cdk-lib/core';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type Subscriber, subscribersOf } from '../subscriptions.ts';
import { alarm, type ImpactSentence } from './alarm.ts';
import * as may from './permissions.ts';
import { addFunction, type Service } from './service.ts';
import { feedFromStream, schedule } from './triggers.ts';

export type OutboxImpacts = { relayBehind: ImpactSentence; sweepFailed: ImpactSentence; stuck: ImpactSentence };

const sweepEvery = Duration.minutes(5);
const stuckAfter = Duration.minutes(20);

/** What the relay does besides, for items of other kinds: a stream should not have many readers. */
export type RelaysBesides = { prefix: string; variables: Record<string, string>; permissions: PolicyStatement[] };

/** How a service tells the others: the relay at once, the sweep for what the relay missed, the replay by command. */
export function addOutbox(service: Service, impacts: OutboxImpacts, besides?: RelaysBesides): void {
  const { name, stack, table, foundation } = service;
  const topic = foundation.alarms;
  const used = new Set<Subscriber>();
  const byStream = subscribersOf(name, (subscriber) => {
    used.add(subscriber);
    return foundation.queues[subscriber].work.queueUrl;
  });
  const queues = [...used].map((subscriber) => foundation.queues[subscriber].work);
  const variables = { SUBSCRIBERS: stack.toJsonString(byStream) };
  const send = queues.length > 0 ? [may.sendTo(...queues)] : [];

  const relay = addFunction(service, 'relay', {
    trigger: 'stream',
    memoryMb: 512,
    variables: { ...variables, ...besides?.variables },
    permissions: [may.updateTable(table), ...send, ...(besides?.permissions ?? [])],
  });
  feedFromStream(relay, table, {
    prefixes: ['EVENT#', ...(besides === undefined ? [] : [besides.prefix])],
    // By then the sweep has sent it a dozen times over; a record that cannot be sent must not hold up the others.
    giveUpAfter: Duration.hours(1),
    reason: 'What the relay gives up stays in the outbox until it is marked: the sweep sends it within five minutes.',
    alarmName: `zhirong-${name}-relay-behind`,
    impact: impacts.relayBehind,
    topic,
  });

  const outbox = addFunction(service, 'outbox', {
    trigger: 'schedule',
    memoryMb: 512,
    variables,
    permissions: [may.queryIndex(table, 'outbox'), may.scanTable(table), may.updateTable(table), ...send],
  });
  schedule(stack, outbox, {
    name: `${name}-outbox-sweep`,
    expression: `rate(${sweepEvery.toMinutes()} minutes)`,
    input: { action: 'sweep' },
    impact: impacts.sweepFailed,
    topic,
  });
  alarm(outbox, 'Stuck', {
    name: `zhirong-${name}-outbox-stuck`,
    metric: new Metric({
      namespace: 'Zhirong',
      metricName: 'OutboxOldestSeconds',
      dimensionsMap: { service: name },
      statistic: 'Maximum',
      period: sweepEvery,
    }),
    above: stuckAfter.toSeconds(),
    impact: impacts.stuck,
    topic,
  });
}
