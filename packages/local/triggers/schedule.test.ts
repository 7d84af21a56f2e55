import { expect, onTestFinished, test, vi } from 'vitest';
import type { Invoke, ScheduleSpec } from '../deployment.ts';
import { readExpression } from './schedule-expression.ts';
import { startSchedules } from './schedule.ts';

const since = new Date('2026-01-01T00:00:00Z');

test.each([
  ['rate(5 minutes)', 'UTC', '2026-01-01T00:00:00Z', '2026-01-01T00:05:00Z'],
  ['rate(5 minutes)', 'UTC', '2026-01-01T00:12:30Z', '2026-01-01T00:15:00Z'],
  ['rate(1 day)', 'UTC', '2026-01-03T00:00:00Z', '2026-01-04T00:00:00Z'],
  ['cron(0 2 * * ? *)', 'Asia/Shanghai', '2026-01-01T17:59:59Z', '2026-01-01T18:00:00Z'],
  ['cron(0 2 * * ? *)', 'Asia/Shanghai', '2026-01-01T18:00:00Z', '2026-01-02T18:00:00Z'],
  ['cron(30 0 * * ? *)', 'Asia/Shanghai', '2026-01-01T00:00:00Z', '2026-01-01T16:30:00Z'],
  ['cron(0/15 9-10 ? * MON-FRI *)', 'UTC', '2026-01-02T10:45:00Z', '2026-01-05T09:00:00Z'],
  ['cron(0 8 1 JAN,JUL ? *)', 'UTC', '2026-01-02T00:00:00Z', '2026-07-01T08:00:00Z'],
  ['cron(0 0 L * ? *)', 'UTC', '2028-02-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['cron(0 0 ? * 6L *)', 'UTC', '2026-01-01T00:00:00Z', '2026-01-30T00:00:00Z'],
  ['cron(0 0 ? * 2#1 *)', 'UTC', '2026-01-06T00:00:00Z', '2026-02-02T00:00:00Z'],
  ['cron(0 0 29 2 ? *)', 'UTC', '2026-01-01T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['cron(0 0 1 1 ? 2025)', 'UTC', '2026-01-01T00:00:00Z', undefined],
  ['cron(30 2 29 3 ? 2026)', 'Europe/Berlin', '2026-01-01T00:00:00Z', undefined],
  ['cron(30 3 29 3 ? 2026)', 'Europe/Berlin', '2026-01-01T00:00:00Z', '2026-03-29T01:30:00Z'],
  ['at(2026-12-01T08:00:00)', 'Asia/Shanghai', '2026-01-01T00:00:00Z', '2026-12-01T00:00:00Z'],
  ['at(2025-12-01T08:00:00)', 'Asia/Shanghai', '2026-01-01T00:00:00Z', undefined],
])('%s in %s after %s is %s', (expression, timezone, after, expected) => {
  const next = readExpression(expression, timezone)(new Date(after), since);
  expect(next).toEqual(expected === undefined ? undefined : new Date(expected));
});

test.each([
  'rate(0 minutes)',
  'rate(5 weeks)',
  'cron(0 2 * * *)',
  'cron(0 2 1 * 2 *)',
  'cron(0 2 15W * ? *)',
  'cron(60 2 * * ? *)',
  'daily',
])('%s is refused', (expression) => {
  expect(() => readExpression(expression, 'UTC')).toThrow();
});

const daily: ScheduleSpec = {
  name: 'screening-daily',
  functionName: 'daily',
  expression: 'cron(0 2 * * ? *)',
  timezone: 'Asia/Shanghai',
  input: '{"at":"<aws.scheduler.scheduled-time>","action":"sweep"}',
};

function schedules(invoke: Invoke, options: { now?: () => Date } = {}) {
  const running = startSchedules({ schedules: [daily], region: 'cn-north-1', invoke, backoffMs: 1, ...options });
  onTestFinished(() => running.stop());
  return running;
}

test('fired by hand, it passes the event time it is given', async () => {
  const calls: unknown[] = [];
  const running = schedules(async (...call) => (calls.push(call), { ok: true, payload: null }));
  expect(await running.fire('screening-daily', new Date('2026-12-01T00:00:00.000Z'))).toMatchObject({ ok: true });
  expect(calls).toEqual([['daily', { at: '2026-12-01T00:00:00Z', action: 'sweep' }]]);
  expect(running.fire('unknown', since)).toBeUndefined();
});

test('a failed invocation is tried again, a few times, and is pending until then', async () => {
  let calls = 0;
  const running = schedules(async () => ((calls += 1), { ok: false, errorType: 'Error', errorMessage: 'no' }));
  const outcome = running.fire('screening-daily', since);
  expect(await running.pending()).toBe(1);
  expect(await outcome).toMatchObject({ ok: false });
  expect([calls, await running.pending()]).toEqual([3, 0]);
});

test('it fires by itself when it is due, once, with the time it was due', async () => {
  vi.useFakeTimers({ now: new Date('2026-01-01T17:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  const events: unknown[] = [];
  const running = schedules(async (_name, event) => (events.push(event), { ok: true, payload: null }));
  await vi.advanceTimersByTimeAsync(2 * 60 * 60_000);
  expect(events).toEqual([{ at: '2026-01-01T18:00:00Z', action: 'sweep' }]);
  await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
  expect(events).toHaveLength(2);
  await running.stop();
});
