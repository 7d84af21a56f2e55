import { expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import { bank, person, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { deliveryPolicy } from '../policy.ts';
import { resumeWebhook } from './webhook-acts.ts';
import { wakePartner } from './wake-partner.ts';

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
  // Woken with too little time, it is woken again.
  expect(await world.deliver(await world.due(), {}, 1_000)).toHaveLength(1);
  await world.drain();
  expect(receiver.accepted().map(({ sequence }) => sequence)).toEqual([1, 2, 3]);
  expect(await world.waiting()).toEqual([]);
  expect(await verifyAggregate(world.table, `WEBHOOK#${webhookId}`)).toMatchObject({ kind: 'intact' });
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
