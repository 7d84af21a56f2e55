import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { bank, failing, person, startPartners, type PartnersWorld } from '../../../test/support/partners.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { type Behaviour, startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { deliveryPolicy } from '../policy.ts';
import { listDeliveries, replayDelivery } from './deliveries.ts';
import { resumeWebhook } from './webhook-acts.ts';
import { getWebhookView } from './webhooks.ts';
import { wakePartner } from './wake-partner.ts';

const minute = 60_000;
const hour = 60 * minute;

let started: TestTable;
let world: PartnersWorld;
let receiver: Receiver;
let webhookId: string;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = await startPartners(started);
  receiver = await startReceiver();
  await world.enter('bank-a');
  webhookId = await world.webhook('bank-a', receiver);
});
afterEach(() => receiver.stop());

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

test('410 disables the address; what is told meanwhile waits, and goes in order when it is resumed', async () => {
  const other = await startReceiver();
  const second = await world.webhook('bank-a', other, { eventTypes: ['partner.webhook.disabled.v1'] });
  receiver.answers([410]);
  for (const sequence of [1, 2, 3]) await world.tell(world.event('A', sequence));
  await world.runTo(after(10 * hour));
  expect(receiver.received).toHaveLength(1);
  expect(await world.state(webhookId)).toMatchObject({ status: 'disabled', disabledReason: 'gone' });

  // Its partner's other address hears of it, by the event that came with the change.
  const outbox = await world.table.get({ pk: `WEBHOOK#${webhookId}`, sk: 'EVENT#0000000001' });
  const told = JSON.parse(String(outbox?.['event']));
  expect(told).toMatchObject({ type: 'partner.webhook.disabled.v1', subject: `webhook/${webhookId}` });
  await world.tell(told);
  await world.drain();
  expect(other.accepted()).toMatchObject([{ data: { webhookId, reason: 'gone' } }]);
  expect(second).not.toBe(webhookId);
  await other.stop();

  const params = { partnerId: 'bank-a', webhookId };
  expect(await world.call(resumeWebhook(world.deps), { caller: bank('bank-a'), params })).toMatchObject({
    result: { status: 'active' },
  });
  await world.drain();
  expect(receiver.accepted().map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(await world.waiting()).toEqual([]);
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
    await world.deliver(await world.due(), { timeoutMs: 200 }, 4_200);
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
  expect(accepted[0]).toMatchObject({ subject: 'enterprise/B' });
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

test('after five failures in a row the address is left alone, longer each time, and one message goes to see', async () => {
  receiver.answers([], 500);
  const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
  for (const name of names) await world.tell(world.event(name, 1));
  for (const record of await world.due()) await world.deliver([record], {}, 10_000);
  expect(receiver.received).toHaveLength(deliveryPolicy.breaker.failures);
  const probes = async (ms: number) => {
    const before = receiver.received.length;
    await world.runTo(after(ms));
    return receiver.received.length - before;
  };
  const { firstMs } = deliveryPolicy.breaker;
  expect(await probes(firstMs - 1)).toBe(0);
  expect(await probes(1)).toBe(1);
  expect(await probes(2 * firstMs - 1)).toBe(0);
  expect(await probes(1)).toBe(1);
  receiver.answers([]);
  await world.runTo(after(hour));
  expect(new Set(receiver.accepted().map(({ subject }) => subject)).size).toBe(names.length);
});

test('an address at which nothing succeeded for five days is disabled, and nothing is lost by it', async () => {
  receiver.answers([], 500);
  const before = world.now().getTime();
  for (let day = 0; (await world.state(webhookId)).status === 'active'; day += 1) {
    await world.tell(world.event(`E${day}`, 1));
    await world.runTo(after(24 * hour));
  }
  const { status, disabledAt, disabledReason } = await world.state(webhookId);
  expect({ status, disabledReason }).toEqual({ status: 'disabled', disabledReason: 'failing' });
  expect(Date.parse(disabledAt!) - before).toBeGreaterThanOrEqual(deliveryPolicy.disableAfterMs);
  receiver.answers([]);
  await world.call(resumeWebhook(world.deps), {
    caller: person('city-admin'),
    params: { partnerId: 'bank-a', webhookId },
  });
  await world.drain();
  const deliveries = await world.deliveries('bank-a');
  const waited = deliveries.filter((one) => one.status === 'delivered').length;
  expect(waited).toBeGreaterThan(2);
  expect(deliveries.every((one) => one.status === 'delivered' || one.attempts.length === 10)).toBe(true);
});

test('a suspended partner is sent nothing; what it missed waits for its return', async () => {
  await world.enter('bank-a', { status: 'suspended' });
  await world.tell(world.event('A', 1));
  await world.tell(world.event('A', 2));
  await world.runTo(after(3 * hour));
  expect(receiver.received).toEqual([]);
  await world.enter('bank-a', { status: 'active' });
  await world.table.transact(await wakePartner(world.table, 'bank-a', world.now()));
  await world.drain();
  expect(receiver.accepted().map(({ sequence }) => sequence)).toEqual([1, 2]);
});

test('deliveries are listed the newest first, by state and address, page by page', async () => {
  const silent = await startReceiver();
  const other = await world.webhook('bank-a', silent);
  silent.answers([], 500);
  for (let sequence = 1; sequence <= 5; sequence += 1) {
    world.later(1_000);
    await world.tell(world.event('A', sequence));
  }
  await world.drain();
  const all = async (filter: object, pageSize = 2) => {
    const items: any[] = [];
    let position: Record<string, string> | undefined;
    for (;;) {
      const { result } = await world.call(listDeliveries(world.deps), {
        caller: bank('bank-a'),
        params: { partnerId: 'bank-a' },
        query: { pageSize, ...filter },
        ...(position !== undefined && { position }),
      });
      items.push(...result.items);
      if (result.nextCursor === null) return items;
      position = JSON.parse(result.nextCursor);
    }
  };
  const mine = await all({ status: 'delivered', webhookId });
  expect(mine.map(({ sequence }) => sequence)).toEqual([5, 4, 3, 2, 1, 1]);
  expect(mine.at(-1)).toMatchObject({ type: 'webhook.challenge' });
  expect(await all({ status: 'pending' })).toMatchObject(Array(5).fill({ webhookId: other }));
  expect(await all({ webhookId: other, status: 'delivered' })).toMatchObject([{ type: 'webhook.challenge' }]);
  expect((await all({})).length).toBe(12);
  await silent.stop();
});

test('another partner neither lists nor replays', async () => {
  await world.enter('bank-b');
  await world.tell(world.event('A', 1));
  await world.drain();
  const { deliveryId } = await only();
  for (const partnerId of ['bank-a', 'bank-b']) {
    expect(
      await world.call(replayDelivery(world.deps), { caller: bank('bank-b'), params: { partnerId, deliveryId } }),
    ).toMatchObject({ code: 'not_found' });
  }
  const query = { pageSize: 50 };
  const foreign = { caller: bank('bank-b'), params: { partnerId: 'bank-a' }, query };
  expect(await world.call(listDeliveries(world.deps), foreign)).toMatchObject({ code: 'not_found' });
  const own = { caller: bank('bank-b'), params: { partnerId: 'bank-b' }, query };
  expect((await world.call(listDeliveries(world.deps), own)).result.items).toEqual([]);
});

/** Not enough of them to exhaust a delivery. */
const failures = fc.array(
  fc.oneof(
    fc.constantFrom<Behaviour>(500, 302, 'cut', 404),
    fc.record({ status: fc.constant(429), headers: fc.constant({ 'retry-after': '600' }) }),
    fc.constant<Behaviour>(200),
  ),
  { maxLength: deliveryPolicy.waitsMs.length - 1 },
);
const acts = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant('tell' as const), name: fc.constantFrom('A', 'B', 'C') }) },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant('later' as const), minutes: fc.integer({ min: 0, max: 90 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('work' as const),
        copies: fc.integer({ min: 1, max: 2 }),
        backwards: fc.boolean(),
        crash: fc.array(fc.constantFrom('before' as const, 'after' as const, 'not' as const), { maxLength: 3 }),
      }),
    },
  ),
  { minLength: 3, maxLength: 14 },
);

