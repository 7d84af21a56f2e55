import { expect, test } from 'vitest';
import type { EventTypes } from '#packages/contract';
import { eventTypes as screening } from '#services/screening/contract';
import { eventTypes as lending } from '#services/lending/contract';
import { eventTypes as fund } from '#services/fund/contract';
import { eventTypes as partners } from '#services/partners/contract';
import { type ServiceName, serviceNames, subscriberNames, subscribersOf, subscriptions } from './subscriptions.ts';

const eventsOf: Record<ServiceName, EventTypes> = { screening, partners, fund, lending, portal: {} };

test('subscriptions name services that exist and streams that they tell', () => {
  for (const { from, streams, to } of subscriptions) {
    expect(serviceNames).toContain(from);
    expect(subscriberNames).toContain(to);
    const told = new Set(Object.values(eventsOf[from]).map(({ stream }) => stream));
    for (const stream of streams) expect(told).toContain(stream);
    expect(new Set(streams).size).toBe(streams.length);
  }
});

test('a pair of services has one row', () => {
  const pairs = subscriptions.map(({ from, to }) => `${from} ${to}`);
  expect(new Set(pairs).size).toBe(pairs.length);
});

test('the relay of a service gets the queues of each stream', () => {
  const queues = subscribersOf('screening', (subscriber) => `queue of ${subscriber}`);
  expect(queues['run-chunk']).toEqual(['queue of screening']);
  expect(queues['whitelist-entry']).toEqual(['queue of partners', 'queue of lending']);
  expect(queues['enterprise']).toEqual(['queue of lending']);
  expect(subscribersOf('lending', (subscriber) => subscriber)['loan']).toEqual(['partners', 'fund']);
  expect(subscribersOf('portal', (subscriber) => subscriber)).toEqual({});
});
