import type { ImpactSentence } from './parts/alarm.ts';

/** Who tells whom: the whole picture. A stream is the word before the slash of an event's subject. */
export type Subscription = { from: ServiceName; streams: readonly string[]; to: Subscriber };

export const serviceNames = ['screening', 'partners', 'portal'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The services that keep facts, each in its one table; others may read named partitions of it by the table's name. */
export const tableOwners = ['screening', 'partners'] as const satisfies readonly ServiceName[];
export function tableNameOf(service: (typeof tableOwners)[number]): string {
  return `zhirong-${service}`;
}

/** The services that have a work queue. */
export const subscriberNames = ['screening'] as const satisfies readonly ServiceName[];
export type Subscriber = (typeof subscriberNames)[number];

export const subscriptions: readonly Subscription[] = [
  {
    from: 'screening',
    streams: [
      'import',
      'import-chunk',
      'run',
      'run-chunk',
      'impact',
      'impact-chunk',
      'whitelist-version',
      'publication-chunk',
      'facts-purge',
      'delivery',
    ],
    to: 'screening',
  },
];

/** What a user loses while a message lies where nobody works on it. */
export type QueueImpacts = { deadLetter: ImpactSentence; unreadable: ImpactSentence };

export const queueImpacts: Record<Subscriber, QueueImpacts> = {
  screening: {
    deadLetter: '县区名单导入、筛查批次、政策影响试算或白名单发布停在中途：有企业的结果未出，后续步骤等待该消息重放。',
    unreadable: '有一条筛查消息无法读懂，已搁置：它所指的名单行、企业或版本不会继续处理，直到查明并补发。',
  },
};

/** Queue per stream for the relay of one service: `{ run: [url], … }`. */
export function subscribersOf<Queue>(
  from: ServiceName,
  queueOf: (subscriber: Subscriber) => Queue,
): Record<string, Queue[]> {
  const byStream: Record<string, Queue[]> = {};
  for (const subscription of subscriptions.filter((row) => row.from === from)) {
    for (const stream of subscription.streams) (byStream[stream] ??= []).push(queueOf(subscription.to));
  }
  return byStream;
}