test('whatever fails when, every message is taken in the end, and each aggregate’s in their order', async () => {
  await fc.assert(
    fc.asyncProperty(failures, acts, async (behaviours, steps) => {
      const story = await startPartners(started);
      await story.enter('bank-a');
      receiver.answers([]);
      await story.webhook('bank-a', receiver);
      receiver.answers(behaviours);
      const told = new Map<string, number>();
      for (const step of steps) {
        if (step.act === 'later') story.later(step.minutes * minute);
        else if (step.act === 'tell') {
          const sequence = (told.get(step.name) ?? 0) + 1;
          told.set(step.name, sequence);
          await story.tell(story.event(step.name, sequence));
        } else {
          const due = await story.due();
          const records = step.backwards ? due.toReversed() : due;
          const copies = Array.from({ length: step.copies }, () =>
            story.deliver(records, { table: failing(story.table, step.crash) }),
          );
          await Promise.all(copies);
        }
      }
      await story.runTo(new Date(story.now().getTime() + 100 * hour).toISOString());
      const deliveries = await story.deliveries('bank-a');
      expect(deliveries.filter(({ status }) => status !== 'delivered')).toEqual([]);
      for (const [name, count] of told) {
        const taken = receiver.accepted().filter(({ subject }) => subject === `enterprise/${name}`);
        const firsts = [...new Set(taken.map(({ sequence }) => sequence))];
        expect(firsts).toEqual(Array.from({ length: count }, (_none, place) => place + 1));
      }
      expect(await story.waiting()).toEqual([]);
    }),
    { numRuns: tries(8, 150) },
  );
}, 600_000);
