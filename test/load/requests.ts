import type { City } from '../support/city.ts';

/** What a piece of work took: time, and requests that functions made to their stores, by operation. */
export type Effort = {
  milliseconds: number;
  dynamodb: Record<string, number>;
  sqs: Record<string, number>;
  /** Of the stores, requests and answers. */
  bytes: number;
  /** Questions to the sources. */
  sources: number;
};

/** Measures the work until nothing is left that is due, by the clock and by the proxies before the stores. */
export async function effortOf(city: City, work: () => Promise<unknown>): Promise<Effort> {
  const { dynamodb, sqs } = city.cloud.proxies;
  const simulators = Object.values(city.cloud.sources);
  const asked = () => simulators.reduce((sum, simulator) => sum + simulator.requests(), 0);
  const bytes = () => dynamodb.counts.bytes + sqs.counts.bytes;
  const before = {
    dynamodb: { ...dynamodb.counts.requests },
    sqs: { ...sqs.counts.requests },
    bytes: bytes(),
    asked: asked(),
  };
  const started = performance.now();
  await work();
  const milliseconds = performance.now() - started;
  const { pending, deadLetters } = await city.drain(300_000);
  if (pending > 0 || deadLetters > 0) throw new Error(`${pending} pending, ${deadLetters} dead letters`);
  return {
    milliseconds,
    dynamodb: less(dynamodb.counts.requests, before.dynamodb),
    sqs: less(sqs.counts.requests, before.sqs),
    bytes: bytes() - before.bytes,
    sources: asked() - before.asked,
  };
}

function less(after: Record<string, number>, before: Record<string, number>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(after)
      .map(([name, count]): [string, number] => [name, count - (before[name] ?? 0)])
      .filter(([, count]) => count > 0),
  );
}

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** `TransactWriteItems 92, UpdateItem 7`, the most frequent first. */
export function spelledOut(counts: Record<string, number>): string {
  return Object.entries(counts)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count.toLocaleString('en-US')}`)
    .join(', ');
}
