import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Admission, BreakerState, createBreaker } from './breaker.ts';

const limits = { failures: 3, openMs: 5_000 };
const ends = ['worked', 'failed', 'abandoned'] as const;
type End = (typeof ends)[number];

/** What may happen to a breaker, in any order. A restart loses all requests, but not what was stored. */
type Step =
  | { do: 'ask' }
  | { do: 'end'; which: number; end: End }
  | { do: 'pass'; milliseconds: number }
  | { do: 'restart'; begunAnew: boolean };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.constant<Step>({ do: 'ask' }) },
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('end' as const),
        which: fc.nat(20),
        end: fc.constantFrom<End>('failed', 'failed', 'failed', 'worked', 'abandoned'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('pass' as const),
        milliseconds: fc.constantFrom(1, 2_500, 4_999, 5_000, 60_000, -1, -3_600_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), begunAnew: fc.boolean() }) },
  ),
  { maxLength: 60 },
);

type Asked = { said: 'waits' | 'refused' | Admission };

/** The breaker with all who asked it, beside a model of what it should say: who is refused, goes, probes or waits. */
function beside() {
  const clock = { now: Date.parse('2026-11-23T04:00:00.000Z') };
  const make = (stored?: BreakerState, askedAt?: string) =>
    createBreaker(limits, () => new Date(clock.now), { stored, askedAt });
  let breaker = make();
  let asked: Asked[] = [];

  let [failures, probing] = [0, undefined as Asked | undefined];
  let openedAt: number | undefined;
  let begunAt: number | undefined;
  let line: Asked[] = [];

  const settle = async () => {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  };
  const inFlight = () => asked.filter(({ said }) => typeof said === 'object');

  async function ask(): Promise<Asked> {
    const one: Asked = { said: 'waits' };
    asked.push(one);
    void breaker.admit().then((admission) => (one.said = admission ?? 'refused'));
    await settle();
    const elapsed = clock.now - (openedAt ?? 0);
    const mayProbe = elapsed < 0 || elapsed >= limits.openMs || (begunAt ?? -Infinity) > (openedAt ?? 0);
    if (openedAt === undefined) expect(typeof one.said).toBe('object');
    else if (probing !== undefined) {
      expect(one.said).toBe('waits');
      line.push(one);
    } else if (mayProbe) {
      expect(typeof one.said).toBe('object');
      probing = one;
    } else expect(one.said).toBe('refused');
    return one;
  }

  async function end(one: Asked, how: End): Promise<void> {
    if (typeof one.said !== 'object') return;
    const wasProbe = one === probing;
    expect(one.said.lapsed()).toBe(openedAt !== undefined && !wasProbe);
    one.said[how]();
    asked = asked.filter((other) => other !== one);
    await settle();
    const waiting = line;
    if (how === 'worked') {
      [failures, openedAt, probing, line] = [0, undefined, undefined, []];
      for (const other of waiting) expect(typeof other.said).toBe('object');
    } else if (how === 'failed' && (openedAt === undefined || wasProbe)) {
      failures += 1;
      if (wasProbe || failures >= limits.failures) openedAt = clock.now;
      if (wasProbe) [probing, line] = [undefined, []];
      for (const other of wasProbe ? waiting : []) expect(other.said).toBe('refused');
    } else if (how === 'abandoned' && wasProbe) {
      [probing, ...line] = waiting;
      if (probing !== undefined) expect(typeof probing.said).toBe('object');
    }
    for (const other of line) expect(other.said).toBe('waits');
  }

  async function take(step: Step): Promise<void> {
    if (step.do === 'ask') await ask();
    else if (step.do === 'pass') clock.now += step.milliseconds;
    else if (step.do === 'end') {
      const open = inFlight();
      const one = open[step.which % Math.max(1, open.length)];
      if (one !== undefined) await end(one, step.end);
    } else {
      begunAt = step.begunAnew ? clock.now : undefined;
      const stored = BreakerState.parse(JSON.parse(JSON.stringify(breaker.state())));
      breaker = make(stored, begunAt === undefined ? undefined : new Date(begunAt).toISOString());
      [asked, probing, line] = [[], undefined, []];
    }
    const expected = { failures, ...(openedAt !== undefined && { openedAt: new Date(openedAt).toISOString() }) };
    expect(breaker.state()).toEqual(expected);
  }

  /** Ends all that is under way; those who waited for it are then under way themselves. */
  async function endAll(how: End): Promise<void> {
    for (let one = inFlight()[0]; one !== undefined; one = inFlight()[0]) await end(one, how);
  }

  return { clock, breaker: () => breaker, asked: () => asked, ask, end, endAll, take };
}

test('it says what the model says, whatever happens, and nobody waits once all requests have ended', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.constantFrom(...ends), async (happens, how) => {
      const world = beside();
      for (const step of happens) await world.take(step);
      await world.endAll(how);
      expect(world.asked().filter(({ said }) => said === 'waits')).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

test('whatever happened, a source that is well again is found within the time it is left alone', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happens) => {
      const world = beside();
      for (const step of happens) await world.take(step);
      // What is still under way comes to nothing; from now on the source answers.
      await world.endAll('failed');
      // The time counts from when it was opened, which a clock set back since may not have reached again.
      world.clock.now =
        Math.max(world.clock.now, Date.parse(world.breaker().state().openedAt ?? '') || 0) + limits.openMs;
      const [probe, other] = [await world.ask(), await world.ask()];
      await world.end(probe, 'worked');
      expect(typeof other.said).toBe('object');
      expect(world.breaker().state()).toEqual({ failures: 0 });
    }),
    { numRuns: 300 },
  );
});

test('who stores only its transitions has at any time stored whether and since when it is open', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (happens) => {
      const world = beside();
      let stored: BreakerState = { failures: 0 };
      for (const step of happens) {
        if (step.do === 'restart') continue;
        await world.take(step);
        stored = world.breaker().transition() ?? stored;
        expect(stored.openedAt).toBe(world.breaker().state().openedAt);
        expect(world.breaker().transition()).toBeUndefined();
      }
    }),
    { numRuns: 200 },
  );
});
