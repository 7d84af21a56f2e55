import type { City } from '../support/city.ts';

/** Requests that functions made to their stores, by store and operation. Files lie in the store of the queues' engine. */
export type Requests = { dynamodb: Record<string, number>; sqs: Record<string, number>; s3: Record<string, number> };

export function requestsSoFar({ cloud }: City): Requests {
  const { dynamodb, sqs } = cloud.proxies;
  return { dynamodb: { ...dynamodb.counts.requests }, sqs: { ...sqs.counts.requests }, s3: {} };
}

export function difference(after: Requests, before: Requests): Requests {
  const less = (later: Record<string, number>, earlier: Record<string, number>) =>
    Object.fromEntries(
      Object.entries(later)
        .map(([name, count]): [string, number] => [name, count - (earlier[name] ?? 0)])
        .filter(([, count]) => count > 0),
    );
  return {
    dynamodb: less(after.dynamodb, before.dynamodb),
    sqs: less(after.sqs, before.sqs),
    s3: less(after.s3, before.s3),
  };
}

export function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
