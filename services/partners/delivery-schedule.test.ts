import fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs, waitAfter } from './delivery-schedule.ts';
import { deliveryPolicy } from './policy.ts';
import { afterFailure, type Health, isHopeless } from './webhook-health.ts';

const now = new Date('2026-11-23T04:00:00.000Z');
const day = 24 * 3_600_000;

test('the whole schedule is 75.6 hours, each wait at most a tenth off', () => {
  const tries = deliveryPolicy.waitsMs.map((_wait, place) => place + 1);
  const total = (random: number) => tries.reduce((sum, count) => sum + (waitAfter(count, 0, random) ?? 0), 0);
  expect(total(0.5) / 3_600_000).toBeCloseTo(75.585, 2);
  expect(total(0) / total(0.5)).toBeCloseTo(0.9, 6);
  expect(total(1) / total(0.5)).toBeCloseTo(1.1, 6);
  expect(waitAfter(deliveryPolicy.waitsMs.length, 0, 0.5)).toBeUndefined();
});

test('what a receiver asks for counts where it is longer', () => {
  expect(waitAfter(1, 60_000, 0.5)).toBe(60_000);
  expect(waitAfter(3, 60_000, 0.5)).toBe(30 * 60_000);
});

test('Retry-After is seconds or an HTTP date, a day at the most, and anything else is not said', () => {
  expect(retryAfterMs('120', now)).toBe(120_000);
  expect(retryAfterMs('Mon, 23 Nov 2026 05:00:00 GMT', now)).toBe(3_600_000);
  expect(retryAfterMs('Sun, 22 Nov 2026 05:00:00 GMT', now)).toBe(0);
  expect(retryAfterMs('999999999', now)).toBe(day);
  for (const text of [undefined, '', '-5', '1e3', '2026-11-24', 'tomorrow', 'Mon, 99 Nov 2026 05:00:00 GMT']) {
    expect(retryAfterMs(text, now)).toBe(0);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      const wait = retryAfterMs(text, now);
      expect(wait >= 0 && wait <= day).toBe(true);
    }),
  );
});

test('an address rests from its fifth failure on, twice as long each time up to the longest', () => {
  const rests: number[] = [];
  let health: Health | undefined;
  for (let count = 0; count < 12; count += 1) {
    health = afterFailure(health, now);
    rests.push(health.restUntil === undefined ? 0 : (Date.parse(health.restUntil) - now.getTime()) / 60_000);
  }
  expect(rests).toEqual([0, 0, 0, 0, 1, 2, 4, 8, 15, 15, 15, 15]);
  expect(health?.failingSince).toBe(now.toISOString());
});

test('an address is hopeless five days after its first failure, not earlier', () => {
  const health = afterFailure(undefined, now);
  expect(isHopeless(health, new Date(now.getTime() + 5 * day - 1))).toBe(false);
  expect(isHopeless(health, new Date(now.getTime() + 5 * day))).toBe(true);
});
