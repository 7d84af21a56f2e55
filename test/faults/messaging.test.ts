import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startEngines } from '#packages/local/engines';
import { startFaultProxy } from '#packages/local/fault-proxy';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { redriveFunction } from '#packages/messaging/redrive';
import { openTable } from '#packages/table';
import { endOf, halfFailing, interrupted, outboxLeft, wanted } from './messaging-checks.ts';
import {
  clients,
  type Engines,
  giveBack,
  lambdaContext,
  openWorld,
  receive,
  redrive,
  relayOnce,
  remove,
  send,
  sqsRecord,
  sweepAll,
  tell,
  workAll,
  worker,
  workOnce,
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
  // The first queue refuses the second event of y; the other queue takes everything.
  const secondOfY = /"subject":"thing\/y".*"sequence":2/;
  const sqs = halfFailing(
    clients(engines.urls).sqs,
    (body, queueUrl) => queueUrl === first!.queueUrl && secondOfY.test(body),
  );
  const broken = { ...world.relaying, sqs };
  const sequencesOfY = async (queueUrl: string) => {
    const messages = await receive(world, queueUrl);
    await giveBack(world, queueUrl, messages);
    const bodies = messages.map(({ Body }) => JSON.parse(Body!) as { subject: string; sequence: number });
    return bodies.filter(({ subject }) => subject === 'thing/y').map(({ sequence }) => sequence);
  };
  expect(await relayOnce(world, world.told, broken)).toBe(4);
  expect(await sequencesOfY(first!.queueUrl)).toEqual([1]);
  expect(await sequencesOfY(second!.queueUrl)).toEqual([1, 2, 3]);
  expect(await outboxLeft(world)).toBe(2);
  expect(await sweepAll(world, broken)).toMatchObject({ relayed: 0, left: 2 });
  expect(await sequencesOfY(first!.queueUrl)).toEqual([1]);

  // The stream comes again from there.
  expect(await relayOnce(world, world.told.slice(4))).toBe(5);
  await workAll(world);
  await expectAllDone(world);
});

test('a dead-lettered event: its successors are held, and come after it once it is put back', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 5; count += 1) for (const thing of ['x', 'y']) await tell(world, thing);
  await relayOnce(world, world.told);
  const [first] = world.listeners;
  // As SQS does after the last receive: the second and third events of x lie in the dead-letter queue.
  const letters = await receive(world, first!.queueUrl);
  const dead = letters.filter(({ Body }) => /"subject":"thing\/x".*"sequence":[23]/.test(Body!));
  for (const letter of dead) await send(world, first!.deadLetterQueueUrl, 'thing/x', letter.Body!);
  await remove(world, first!.queueUrl, dead);
  await giveBack(
    world,
    first!.queueUrl,
    letters.filter((letter) => !dead.includes(letter)),
  );
  await workAll(world);

  const { held, cursors, applied } = await endOf(world, 0);
  expect({ held, cursors, applied }).toEqual({
    held: 1_002,
    cursors: { x: 1, y: 5 },
    applied: { x: [1], y: [1, 2, 3, 4, 5] },
  });
  expect(await redrive(world, 0)).toEqual({ moved: 2, left: 0 });
  await workAll(world);
  await expectAllDone(world);
});

test('what fails until SQS gives it up is applied in order after a redrive, with what came later', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 3; count += 1) await tell(world, 'x');
  await relayOnce(world, world.told);
  const deaf = clients({ ...engines.urls, dynamodb: 'http://127.0.0.1:1' }).db;
  const broken = worker(world, 0, openTable(deaf, world.listeners[0]!.table.name));
  for (let turn = 0; turn < 20 && (await workOnce(world, 0, broken)) > 0; turn += 1);
  await relayOnce(world, [await tell(world, 'x')]);
  await workAll(world);
  expect(await endOf(world, 0)).toMatchObject({ applied: {}, held: 1_001, dead: 3 });
  // Well within the five minutes for which SQS remembers the events' own ids.
  expect(await redrive(world, 0)).toEqual({ moved: 3, left: 0 });
  await workAll(world);
  await expectAllDone(world);
});

