import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type BudgetRate, createBudget } from './budget.ts';

const start = Date.parse('2026-11-23T04:00:00.000Z');

/** A clock that moves only by its waits. */
function worldAt() {
  const clock = { now: start };
  const waits: number[] = [];
  const wait = async (milliseconds: number) => {
    waits.push(milliseconds);
    clock.now += milliseconds;
  };
  return { clock, waits, world: { now: () => new Date(clock.now), wait } };
}

/** Time for tests: what is to happen happens in order of time, and nothing really waits. */
function timeline() {
  const due: { at: number; run: () => void }[] = [];
  const clock = { now: start };
  return {
    clock,
    at: (at: number, run: () => void) => void due.push({ at, run }),
    wait: (milliseconds: number) =>
      new Promise<void>((resolve) => due.push({ at: clock.now + milliseconds, run: resolve })),
    async run() {
      for (;;) {
        // Whatever follows from what has just happened happens first.
        for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
        due.sort((one, other) => one.at - other.at);
        const next = due.shift();
        if (next === undefined) return;
        clock.now = Math.max(clock.now, next.at);
        next.run();
      }
    },
  };
}

test('what is saved up goes at once, the rest at the rate', async () => {
  const time = timeline();
  const world = { now: () => new Date(time.clock.now), wait: (milliseconds: number) => time.wait(milliseconds) };
  const budget = createBudget({ requestsPerSecond: 4, burst: 2 }, world);
  const at: number[] = [];
  for (let count = 0; count < 5; count += 1) void budget.turn().then(() => at.push(time.clock.now - start));
  await time.run();
  expect(at).toEqual([0, 0, 250, 500, 750]);
});

test('a turn that would come too late takes nothing from those behind', async () => {
  const { clock, world } = worldAt();
  const budget = createBudget({ requestsPerSecond: 1, burst: 1 }, world);
  const deadline = new Date(start + 1_000);
  const turns = [budget.turn(), budget.turn(deadline), budget.turn(new Date(start + 1_001)), budget.turn()];
  expect(await Promise.all(turns)).toEqual(['go', 'too-late', 'go', 'go']);
  expect(clock.now - start).toBe(2_000);
});

test('a turn that is given back goes to the next', async () => {
  const { waits, world } = worldAt();
  const budget = createBudget({ requestsPerSecond: 1, burst: 1 }, world);
  await budget.turn();
  budget.giveBack();
  await budget.turn();
  expect(waits).toEqual([]);
});

test('a clock that was set back makes nobody wait for as long as it was wrong', async () => {
  const { clock, waits, world } = worldAt();
  const budget = createBudget({ requestsPerSecond: 1, burst: 1 }, world);
  await budget.turn();
  clock.now -= 3_600_000;
  expect(await budget.turn(new Date(clock.now + 1_500))).toBe('go');
  expect(waits).toEqual([1_000]);
});

test('a clock that stands still does not keep anybody', async () => {
  const budget = createBudget(
    { requestsPerSecond: 1, burst: 1 },
    { now: () => new Date(start), wait: async () => undefined },
  );
  expect(await Promise.all([budget.turn(), budget.turn(), budget.turn()])).toEqual(['go', 'go', 'go']);
});

type Ask = { afterMs: number; patienceMs: number | undefined };

const rates: fc.Arbitrary<BudgetRate> = fc.record({
  requestsPerSecond: fc.constantFrom(0.5, 1, 3, 4, 50, 500, 2_000),
  burst: fc.integer({ min: 1, max: 20 }),
});
const asks: fc.Arbitrary<Ask[]> = fc.array(
  fc.record({
    afterMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3_000 })),
    patienceMs: fc.option(fc.integer({ min: 0, max: 5_000 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 60 },
);

test('whoever asks whenever, with timers that ring late: never above the rate, in order, all answered', async () => {
  await fc.assert(
    fc.asyncProperty(rates, asks, fc.array(fc.nat(400), { minLength: 1 }), async (rate, asked, lateness) => {
      const time = timeline();
      let waits = 0;
      const wait = (milliseconds: number) => time.wait(milliseconds + (lateness[waits++ % lateness.length] ?? 0));
      const budget = createBudget(rate, { now: () => new Date(time.clock.now), wait });
      const ends: { place: number; said: string; at: number; deadline: number }[] = [];
      let askAt = start;
      for (const [place, { afterMs, patienceMs }] of asked.entries()) {
        askAt += afterMs;
        time.at(askAt, () => {
          const deadline = patienceMs === undefined ? Infinity : time.clock.now + patienceMs;
          const turn = budget.turn(deadline === Infinity ? undefined : new Date(deadline));
          void turn.then((said) => ends.push({ place, said, at: time.clock.now, deadline }));
        });
      }
      await time.run();

      expect(ends).toHaveLength(asked.length);
      const gone = ends.filter(({ said }) => said === 'go');
      expect(gone.map(({ place }) => place)).toEqual(gone.map(({ place }) => place).toSorted((a, b) => a - b));
      for (const { at, deadline } of gone) expect(at).toBeLessThan(deadline);
      for (const [from, { at: begin }] of gone.entries()) {
        for (const [to, { at: end }] of gone.entries()) {
          if (to < from) continue;
          const allowed = rate.burst + ((end - begin) * rate.requestsPerSecond) / 1_000;
          expect(to - from + 1).toBeLessThanOrEqual(allowed + 1e-6);
        }
      }
      // Nobody is turned away who could have gone: with all the time there is, everybody goes.
      for (const { place, said } of ends) if (asked[place]?.patienceMs === undefined) expect(said).toBe('go');
    }),
    { numRuns: 300 },
  );
});

test('with timers that ring in time nobody is kept longer than the rate asks', async () => {
  await fc.assert(
    fc.asyncProperty(rates, fc.integer({ min: 1, max: 60 }), async (rate, count) => {
      const { clock, world } = worldAt();
      const budget = createBudget(rate, world);
      for (let place = 0; place < count; place += 1) await budget.turn();
      const least = (Math.max(0, count - rate.burst) * 1_000) / rate.requestsPerSecond;
      // Each wait is a whole number of milliseconds, and what is rounded up is made up for later.
      expect(clock.now - start).toBeLessThanOrEqual(least + count);
    }),
    { numRuns: 100 },
  );
});
