import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTable, type TestTable } from '../../test/support/table.ts';
import { outboxWrite, readOutboxItem } from './outbox.ts';
import { relay } from './relay.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

test('events without a subscriber are marked, named twice or not; one that is gone is neither missed nor made anew', async () => {
  const { table } = started;
  const events = Array.from({ length: 60 }, (_, place) =>
    outboxWrite({
      pk: `ENTERPRISE#${place}`,
      service: 'screening',
      subject: `enterprise/${place}`,
      sequence: 1,
      type: 'consent.granted.v1',
      time: '2026-12-01T00:00:00.000Z',
      data: {},
    }),
  );
  await table.transact(events);
  const keys = events.map((_event, place) => ({ pk: `ENTERPRISE#${place}`, sk: 'EVENT#0000000001' }));
  await table.transact([{ kind: 'delete', key: keys[7]! }]);

  const items = events.flatMap((event) => (event.kind === 'put' && readOutboxItem(event.item)) || []);
  const sqs = new SQSClient({ region: 'us-east-1' });
  const now = () => new Date('2026-12-01T00:00:01.000Z');
  const unrelayed = await relay({ table, sqs, subscribers: {}, now }, [...items, items[3]!]);

  expect(unrelayed.size).toBe(0);
  const stored = await table.getMany(keys);
  expect(stored).toHaveLength(59);
  for (const item of stored) {
    expect(item['relayedAt']).toBe('2026-12-01T00:00:01.000Z');
    expect(item).not.toHaveProperty('outboxShard');
  }
});
