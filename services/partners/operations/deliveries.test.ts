import { expect, test } from 'vitest';
import { bank, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { listDeliveries, replayDelivery } from './deliveries.ts';

let world: PartnersWorld;
let receiver: Receiver;
let webhookId: string;
onStage(async (stage) => {
  ({ world, receiver } = stage);
  await world.enter('bank-a');
  webhookId = await world.webhook('bank-a', receiver);
});

const only = async () => (await world.deliveries('bank-a'))[0]!;

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
