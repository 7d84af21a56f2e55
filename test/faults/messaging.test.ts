import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEngines } from '#packages/local/engines';
import { outboxFunction } from '#packages/messaging/outbox-function';
import {
  clients,
  endOf,
  type Engines,
  giveBack,
  halfFailing,
  lambdaContext,
  openWorld,
  outboxLeft,
  receive,
  redrive,
  relayOnce,
  sweepAll,
  tell,
  wanted,
  workAll,
  type World,
} from './messaging-world.ts';

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines({});
});
afterAll(() => engines.stop());

async function expectAllDone(world: World): Promise<void> {
  for (const place of world.listeners.keys()) expect(await endOf(world, place)).toEqual(wanted(world));
  expect(await outboxLeft(world)).toBe(0);
}

test('what is told arrives once and in order, at every subscriber', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 3; count += 1) for (const thing of ['x', 'y', 'z']) await tell(world, thing);
  await tell(world, 'x', 'thing.noted.v1');
  await tell(world, 'x', 'thing.doubted.v1');
  await tell(world, 'x');
  expect(await relayOnce(world, world.told)).toBe(world.told.length);
  await workAll(world);
  await expectAllDone(world);
});

test('a stream without a subscriber leaves nothing in the outbox', async () => {
  const world = await openWorld(engines);
  await tell(world, 'x');
  expect(await relayOnce(world, world.told, { ...world.relaying, subscribers: {} })).toBe(1);
  expect(await outboxLeft(world)).toBe(0);
});

test('two relays racing on the same records', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 5; count += 1) for (const thing of ['x', 'y', 'z']) await tell(world, thing);
  await Promise.all([relayOnce(world, world.told), relayOnce(world, world.told), sweepAll(world), sweepAll(world)]);
  await workAll(world);
  await expectAllDone(world);
});

test('after the failed half of a batch nothing of its groups follows, and the stream stops at the first', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 3; count += 1) for (const thing of ['x', 'y', 'z']) await tell(world, thing);
  const [first, second] = world.listeners;
  // The first queue refuses y's second event, the other one takes everything.
  const sqs = halfFailing(
    clients(engines.urls).sqs,
    (body) => body.includes('"subject":"thing/y"') && body.includes('"sequence":2'),
  );
  const subscribers = { thing: [first!.queueUrl] };
  const broken = { ...world.relaying, sqs, subscribers };
  expect(await relayOnce(world, world.told, broken)).toBe(4);
  const inQueue = (await receive(world, first!.queueUrl, 10)).filter(({ Body }) => Body!.includes('thing/y'));
  expect(inQueue.map(({ Body }) => JSON.parse(Body!).sequence)).toEqual([1]);
  await giveBack(world, first!.queueUrl, inQueue);
  expect(await outboxLeft(world)).toBe(2);
  expect(await receive(world, second!.queueUrl)).toEqual([]);

  // The sweep keeps to the same rule, also from one of its pages to the next.
  expect(await sweepAll(world, broken)).toMatchObject({ relayed: 0, left: 2 });
  // The stream comes again from there, to both queues, and works now.
  expect(await relayOnce(world, world.told.slice(4))).toBe(5);
});
