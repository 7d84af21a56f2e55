import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { callAws } from './aws-json.ts';
import type { Deployment, EngineUrls, RunningTrigger } from './deployment.ts';
import { queueUrlOf } from './resources.ts';
import type { Sandboxes } from './sandboxes.ts';

/** `pending`: work that is due now and not done; `deadLetters`: what lies in dead-letter and unreadable queues. */
export type Drained = { pending: number; deadLetters: number };

export type Drainable = {
  deployment: Pick<Deployment, 'region' | 'tables' | 'queues'>;
  /** The engines themselves, past the proxies: counting is not to be disturbed by faults. */
  engines: EngineUrls;
  triggers: readonly RunningTrigger[];
  sandboxes: Pick<Sandboxes, 'inFlight' | 'begun'>;
  /** Requests that the gateway is answering. */
  requests(): number;
};

const pauseMs = 40;

/** The index in which events lie that no subscriber has got yet; an item leaves it when it is relayed. */
const outboxIndex = 'outbox';

const Indexes = z.looseObject({
  GlobalSecondaryIndexes: z.array(z.looseObject({ IndexName: z.string() })).default([]),
});
const Counted = z.looseObject({ Count: z.number(), LastEvaluatedKey: z.record(z.string(), z.unknown()).optional() });
const Depth = z.looseObject({ Attributes: z.record(z.string(), z.coerce.number()).default({}) });
const depths = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
];

async function outboxCount({ deployment, engines }: Drainable): Promise<number> {
  let count = 0;
  for (const { name, create } of deployment.tables) {
    if (!Indexes.parse(create).GlobalSecondaryIndexes.some(({ IndexName }) => IndexName === outboxIndex)) continue;
    let start: Record<string, unknown> | undefined;
    do {
      const input = {
        TableName: name,
        IndexName: outboxIndex,
        Select: 'COUNT',
        ...(start && { ExclusiveStartKey: start }),
      };
      const page = Counted.parse(await callAws(engines.dynamodb, 'dynamodb', 'Scan', deployment.region, input));
      count += page.Count;
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }
  return count;
}

async function deadLetterCount({ deployment, engines }: Drainable): Promise<number> {
  const counts = await Promise.all(
    deployment.queues
      .filter(({ terminal }) => terminal)
      .map(async ({ name }) => {
        const input = { QueueUrl: queueUrlOf(engines.sqs, name), AttributeNames: depths };
        const { Attributes } = Depth.parse(
          await callAws(engines.sqs, 'sqs', 'GetQueueAttributes', deployment.region, input),
        );
        return depths.reduce((sum, depth) => sum + (Attributes[depth] ?? 0), 0);
      }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function pendingCount(drainable: Drainable): Promise<number> {
  const pending = await Promise.all(drainable.triggers.map((trigger) => trigger.pending()));
  const running = drainable.sandboxes.inFlight() + drainable.requests();
  return pending.reduce((sum, count) => sum + count, running) + (await outboxCount(drainable));
}

/**
 * Waits until nothing is left to do that is due now. Work moves from place to place while it is counted, so nothing is
 * believed to be done until two counts in a row found none and no function was called between them.
 */
export async function drain(drainable: Drainable, timeoutMs: number): Promise<Drained> {
  const deadline = Date.now() + timeoutMs;
  let quietSince: number | undefined;
  for (;;) {
    const begun = drainable.sandboxes.begun();
    const pending = await pendingCount(drainable);
    if (pending === 0 && quietSince === begun && drainable.sandboxes.begun() === begun)
      return { pending: 0, deadLetters: await deadLetterCount(drainable) };
    quietSince = pending === 0 ? begun : undefined;
    if (Date.now() >= deadline) return { pending: Math.max(pending, 1), deadLetters: await deadLetterCount(drainable) };
    await sleep(pauseMs);
  }
}
