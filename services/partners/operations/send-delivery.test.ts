import { describe, expect, test } from 'vitest';
import { bank, failing, person, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { type Behaviour, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { deliveryPolicy } from '../policy.ts';
import { replayDelivery } from './deliveries.ts';
import { getWebhookView } from './webhooks.ts';

const hour = 3_600_000;

let world: PartnersWorld;
let receiver: Receiver;
let webhookId: string;
onStage(async (stage) => {
  ({ world, receiver } = stage);
  await world.enter('bank-a');
  webhookId = await world.webhook('bank-a', receiver);
});

const after = (ms: number) => new Date(world.now().getTime() + ms).toISOString();
const only = async () => (await world.deliveries('bank-a'))[0]!;

test('a receiver that is down for hours gets every message once it is back, under its first id', async () => {
  receiver.answers([], 'cut');
  await world.tell(world.event('A', 1));
  await world.runTo(after(9 * hour));
  expect(await only()).toMatchObject({ status: 'pending' });
  const attempts = receiver.received.length;
  expect(attempts).toBe(6);
  receiver.answers([]);
  await world.runTo(after(24 * hour));
  expect(await only()).toMatchObject({ status: 'delivered', attempts: { length: attempts + 1 } });
  expect((await only()).attempts[0]).toMatchObject({ outcome: 'failed', reason: 'connection-reset' });
  expect(new Set(receiver.received.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  expect(await world.waiting()).toEqual([]);
});

test('a message that is never taken is tried over the whole schedule, then waits for a person', async () => {
  receiver.answers([], 500);
  await world.tell(world.event('A', 1));
  const begin = world.now().getTime();
  await world.runTo(after(80 * hour));
  const { status, attempts, deliveryId } = await only();
  expect(status).toBe('exhausted');
  const waits = deliveryPolicy.waitsMs;
  const at = waits.map((_wait, place) => waits.slice(0, place + 1).reduce((sum, wait) => sum + wait, begin));
  // After five failures in a row the address rests between attempts, which these waits are longer than.
  expect(attempts.map((one) => Date.parse(one.at))).toEqual(at);
  expect(await world.waiting()).toEqual([]);

  receiver.answers([]);
  const replay = () =>
    world.call(replayDelivery(world.deps), { caller: bank('bank-a'), params: { partnerId: 'bank-a', deliveryId } });
  expect(await replay()).toMatchObject({ kind: 'done', result: { status: 'pending' } });
  expect(await replay()).toMatchObject({ code: 'state_conflict' });
  await world.drain();
  expect(await only()).toMatchObject({ status: 'delivered' });
  expect(new Set(receiver.received.map(({ id, body }) => `${id} ${body}`)).size).toBe(1);
  // What was delivered may be sent again as well.
  expect(await replay()).toMatchObject({ kind: 'done' });
  await world.drain();
  expect(receiver.accepted()).toHaveLength(2);
});

test('Retry-After is kept, up to a day, by everything that goes to the address', async () => {
  receiver.answers([
    { status: 429, headers: { 'retry-after': '7200' } },
    { status: 503, headers: { 'retry-after': '9999999' } },
  ]);
  await world.tell(world.event('A', 1));
  await world.drain();
  await world.tell(world.event('B', 1));
  await world.runTo(after(2 * hour - 1));
  expect(receiver.received).toHaveLength(1);
  await world.runTo(after(24 * hour));
  expect(receiver.received).toHaveLength(2);
  await world.runTo(after(3 * hour));
  expect(receiver.accepted()).toHaveLength(2);
});

describe('what is no answer', () => {
  const cases: [string, Behaviour, string, number?][] = [
    ['a redirect is not followed', { status: 302, headers: { location: '/elsewhere' } }, 'redirect', 302],
    ['a slow drip ends with the time for one attempt', 'drip', 'timeout'],
    ['silence ends with the time for one attempt', 'hang', 'timeout'],
    ['a status of the sender being wrong is a failure', 404, 'refused', 404],
  ];
  test.each(cases)('%s', async (_name, behaviour, reason, httpStatus) => {
    receiver.answers([behaviour]);
    await world.tell(world.event('A', 1));
    // Time for one attempt; as long as it may take where an answer comes.
    const timeoutMs = reason === 'timeout' ? 200 : 30_000;
    await world.deliver(await world.due(), { timeoutMs }, timeoutMs + 4_000);
    const [attempt] = (await only()).attempts;
    expect(attempt).toMatchObject({ outcome: 'failed', reason, ...(httpStatus !== undefined && { httpStatus }) });
    expect(receiver.received).toHaveLength(1);
  });

  test('a giant answer is not read to its end, and its status counts', async () => {
    receiver.answers(['giant']);
    await world.tell(world.event('A', 1));
    await world.drain();
    expect(await only()).toMatchObject({ status: 'delivered', attempts: [{ httpStatus: 200 }] });
  });
});

test('a host that is no longer approved is not sent to', async () => {
  world.settings.localhost = false;
  await world.tell(world.event('A', 1));
  await world.drain();
  expect((await only()).attempts[0]).toMatchObject({ outcome: 'failed', reason: 'address-not-allowed' });
  expect(receiver.received).toEqual([]);
});

test('the second attempt follows after five seconds in the same run, where time remains', async () => {
  const waited: number[] = [];
  const wait = async (ms: number) => void waited.push(ms);
  receiver.answers([500]);
  await world.tell(world.event('A', 1));
  await world.deliver(await world.due(), { wait });
  expect(waited).toEqual([5_000]);
  expect(await only()).toMatchObject({ status: 'delivered', attempts: { length: 2 } });

  receiver.answers([500]);
  await world.tell(world.event('A', 2));
  await world.deliver(await world.due(), { wait }, 10_000);
  expect(waited).toEqual([5_000]);
  world.later(5_000);
  await world.drain();
  expect(receiver.accepted()).toHaveLength(2);
});

test('with no time to begin, a message and those after it come again; another group does not wait for it', async () => {
  await world.tell(world.event('A', 1));
  const records = await world.due();
  expect(await world.deliver(records, {}, 5_000)).toEqual(records.map(({ messageId }) => messageId));
  expect(receiver.received).toEqual([]);
  expect(await world.deliver(records)).toEqual([]);
  expect(receiver.accepted()).toHaveLength(1);
});

test('a message that cannot be read is dropped, and loses nothing', async () => {
  await world.tell(world.event('A', 1));
  const [record] = await world.due();
  expect(await world.deliver([{ ...record!, body: '{"webhookId":1}' }])).toEqual([]);
  await world.drain();
  expect(receiver.accepted()).toHaveLength(1);
});

test('duplicate messages at once may send twice, but count once', async () => {
  receiver.answers([500, 500, 500], 500);
  await world.tell(world.event('A', 1));
  const [record] = await world.due();
  await Promise.all([1, 2, 3].map(() => world.deliver([record!], {}, 10_000)));
  const delivery = await only();
  expect(delivery.attempts).toHaveLength(1);
  const view = await world.call(getWebhookView(world.deps), {
    caller: person('auditor'),
    params: { partnerId: 'bank-a', webhookId },
  });
  expect(view.result.failing.failures).toBe(1);
});

describe('a crash', () => {
  test('before the message is written down as sent repeats it: at least once', async () => {
    await world.tell(world.event('A', 1));
    const records = await world.due();
    const lost = await world.deliver(records, { table: failing(world.table, ['before']) });
    expect(lost).toHaveLength(1);
    expect(await only()).toMatchObject({ status: 'pending', attempts: [] });
    await world.drain();
    expect(await only()).toMatchObject({ status: 'delivered', attempts: { length: 1 } });
    expect(receiver.received.map(({ id }) => id)).toEqual([(await only()).deliveryId, (await only()).deliveryId]);
  });

  test('after it was written down changes nothing', async () => {
    await world.tell(world.event('A', 1));
    const records = await world.due();
    await world.deliver(records, { table: failing(world.table, ['after']) });
    await world.deliver(records);
    expect(receiver.received).toHaveLength(1);
    expect(await only()).toMatchObject({ status: 'delivered', attempts: { length: 1 } });
  });
});

test('what fails does not let the later ones of its aggregate pass, and does not keep other aggregates', async () => {
  receiver.answers([500, 500]);
  for (const sequence of [1, 2, 3]) await world.tell(world.event('A', sequence));
  const [first] = (await world.due()).filter(({ body }) => body.includes('dlv-'));
  await world.deliver([first!]);
  await world.tell(world.event('B', 1));
  await world.drain();
  await world.runTo(after(hour));
  const accepted = receiver.accepted();
  expect(accepted[0]).toMatchObject({ subject: 'whitelist-entry/B' });
  expect(accepted.slice(1).map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
});

test('what follows an exhausted one goes on without it', async () => {
  receiver.answers([], 500);
  await world.tell(world.event('A', 1));
  await world.runTo(after(40 * hour));
  await world.tell(world.event('A', 2));
  await world.runTo(after(50 * hour));
  receiver.answers([]);
  await world.runTo(after(24 * hour));
  expect((await world.deliveries('bank-a')).map(({ status }) => status)).toEqual(['exhausted', 'delivered']);
});