test('redrive moves nothing to where it does not belong, and no more than it is told', async () => {
  const world = await openWorld(engines);
  const [first, second] = world.listeners;
  for (const sequence of [1, 2, 3]) await send(world, first!.deadLetterQueueUrl, 'thing/x', String(sequence));
  const run = redriveFunction({
    sqs: world.sqs,
    queues: world.listeners.map(({ queueUrl, deadLetterQueueUrl }) => ({
      queue: queueUrl,
      deadLetter: deadLetterQueueUrl,
    })),
  });
  const crossed = { queueUrl: second!.queueUrl, deadLetterQueueUrl: first!.deadLetterQueueUrl, max: 10 };
  await expect(run(crossed, lambdaContext())).rejects.toThrow('not a queue of ours');
  await expect(run({ ...crossed, max: 0 }, lambdaContext())).rejects.toThrow('not understood');
  expect(await redrive(world, 0, 2)).toEqual({ moved: 2, left: 1 });
  // A queue that takes nothing keeps the letter where it is.
  const stuck = halfFailing(clients(engines.urls).sqs, () => true);
  expect(await redrive(world, 0, 2, stuck)).toEqual({ moved: 0, left: 1 });
  expect((await receive(world, first!.queueUrl)).map(({ Body }) => Body)).toEqual(['1', '2']);
});

test('a relay broken for longer than a stream lives: the sweep delivers everything in order', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 8; count += 1) for (const thing of ['x', 'y', 'z']) await tell(world, thing);
  // What is younger than a minute is left to the stream; a run without time leaves everything and says so.
  expect(await sweepAll(world, world.relaying, new Date().toISOString())).toMatchObject({ relayed: 0, left: 0 });
  const hurried = { action: 'sweep', at: '2030-01-01T00:00:00Z' };
  expect(await outboxFunction(world.relaying)(hurried, lambdaContext(5_000))).toMatchObject({ relayed: 0, left: 24 });
  expect(await sweepAll(world)).toMatchObject({ relayed: 24, left: 0 });
  await workAll(world);
  await expectAllDone(world);
  await expect(outboxFunction(world.relaying)({ action: 'sweeep' }, lambdaContext())).rejects.toThrow('not understood');
});

test('a replay gives a new subscriber its history, and a known one nothing new', async () => {
  const world = await openWorld(engines);
  const [first, second] = world.listeners;
  const before = { ...world.relaying, subscribers: { thing: [first!.queueUrl] } };
  for (const thing of ['x', 'y', 'x', 'y', 'x']) await tell(world, thing);
  await relayOnce(world, world.told, before);
  await workAll(world);
  // The second one subscribes: what comes first is too early for it.
  await relayOnce(world, [await tell(world, 'x')]);
  await workAll(world);
  expect(await endOf(world, 1)).toMatchObject({ applied: {}, held: 1_001 });

  const run = (queueUrl: string) =>
    outboxFunction(world.relaying)({ action: 'replay', since: '2020-01-01T00:00:00.000Z', queueUrl }, lambdaContext());
  expect(await run(second!.queueUrl)).toEqual({ sent: 6 });
  await workAll(world);
  await expectAllDone(world);
  for (const { queueUrl } of world.listeners) expect(await run(queueUrl)).toEqual({ sent: 6 });
  // Not swallowed by the queue's memory of five minutes, and without effect all the same.
  expect(await workOnce(world, 0)).toBeGreaterThan(0);
  await workAll(world);
  await expectAllDone(world);
  await expect(run('http://127.0.0.1:1/000000000000/other.fifo')).rejects.toThrow('no stream');
});

