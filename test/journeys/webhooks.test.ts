import { createPublicKey } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { todayOf } from '#packages/calendar';
import { verifyWebhook } from '#packages/signature/standard-webhooks';
import { type City, startCity } from '../support/city.ts';
import { partnerClient } from '../support/partner.ts';
import { type Receiver, startReceiver } from '../support/webhook-receiver.ts';
import { storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let receiver: Receiver;
const clients = new Map<string, Awaited<ReturnType<typeof partnerClient>>>();

beforeAll(async () => {
  city = await startCity({ partners: true });
  story = storyOf(city);
  for (const bank of ['bank-a', 'bank-b', 'bank-c']) clients.set(bank, await partnerClient(city, bank));
});
afterAll(() => city.stop());
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.stop());

const send = (bank: string, method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<any> =>
  clients.get(bank)!.call({ method, path, ...(body !== undefined && { body }) });
const pathOf = (bank: string) => `/v1/partners/${bank}/webhooks`;

/** An address of the bank's that proved itself and was approved. */
async function registered(bank: string, eventTypes = ['whitelist.entry.listed.v1']): Promise<any> {
  const { body } = await send(bank, 'POST', pathOf(bank), { url: receiver.url, eventTypes });
  await story.drained();
  const proved = await send(bank, 'GET', `${pathOf(bank)}/${body.webhookId}`);
  expect(proved).toMatchObject({ kind: 'done', body: { status: 'proved' } });
  await story.ok(200, city.post(`${pathOf(bank)}/${body.webhookId}/approvals`, city.operator('city-reviewer')));
  return body;
}

async function listed(more: Parameters<typeof story.consent>[1] = {}): Promise<string> {
  const uscc = await story.enterprise();
  await story.consent(uscc, more);
  await story.screen(uscc);
  await story.opine(uscc);
  await story.publish();
  return uscc;
}

const sweepIn = async (ms: number) => {
  const at = new Date(Date.now() + ms).toISOString();
  await story.ok(200, city.call('POST', '/__local/schedules/webhook-retries', { json: { at } }));
  await story.drained();
};
const minutes = 60_000;
const toldOf = (uscc: string) => receiver.accepted().filter(({ data }) => data?.uscc === uscc);

describe('a bank’s webhook', () => {
  test('tells it of an entry that it may see, signed by the published key, and no other bank', async () => {
    await registered('bank-a');
    const own = await listed({ recipients: ['bank-a'] });
    const foreign = await listed({ recipients: ['bank-b'] });
    expect(toldOf(foreign)).toEqual([]);
    const [told] = toldOf(own);
    expect(told).toMatchObject({ type: 'whitelist.entry.listed.v1', subject: `whitelist-entry/${own}` });
    expect(Object.keys(told?.['data'])).toEqual(['uscc', 'version']);

    const { keys } = (await city.get('/.well-known/ippf-keys')).body;
    const publicKey = createPublicKey(keys.find((key: any) => key.use === 'webhooks').publicKeyPem);
    const { headers, body } = receiver.received.find((one) => one.body.includes(own))!;
    const header = (name: string) => String(headers[`webhook-${name}`]);
    const verdict = verifyWebhook({
      headers: { id: header('id'), timestamp: header('timestamp'), signature: header('signature') },
      body: Buffer.from(body),
      now: new Date(),
      keys: [{ kind: 'v1a', publicKey }],
    });
    expect(verdict).toMatchObject({ kind: 'verified' });
  });

  test('that was away gets everything later, once, in order, and its log says how', async () => {
    const { webhookId } = await registered('bank-b');
    receiver.answers([], 503);
    const uscc = await listed();
    expect(toldOf(uscc)).toEqual([]);
    const log = async () => (await send('bank-b', 'GET', '/v1/partners/bank-b/deliveries')).body.items;
    const [waiting] = await log();
    expect(waiting).toMatchObject({ webhookId, status: 'pending', type: 'whitelist.entry.listed.v1' });
    expect(waiting.attempts.map((attempt: any) => attempt.httpStatus)).toEqual([503, 503]);

    receiver.answers([], 200);
    await sweepIn(3 * minutes);
    expect(toldOf(uscc)).toEqual([]);
    await sweepIn(6 * minutes);
    expect(toldOf(uscc)).toHaveLength(1);
    const [done] = await log();
    expect(done).toMatchObject({ deliveryId: waiting.deliveryId, status: 'delivered' });

    const replayed = await send('bank-b', 'POST', `/v1/partners/bank-b/deliveries/${done.deliveryId}/replays`, {});
    expect(replayed).toMatchObject({ status: 202 });
    await story.drained();
    expect(toldOf(uscc)).toHaveLength(2);
    // The same message again: the same id and the same bytes.
    const same = receiver.received.filter((one) => one.accepted && one.body.includes(uscc));
    expect(new Set(same.map(({ id }) => id)).size).toBe(1);
    expect(new Set(same.map(({ body }) => body)).size).toBe(1);
    expect(await send('bank-a', 'POST', `/v1/partners/bank-b/deliveries/${done.deliveryId}/replays`, {})).toMatchObject(
      {
        code: 'not_found',
      },
    );
  });

  test('outlives the death of every function on its way', async () => {
    await registered('bank-c');
    const uscc = await story.enterprise();
    await story.screen(uscc);
    await story.opine(uscc);
    const { version } = await story.propose();
    await story.approve(version);
    for (const name of ['worker', 'sender', 'relay', 'worker', 'sender']) {
      await city.call('POST', '/__local/kill', { json: { function: `zhirong-partners-${name}` } });
    }
    await story.drained();
    await sweepIn(6 * minutes);
    expect(toldOf(uscc).length).toBeGreaterThan(0);
    expect(new Set(toldOf(uscc).map((told) => JSON.stringify(told))).size).toBe(1);
  });

  test('that says it is gone is disabled, and goes on where it stopped once it is taken up again', async () => {
    const { webhookId } = await registered('bank-a', ['whitelist.entry.listed.v1', 'partner.webhook.disabled.v1']);
    receiver.answers([410], 200);
    const uscc = await listed({ recipients: ['bank-a'] });
    const path = `${pathOf('bank-a')}/${webhookId}`;
    expect(await send('bank-a', 'GET', path)).toMatchObject({ body: { status: 'disabled' } });
    expect(toldOf(uscc)).toEqual([]);
    expect(await send('bank-a', 'POST', `${path}/resumptions`, {})).toMatchObject({ body: { status: 'active' } });
    await story.drained();
    expect(toldOf(uscc)).toHaveLength(1);
    expect(await send('bank-a', 'DELETE', path)).toMatchObject({ status: 204 });
  });
});

test('the day’s file has every event that the bank may see, whether or not it has an address', async () => {
  const uscc = await listed({ recipients: ['bank-c'] });
  const file = await send('bank-c', 'GET', `/v1/reconciliations/${todayOf(new Date())}`);
  expect(file).toMatchObject({ status: 200, body: { partnerId: 'bank-c', complete: false } });
  const of = (items: any[]) => items.filter(({ subject }) => subject === `whitelist-entry/${uscc}`);
  expect(of(file.body.items)).toMatchObject([{ type: 'whitelist.entry.listed.v1' }]);
  const others = await send('bank-b', 'GET', `/v1/reconciliations/${todayOf(new Date())}`);
  expect(of(others.body.items)).toEqual([]);
  expect(await send('bank-b', 'GET', '/v1/reconciliations/2099-01-01')).toMatchObject({ status: 422 });
});
