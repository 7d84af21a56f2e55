import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';

function atClock() {
  const clock = { now: 1_000_000 };
  return { clock, breaker: createBreaker({ failures: 3, openMs: 5_000 }, () => clock.now) };
}

function openBreaker() {
  const { clock, breaker } = atClock();
  for (let count = 0; count < 3; count += 1) breaker.failed();
  return { clock, breaker };
}

test('three failures in a row open it, two and an answer do not', () => {
  const { breaker } = atClock();
  breaker.failed();
  breaker.failed();
  breaker.worked();
  breaker.failed();
  breaker.failed();
  expect(breaker.admits()).toBe(true);
  breaker.failed();
  expect(breaker.admits()).toBe(false);
});

test('an open one admits a single probe after its time', () => {
  const { clock, breaker } = openBreaker();
  clock.now += 4_999;
  expect(breaker.admits()).toBe(false);
  clock.now += 1;
  expect([breaker.admits(), breaker.admits()]).toEqual([true, false]);
});

test('a probe that works closes it, one that fails opens it for as long again', () => {
  const { clock, breaker } = openBreaker();
  clock.now += 5_000;
  breaker.admits();
  breaker.failed();
  clock.now += 4_999;
  expect(breaker.admits()).toBe(false);
  clock.now += 1;
  expect(breaker.admits()).toBe(true);
  breaker.worked();
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
});

test('a probe that its caller gave up lets another one through', () => {
  const { clock, breaker } = openBreaker();
  clock.now += 5_000;
  breaker.admits();
  breaker.abandoned();
  expect(breaker.admits()).toBe(true);
});

test('a clock that was set back does not keep it open', () => {
  const { clock, breaker } = openBreaker();
  clock.now -= 3_600_000;
  expect(breaker.admits()).toBe(true);
});
