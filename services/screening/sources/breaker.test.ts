import { expect, test } from 'vitest';
import { type Admission, type BreakerState, createBreaker } from './breaker.ts';

const limits = { failures: 3, openMs: 5_000 };
const start = Date.parse('2026-11-23T04:00:00.000Z');
const instant = (milliseconds: number) => new Date(start + milliseconds).toISOString();

function atClock(stored?: BreakerState, askedAt?: string) {
  const clock = { now: start };
  return { clock, breaker: createBreaker(limits, () => new Date(clock.now), { stored, askedAt }) };
}

type End = 'worked' | 'failed' | 'abandoned';

/** Asks, and ends the request that way where it was admitted. */
async function request({ breaker }: ReturnType<typeof atClock>, end: End): Promise<boolean> {
  const admission = await breaker.admit();
  admission?.[end]();
  return admission !== undefined;
}

async function opened() {
  const world = atClock();
  for (let count = 0; count < 3; count += 1) await request(world, 'failed');
  return world;
}

async function admitted({ breaker }: ReturnType<typeof atClock>): Promise<Admission> {
  const admission = await breaker.admit();
  if (admission === undefined) throw new Error('it was refused');
  return admission;
}

test('three failures in a row open it, two and an answer do not', async () => {
  const world = atClock();
  for (const end of ['failed', 'failed', 'worked', 'failed', 'failed', 'abandoned'] as const) await request(world, end);
  expect(world.breaker.state()).toEqual({ failures: 2 });
  expect(await request(world, 'failed')).toBe(true);
  expect(world.breaker.state()).toEqual({ failures: 3, openedAt: instant(0) });
  expect(await request(world, 'worked')).toBe(false);
});

test('after its time one probe goes, and the others wait for what it finds', async () => {
  for (const end of ['worked', 'failed'] as const) {
    const world = await opened();
    world.clock.now += 4_999;
    expect(await request(world, 'worked')).toBe(false);
    world.clock.now += 1;
    const probe = await admitted(world);
    const others = [request(world, 'worked'), request(world, 'worked')];
    probe[end]();
    expect(await Promise.all(others)).toEqual([end === 'worked', end === 'worked']);
    expect(await request(world, 'worked')).toBe(end === 'worked');
  }
});

test('a probe that fails opens it for as long again', async () => {
  const world = await opened();
  world.clock.now += 5_000;
  await request(world, 'failed');
  expect(world.breaker.state()).toEqual({ failures: 4, openedAt: instant(5_000) });
  world.clock.now += 4_999;
  expect(await request(world, 'worked')).toBe(false);
  world.clock.now += 1;
  expect(await request(world, 'worked')).toBe(true);
});

test('where a probe is given up the next of those who wait becomes the probe', async () => {
  const world = await opened();
  world.clock.now += 5_000;
  const probe = await admitted(world);
  const [next, last] = [admitted(world), request(world, 'worked')];
  probe.abandoned();
  const second = await next;
  expect(second.lapsed()).toBe(false);
  // The first one has nothing more to say.
  probe.failed();
  second.worked();
  expect(await last).toBe(true);
});

test('a probe that nobody waits for and that is given up lets another one through', async () => {
  const world = await opened();
  world.clock.now += 5_000;
  await request(world, 'abandoned');
  expect(await request(world, 'worked')).toBe(true);
});

test('what was sent before it opened neither puts the probe off nor ends it, but may close it', async () => {
  const world = atClock();
  const early = await Promise.all([1, 2, 3, 4, 5, 6].map(() => admitted(world)));
  early.slice(0, 3).forEach((admission) => admission.failed());
  expect(early[3]?.lapsed()).toBe(true);
  world.clock.now += 5_000;
  const probe = await admitted(world);
  early[3]?.failed();
  early[4]?.abandoned();
  expect(world.breaker.state().openedAt).toBe(instant(0));
  const other = request(world, 'worked');
  early[5]?.worked();
  expect(await other).toBe(true);
  expect(probe.lapsed()).toBe(false);
  probe.failed();
  expect(world.breaker.state()).toEqual({ failures: 1 });
});

test('work that was begun after it opened probes at once, and is refused when that fails', async () => {
  const world = atClock({ failures: 3, openedAt: instant(-1_000) }, instant(-500));
  const probe = await admitted(world);
  const other = request(world, 'worked');
  probe.failed();
  expect(await other).toBe(false);
  expect(world.breaker.state().openedAt).toBe(instant(0));
  expect(await request(world, 'worked')).toBe(false);
  expect(await request(atClock({ failures: 3, openedAt: instant(-1_000) }, instant(-1_000)), 'worked')).toBe(false);
});

test.each([
  ['by an hour', 3_600_000],
  ['a little', 1],
])('a clock that was set back %s does not keep it open', async (_case, milliseconds) => {
  const world = await opened();
  world.clock.now -= milliseconds;
  expect(await request(world, 'failed')).toBe(true);
  expect(world.breaker.state().openedAt).toBe(instant(-milliseconds));
});

test('it tells of transitions only, each once', async () => {
  const world = atClock();
  expect(world.breaker.transition()).toBeUndefined();
  await request(world, 'failed');
  expect(world.breaker.transition()).toBeUndefined();
  await request(world, 'failed');
  await request(world, 'failed');
  expect(world.breaker.transition()).toEqual({ failures: 3, openedAt: instant(0) });
  expect(world.breaker.transition()).toBeUndefined();
  world.clock.now += 5_000;
  await request(world, 'failed');
  expect(world.breaker.transition()).toEqual({ failures: 4, openedAt: instant(5_000) });
  world.clock.now += 5_000;
  await request(world, 'worked');
  expect(world.breaker.transition()).toEqual({ failures: 0 });
  const taken = atClock({ failures: 3, openedAt: instant(0) });
  expect(taken.breaker.transition()).toBeUndefined();
});
