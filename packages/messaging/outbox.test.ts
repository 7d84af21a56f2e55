import { expect, test } from 'vitest';
import { Envelope, streamOf } from './envelope.ts';
import { outboxShards, outboxWrite, readOutboxItem } from './outbox.ts';

const event = {
  pk: 'ENTERPRISE#1',
  service: 'screening',
  subject: 'enterprise/1',
  sequence: 12,
  type: 'consent.granted.v1',
  time: '2026-12-01T00:00:00.000Z',
  data: { uscc: '1' },
};

function itemOf(over: Partial<typeof event> = {}) {
  const write = outboxWrite({ ...event, ...over });
  if (write.kind !== 'put') throw new Error('not a put');
  return write;
}

test('an event lies in its aggregate’s partition, waits in the outbox, and is refused where its number is taken', () => {
  const { item, condition } = itemOf();
  expect(item).toMatchObject({
    pk: 'ENTERPRISE#1',
    sk: 'EVENT#0000000012',
    outboxAt: event.time,
  });
  expect(readOutboxItem(item)).toMatchObject({
    specversion: '1.0',
    source: '/services/screening',
    dataschema: '/services/screening/events/consent.granted.v1',
    data: event.data,
  });
  expect(outboxShards).toContain(item['outboxShard']);
  expect(condition?.expression).toBe('attribute_not_exists(pk)');
  expect(streamOf('run-chunk/r-1')).toBe('run-chunk');
});

test('the message is the envelope and nothing of the item', () => {
  const body: unknown = JSON.parse(String(readOutboxItem(itemOf().item)?.body));
  expect(Envelope.strict().safeParse(body).success).toBe(true);
});

test.each([
  ['no event', { event: undefined }],
  ['a text that is not JSON', { event: '{' }],
  ['a message that is no event', { event: '{"specversion":"1.0"}' }],
])('an item with %s cannot be read', (_case, over) => {
  expect(readOutboxItem({ ...itemOf().item, ...over })).toBeUndefined();
});

test('the same place has the same id, another place another', () => {
  const id = (over: Partial<typeof event> = {}) => readOutboxItem(itemOf(over).item)?.id;
  expect(id()).toBe(id({ time: '2027-01-01T00:00:00.000Z' }));
  const others = [id(), id({ sequence: 13 }), id({ subject: 'enterprise/2' }), id({ service: 'fund' })];
  expect(new Set(others).size).toBe(4);
});

test.each([
  ['no stream', { subject: '1' }],
  ['a subject that SQS takes for no group', { subject: `enterprise/${'企'.repeat(3)}` }],
  ['a subject too long for a group', { subject: `enterprise/${'1'.repeat(128)}` }],
  ['no version', { type: 'consent.granted' }],
  ['a number out of order', { sequence: 0 }],
  ['a time without milliseconds', { time: '2026-12-01T00:00:00Z' }],
  ['a load that belongs in a file', { data: { uscc: 'x'.repeat(30_000) } }],
])('an event with %s is a bug', (_case, over) => {
  expect(() => itemOf(over)).toThrow();
});
