import type { ImpactSentence } from './parts/alarm.ts';

/** Who tells whom: the whole picture. A stream is the word before the slash of an event's subject. */
export type Subscription = { from: ServiceName; streams: readonly string[]; to: Subscriber };

export const serviceNames = ['screening', 'partners', 'fund', 'lending', 'portal'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The services that keep facts, each in its one table; others may read named partitions of it by the table's name. */
export const tableOwners = ['screening', 'partners', 'fund', 'lending'] as const satisfies readonly ServiceName[];
export function tableNameOf(service: (typeof tableOwners)[number]): string {
  return `zhirong-${service}`;
}

/** Who has a work queue: services, and the sender of webhooks, which waits for others and must not keep them waiting. */
export const subscriberNames = ['screening', 'partners', 'lending', 'fund', 'webhooks'] as const;
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
  { from: 'screening', streams: ['whitelist-entry'], to: 'partners' },
  { from: 'partners', streams: ['partner', 'webhook'], to: 'partners' },
  { from: 'screening', streams: ['whitelist-entry', 'enterprise'], to: 'lending' },
  { from: 'fund', streams: ['fund-programme', 'cover', 'claim'], to: 'lending' },
  { from: 'lending', streams: ['loan'], to: 'partners' },
  { from: 'lending', streams: ['loan'], to: 'fund' },
  { from: 'fund', streams: ['cover', 'claim', 'claim-reminder'], to: 'partners' },
  { from: 'fund', streams: ['claim'], to: 'fund' },
];

/** What a user loses while a message lies where nobody works on it. */
export type QueueImpacts = { deadLetter: ImpactSentence; unreadable: ImpactSentence };

export const queueImpacts: Record<Subscriber, QueueImpacts> = {
  screening: {
    deadLetter: '县区名单导入、筛查批次、政策影响试算或白名单发布停在中途：有企业的结果未出，后续步骤等待该消息重放。',
    unreadable: '有一条筛查消息无法读懂，已搁置：它所指的名单行、企业或版本不会继续处理，直到查明并补发。',
  },
  partners: {
    deadLetter: '机构通知停在中途：有机构的回调与对账单缺少该事件及其后续，等待该消息重放。',
    unreadable: '有一条机构通知无法读懂，已搁置：相应机构收不到它，对账单也缺这一笔，直到查明并补发。',
  },
  lending: {
    deadLetter: '贷款的登记册停在中途：有企业的名单变化、基金方案或分担答复没有落到备案上，后续事件等待该消息重放。',
    unreadable: '有一条贷款消息无法读懂，已搁置：它所指的企业、方案或贷款停在原状，直到查明并补发。',
  },
  fund: {
    deadLetter:
      '贷款的分担停在中途：有备案等不到纳入或不予纳入的答复，或已还本金占用的额度没有释放，后续月报等待该消息重放。',
    unreadable: '有一条贷款消息基金无法读懂，已搁置：它所指的贷款停在原状，其后的登记、月报都在等它，直到查明并补发。',
  },
  webhooks: {
    deadLetter: '有回调反复无法投递：消息仍在库中，由每分钟的补投重试，但请查明发送函数为何失败。',
    unreadable: '有一条投递唤醒无法读懂，已搁置：相应的回调由每分钟的补投送出，不会丢失。',
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
