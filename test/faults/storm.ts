import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultPlan } from '#packages/local/fault-plan';
import type { City } from '../support/city.ts';

/** Kills functions while work goes on, at moments that the work's own progress names. */

export const prefix = 'zhirong-screening-';

/** What can go wrong between a function and its stores; the SDK and the code bear it. */
export const storePlans: { dynamodb: FaultPlan; sqs: FaultPlan } = {
  dynamodb: {
    probabilities: {
      'fail-before': 0.01,
      'fail-after': 0.02,
      delay: 0.05,
      duplicate: 0.02,
      conflict: 0.03,
      throttle: 0.02,
      'stale-read': 0.05,
    },
    delayMs: 40,
  },
  sqs: {
    probabilities: { 'fail-before': 0.03, 'fail-after': 0.05, delay: 0.05, duplicate: 0.05, throttle: 0.03 },
    delayMs: 40,
  },
};

export type Storm = {
  seed: number;
  /** Functions to kill, in this order; several of one place die at once. */
  strikes: readonly (readonly string[])[];
  /** Requests to the stores between two strikes: at least 1, at most so many. */
  span: number;
  /** Of the functions' names; those of screening where it is left out. */
  prefix?: string;
};

/** So long nothing may happen before the next strike falls all the same: all that is left waits for a time-out. */
const quietMs = 2_500;

/** What the test's own polls make functions ask. */
const asking = new Set(['GetItem', 'Query']);

/** Requests that functions made so far, to both stores; without those that polls cause, if so wished. */
export function requestsOf({ cloud }: City, withReads = false): number {
  const { dynamodb, sqs } = cloud.proxies;
  return [dynamodb, sqs]
    .flatMap(({ counts }) => Object.entries(counts.requests))
    .reduce((sum, [operation, count]) => (!withReads && asking.has(operation) ? sum : sum + count), 0);
}

/** Runs the work with the storm about it; answers how many processes of each function were killed. */
export async function through<T>(
  city: City,
  storm: Storm,
  work: () => Promise<T>,
): Promise<{ result: T; killed: Map<string, number> }> {
  const killed = new Map<string, number>();
  const random = numbers(storm.seed);
  const over = { yet: false };
  const { dynamodb, sqs } = city.cloud.proxies;
  dynamodb.setPlan(storePlans.dynamodb);
  sqs.setPlan(storePlans.sqs);
  const working = work().finally(() => {
    over.yet = true;
  });
  const striking = (async () => {
    for (const strike of storm.strikes) {
      await progress(city, 1 + Math.floor(random() * storm.span), () => over.yet);
      if (over.yet) return;
      for (const name of strike) {
        const { body } = await city.call('POST', '/__local/kill', {
          json: { function: (storm.prefix ?? prefix) + name },
        });
        killed.set(name, (killed.get(name) ?? 0) + body.killed);
      }
    }
  })();
  try {
    const [result] = await Promise.all([working, striking]);
    return { result, killed };
  } finally {
    dynamodb.setPlan(undefined);
    sqs.setPlan(undefined);
  }
}

/**
 * Fires a schedule as often as it takes, as the scheduler itself does, while its function is killed so many times, each
 * time a few requests further on. Answers how many processes were killed.
 */
export async function fireThrough(
  city: City,
  schedule: string,
  at: string,
  name: string,
  kills: number,
  of = prefix,
): Promise<number> {
  let killed = 0;
  for (let attempt = 0; ; attempt += 1) {
    const firing = { ended: false };
    const fired = city.call('POST', `/__local/schedules/${schedule}`, { json: { at } }).finally(() => {
      firing.ended = true;
    });
    if (attempt < kills) {
      await progress(city, 1 + attempt, () => firing.ended, true);
      killed += (await city.call('POST', '/__local/kill', { json: { function: of + name } })).body.killed;
    }
    const { body } = await fired;
    if (body.ok === true && attempt >= kills) return killed;
    if (attempt === kills + 3) throw new Error(`${schedule} does not end well`);
  }
}

/** Waits until functions have made so many more requests, or none for a while. */
export async function progress(city: City, more: number, over: () => boolean, withReads = false): Promise<void> {
  const from = requestsOf(city, withReads);
  let [seen, since] = [from, performance.now()];
  while (!over()) {
    const now = requestsOf(city, withReads);
    if (now - from >= more) return;
    if (now !== seen) [seen, since] = [now, performance.now()];
    if (performance.now() - since > quietMs) return;
    await sleep(1);
  }
}

/** The same numbers from 0 to 1 for the same seed. */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state ^ (state >>> 15)) >>> 0) / 4_294_967_296;
  };
}