test('two deliveries of the same events at once, early ones among them', async () => {
  const world = await openWorld(engines);
  for (let count = 0; count < 6; count += 1) await tell(world, 'x');
  await relayOnce(world, world.told);
  const [first] = world.listeners;
  const messages = (await receive(world, first!.queueUrl)).map(sqsRecord);
  const [one, two, three, four, five, six] = messages;
  // Lambda never runs one group twice at once, but a redrive, a replay and a visibility time-out can.
  const run = worker(world, 0);
  const runs = [
    [three!, one!],
    [two!, six!],
    [five!, four!],
    [one!, three!],
    [six!, two!],
    [four!, five!],
  ];
  const answers = await Promise.all(runs.map((Records) => run({ Records }, lambdaContext())));
  expect(answers.flatMap(({ batchItemFailures }) => batchItemFailures)).toEqual([]);
  await remove(
    world,
    first!.queueUrl,
    messages.map(({ receiptHandle }) => ({ ReceiptHandle: receiptHandle })),
  );
  expect(await endOf(world, 0)).toEqual(wanted(world));
});

test.each([
  ['held while its predecessor is applied', 1, 'HELD#', [2, 1]],
  ['held while its predecessor, the very first, is applied', 0, 'HELD#', [1, 0]],
  ['applied while its successor is held', 1, 'VIEW#', [1, 2]],
  ['applied, as the very first, while its successor is held', 0, 'VIEW#', [0, 1]],
] as const)('an event is %s, and neither is forgotten', async (_case, before, call, [slow, quick]) => {
  const world = await openWorld(engines);
  for (let count = 0; count < before + 2; count += 1) await tell(world, 'x');
  await relayOnce(world, world.told);
  const messages = await receive(world, world.listeners[0]!.queueUrl);
  const run = worker(world, 0);
  const deliver = async (place: number, by = run) => {
    const { batchItemFailures } = await by({ Records: [sqsRecord(messages[place]!)] }, lambdaContext());
    expect(batchItemFailures).toEqual([]);
  };
  if (before > 0) await deliver(0);
  const db = interrupted(clients(engines.urls).db, call, () => deliver(quick));
  await deliver(slow, worker(world, 0, openTable(db, world.listeners[0]!.table.name)));
  await remove(world, world.listeners[0]!.queueUrl, messages);
  expect(await endOf(world, 0)).toEqual(wanted(world));
});

test.each(['fail-before', 'fail-after'] as const)('a consumer that dies at any of its calls (%s)', async (kind) => {
  const proxy = await startFaultProxy({ target: engines.urls.dynamodb, engine: 'dynamodb', seed: 1 });
  onTestFinished(() => proxy.stop());
  const world = await openWorld(engines, clients({ ...engines.urls, dynamodb: proxy.url }));
  for (let call = 0; ; call += 1) {
    expect(call).toBeLessThan(40);
    const thing = `x${call}`;
    for (let count = 0; count < 4; count += 1) await tell(world, thing);
    await relayOnce(world, world.told.slice(-4));
    const messages = await receive(world, world.listeners[0]!.queueUrl);
    // Delivered in an order that holds two events and drains them one by one.
    const order = [2, 3, 0, 1].map((place) => messages[place]!);
    const before = total(proxy.counts.faults);
    proxy.failNext({ kind, after: call });
    const run = worker(world, 0);
    for (const message of order) {
      for (let attempt = 0; attempt < 5; attempt += 1) {
        const answer = await run({ Records: [sqsRecord(message)] }, lambdaContext());
        if (answer.batchItemFailures.length === 0) break;
      }
    }
    await remove(world, world.listeners[0]!.queueUrl, messages);
    const { applied, cursors, held } = await endOf(world, 0);
    const all = wanted(world);
    expect({ applied, cursors, held }).toEqual({ applied: all.applied, cursors: all.cursors, held: 0 });
    // No call was left to fail: every one has been tried. The fault that is still armed dies with the proxy.
    if (total(proxy.counts.faults) === before) break;
  }
});

function total(counts: Record<string, number>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
