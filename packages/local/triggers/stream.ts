import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineUrls, Invoke, RunningTrigger, StreamTrigger } from '../deployment.ts';
import { openCheckpoints, type Checkpoints } from './checkpoints.ts';
import { passes } from './event-filter.ts';
import { startIdle } from './idle.ts';
import { largestPage, openStream, type Shard, type StreamRecord } from './stream-api.ts';
import { deliver } from './stream-delivery.ts';

export type StreamTriggerOptions = {
  trigger: StreamTrigger;
  /** The engines themselves, not the proxies before them. */
  urls: Pick<EngineUrls, 'dynamodb' | 'sqs'>;
  region: string;
  invoke: Invoke;
  /** Where it is kept how far the trigger has come; without it a restart begins at the oldest record. */
  dir?: string;
};

/** `wake` has it look at once; call it after a write to the table. */
export type RunningStreamTrigger = RunningTrigger & { wake(): void };

const firstIdleMs = 150;
const longestIdleMs = 1_000;
const errorMs = 500;
/** A look at what is pending reads so many pages at most; with more there is plenty to do anyway. */
const pendingPages = 20;

type Stream = Awaited<ReturnType<typeof openStream>>;
type Opened = { stream: Stream; checkpoints: Checkpoints };

/** Reads a table's stream for a function as Lambda's event source mapping does: in order, at least once. */
export function startStreamTrigger({ trigger, urls, region, invoke, dir }: StreamTriggerOptions): RunningStreamTrigger {
  const idle = startIdle();
  const stopping = new AbortController();
  const stopped = () => stopping.signal.aborted;
  /** Cut short by the stop only: a write must not hurry what waits because it failed. */
  const pause = (ms: number) => sleep(ms, undefined, { signal: stopping.signal }).catch(() => undefined);
  let opened: Promise<Opened> | undefined;
  let shards: readonly Shard[] = [];

  /** Opened once; what fails is tried again by the next who asks. */
  function open(): Promise<Opened> {
    opened ??= openStream(urls.dynamodb, region, trigger.tableName)
      .then((stream) => {
        const name = `${trigger.functionName}.${trigger.tableName}`;
        return { stream, checkpoints: openCheckpoints(dir, name, stream.arn) };
      })
      .catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
    return opened;
  }

  /** Follows one shard to its end, which the last one has not. */
  async function follow({ stream, checkpoints }: Opened, shardId: string): Promise<void> {
    let read: StreamRecord[] = [];
    let next: string | undefined = await stream.iterator(shardId, checkpoints.get(shardId));
    let idleMs = firstIdleMs;
    const delivery = {
      trigger,
      invoke,
      urls,
      region,
      streamArn: stream.arn,
      shardId,
      advance: (sequence: string) => checkpoints.set(shardId, sequence),
      stopped,
      wait: pause,
    };
    while (!stopped()) {
      const batch: StreamRecord[] = [];
      let last: string | undefined;
      let closes: number | undefined;
      while (batch.length < trigger.batchSize && !stopped()) {
        const record = read.shift();
        if (record !== undefined) {
          last = record.dynamodb.SequenceNumber;
          if (passes(trigger.filters, record)) batch.push(record);
          continue;
        }
        if (next === undefined) break;
        if (batch.length > 0) {
          closes ??= Date.now() + trigger.windowSeconds * 1_000;
          if (Date.now() >= closes) break;
        }
        ({ records: read, next } = await stream.page(next, largestPage));
        if (read.length > 0) idleMs = firstIdleMs;
        else if (batch.length > 0) await idle.sleep(Math.min(firstIdleMs, (closes ?? 0) - Date.now()));
        else break;
      }
      if (stopped() || !(await deliver(delivery, batch))) return;
      // What no filter let pass is done with as well.
      if (last !== undefined) checkpoints.set(shardId, last);
      if (last === undefined && next === undefined) return;
      if (last !== undefined) continue;
      await idle.sleep(idleMs);
      idleMs = Math.min(idleMs * 2, longestIdleMs);
    }
  }

  /** A shard's children begin when it has ended, or their records would overtake its own. */
  async function run(): Promise<void> {
    const ended = new Set<string>();
    const following = new Map<string, Promise<void>>();
    while (!stopped()) {
      try {
        const at = await open();
        shards = await at.stream.shards();
        const known = new Set(shards.map(({ id }) => id));
        for (const { id, parent } of shards) {
          const waits = parent !== undefined && known.has(parent) && !ended.has(parent);
          if (ended.has(id) || following.has(id) || waits) continue;
          following.set(
            id,
            untilEnded(() => follow(at, id)).then(() => {
              ended.add(id);
              following.delete(id);
            }),
          );
        }
        if (following.size > 0) await Promise.race(following.values());
        else await pause(longestIdleMs);
      } catch {
        await pause(errorMs);
      }
    }
    await Promise.all(following.values());
  }

  /** An iterator that expired or an engine that does not answer: it is taken up again behind the last checkpoint. */
  async function untilEnded(once: () => Promise<void>): Promise<void> {
    while (!stopped()) {
      try {
        return await once();
      } catch {
        await pause(errorMs);
      }
    }
  }

  const running = run();
  return {
    wake: idle.wake,
    async pending() {
      const { stream, checkpoints } = await open();
      let due = 0;
      // To ask for the shards takes the engine longer the more records there are, so those that are followed are enough.
      for (const { id } of shards.length > 0 ? shards : await stream.shards()) {
        let next: string | undefined = await stream.iterator(id, checkpoints.get(id));
        // Whoever waits asks again and again: that something is due is enough, how much is not worth the reading.
        for (let pages = 0; next !== undefined && pages < pendingPages && due === 0; pages += 1) {
          const page: Awaited<ReturnType<Stream['page']>> = await stream.page(next, largestPage);
          due += page.records.filter((record) => passes(trigger.filters, record)).length;
          next = page.records.length > 0 ? page.next : undefined;
        }
      }
      return due;
    },
    async stop() {
      stopping.abort();
      idle.wake();
      await running;
    },
  };
}
