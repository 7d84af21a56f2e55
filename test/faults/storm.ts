import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultPlan } from '#packages/local/fault-plan';
import type { City } from '../support/city.ts';

/** Kills functions while work goes on, at moments that the work's own progress names. */

export const prefix = 'zhirong-screening-';

/** What can go wrong between a function and its stores; the SDK and the code bear it. */
export const storePlans: { dynamodb: FaultPlan; sqs: FaultPlan } = {
  dynamodb: {
    probabilities: { 'fail-before': 0.01, 'fail-after': 0.02, delay: 0.05, duplicate: 0.02, conflict: 0.03, throttle: 0.02, 'stale-read': 0.05 },
    delayMs: 40,
  },
  sqs: { probabilities: { 'fail-before': 0.03, 'fail-after': 0.05, delay: 0.05, duplicate: 0.05, throttle: 0.03 }, delayMs: 40 },
};

export type Storm = {
  seed: number;
  /** Functions to kill, in this order; several of one place die at once. */
  strikes: readonly (readonly string[])[];
  /** Requests to the stores between two strikes: at least 1, at most so many. */
  span: number;
};

/** So long nothing may happen before the next strike falls all the same: all that is left waits for a time-out. */
const quietMs = 2_500;

/** Reads are not counted: the test's own polls make them. */
const asking = new Set(['GetItem', 'Query', 'ReceiveMessage', 'GetQueueUrl']);

/** Requests that functions made so far, to both stores. */
export function requestsOf({ cloud }: City): number {
  const { dynamodb, sqs } = cloud.proxies;
  return [dynamodb, sqs]
    .flatMap(({ counts }) => Object.entries(counts.requests))
    .reduce((sum, [operation, count]) => (asking.has(operation) ? sum : sum + count), 0);
}

/** Runs the work with the storm about it; answers how many processes of each function were killed. */
export async function through<T>(city: City, storm: Storm, work: () => Promise<T>): Promise<{ result: T; killed: Map<string, number> }> {
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
        const { body } = await city.call('POST', '/__local/kill', { json: { function: prefix + name } });
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

/** Waits until functions have made so many more requests, or none for a while. */
export async function progress(city: City, more: number, over: () => boolean): Promise<void> {
  const from = requestsOf(city);
  let [seen, since] = [from, performance.now()];
  while (!over()) {
    const now = requestsOf(city);
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
