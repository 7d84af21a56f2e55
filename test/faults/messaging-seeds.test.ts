import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startEngines } from '#packages/local/engines';
import { startFaultProxy } from '#packages/local/fault-proxy';
import type { FaultPlan } from '#packages/local/fault-plan';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { tries } from '../support/effort.ts';
import { endOf, outboxLeft, wanted } from './messaging-checks.ts';
import {
  anyType,
  clients,
  type Engines,
  giveBack,
  lambdaContext,
  openWorld,
  receive,
  redrive,
  relayOnce,
  remove,
  reopened,
  send,
  sqsRecord,
  sweepAll,
  tell,
  workAll,
  worker,
  workOnce,
  type World,
} from './messaging-world.ts';

/** Random histories of several aggregates through random faults, by seed: whatever happens, the end is the same. */

const seeds = tries(6, 40);
const stepsPerSeed = 45;
const settleRounds = 8;

const dynamoPlan: FaultPlan = {
  probabilities: {
    'fail-before': 0.04,
    'fail-after': 0.04,
    delay: 0.03,
    duplicate: 0.03,
    conflict: 0.06,
    throttle: 0.04,
    'stale-read': 0.2,
  },
  delayMs: 5,
};
/** A receive that loses its answer hides its letters for a minute of real time, so only what sends is broken here. */
const sqsPlan: FaultPlan = {
  operations: ['SendMessageBatch', 'SendMessage'],
  probabilities: { 'fail-before': 0.05, 'fail-after': 0.05, duplicate: 0.05, throttle: 0.03 },
};

let engines: Engines;
let whole: World;
beforeAll(async () => {
  engines = await startEngines({});
  whole = await openWorld(engines);
});
afterAll(() => engines.stop());

test.each(Array.from({ length: seeds }, (_, seed) => seed + 1))('seed %i', async (seed) => {
  const [dynamodb, sqs] = await Promise.all([
    startFaultProxy({ target: engines.urls.dynamodb, engine: 'dynamodb', seed, plan: dynamoPlan }),
    startFaultProxy({ target: engines.urls.sqs, engine: 'sqs', seed: seed + 1_000, plan: sqsPlan }),
  ]);
  onTestFinished(async () => {
    await Promise.all([dynamodb.stop(), sqs.stop()]);
  });
  const world = reopened(whole, clients({ dynamodb: dynamodb.url, sqs: sqs.url }, seed === 1 ? 3 : 1));
  await liveThrough(world, seed);

  dynamodb.setPlan(undefined);
  sqs.setPlan(undefined);
  for (let round = 0; round < settleRounds; round += 1) {
    await sweepAll(world);
    for (const place of world.listeners.keys()) await redrive(world, place);
    await workAll(world);
    if ((await outboxLeft(world)) === 0) break;
  }
  for (const place of world.listeners.keys()) expect(await endOf(world, place)).toEqual(wanted(world));
  expect(await outboxLeft(world)).toBe(0);
});

async function liveThrough(world: World, seed: number): Promise<void> {
  const random = numbers(seed);
  const since = new Date().toISOString();
  const pick = (count: number) => Math.floor(random() * count);
  let streamed = 0;
  for (let step = 0; step < stepsPerSeed; step += 1) {
    const place = pick(2);
    switch (pick(10)) {
      case 0:
      case 1:
      case 2: {
        for (let count = pick(3); count >= 0; count -= 1) {
          await tell(world, `s${seed}-${pick(4)}`, anyType(random), world.relaying.table);
        }
        break;
      }
      case 3:
      case 4: {
        const batch = world.told.slice(streamed, streamed + 1 + pick(8));
        // Records of one transaction come in any order, and so do those of different things.
        const shuffled = random() < 0.3 ? batch.toReversed() : batch;
        const relayed = await Promise.all(
          [shuffled, ...(random() < 0.3 ? [batch] : [])].map((one) => relayOnce(world, one)),
        );
        // Now and then the relay dies after its work, or the stream forgets what it did not deliver.
        if (random() < 0.85) streamed += random() < 0.1 ? batch.length : Math.min(...relayed);
        break;
      }
      case 5:
        await sweepAll(world).catch(() => undefined);
        break;
      case 6: {
        const [letter] = await receive(world, world.listeners[place]!.queueUrl, 1);
        if (letter === undefined) break;
        await send(world, world.listeners[place]!.deadLetterQueueUrl, letter.Attributes!.MessageGroupId!, letter.Body!);
        await remove(world, world.listeners[place]!.queueUrl, [letter]);
        break;
      }
      case 7:
        if (random() < 0.5) await redrive(world, place, 1 + pick(3), world.faulty.sqs).catch(() => undefined);
        else if (random() < 0.3) {
          const { queueUrl } = world.listeners[place]!;
          await outboxFunction(world.relaying)({ action: 'replay', since, queueUrl }, lambdaContext()).catch(
            () => undefined,
          );
        }
        break;
      case 8: {
        // One delivery twice at once, and its poller dies before it deletes anything.
        const { queueUrl } = world.listeners[place]!;
        const messages = await receive(world, queueUrl);
        const Records = messages.map(sqsRecord);
        const run = worker(world, place);
        await Promise.all([run({ Records }, lambdaContext()), run({ Records: Records.toReversed() }, lambdaContext())]);
        await giveBack(world, queueUrl, messages);
        break;
      }
      default:
        await workOnce(world, place);
    }
  }
}

function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return ((state ^ (state >>> 15)) >>> 0) / 4_294_967_296;
  };
}
