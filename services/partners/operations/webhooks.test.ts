import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { httpFunction } from '#packages/lambda/http';
import { parseSecret, verifyWebhook } from '#packages/signature/standard-webhooks';
import { bank, listed, ownKey, person, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { proxyContext, proxyEvent } from '../../../test/support/proxy-event.ts';
import { type TestTable } from '../../../test/support/table.ts';
import { type Receiver } from '../../../test/support/webhook-receiver.ts';
import { routes } from '../contract.ts';
import { webhookPolicy } from '../policy.ts';
import { approveWebhook, challengeWebhook, endWebhook, renewWebhookSecret, resumeWebhook } from './webhook-acts.ts';
import { getWebhookView, listWebhooks, registerWebhook } from './webhooks.ts';

let started: TestTable;
let world: PartnersWorld;
let receiver: Receiver;
onStage(async (stage) => {
  ({ started, world, receiver } = stage);
  await world.enter('bank-a');
  await world.enter('bank-b');
});

const params = (webhookId: string, partnerId = 'bank-a') => ({ partnerId, webhookId });
function register(body: object = {}, caller = bank('bank-a')) {
  return world.call(registerWebhook(world.deps), {
    caller,
    params: { partnerId: 'bank-a' },
    body: { url: receiver.url, eventTypes: [listed], signature: 'v1a', ...body },
  });
}

test('an address proves itself by the challenge, and works once another person has approved it', async () => {
  const { result, location } = await register({}, person('city-reviewer', 'one'));
  const { webhookId } = result;
  expect(location).toBe(`/v1/partners/bank-a/webhooks/${webhookId}`);
  expect(result).toMatchObject({ status: 'pending', url: receiver.url, eventTypes: [listed], signature: 'v1a' });
  expect(result).not.toHaveProperty('secret');
  const approve = (sub: string) =>
    world.call(approveWebhook(world.deps), { caller: person('city-reviewer', sub), params: params(webhookId) });
  expect(await approve('two')).toMatchObject({ code: 'state_conflict' });

  await world.drain();
  const [message] = receiver.received;
  expect(JSON.parse(message!.body)).toEqual({ type: 'webhook.challenge', challenge: expect.any(String) });
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature } = message!.headers;
  const headers = { id: String(id), timestamp: String(timestamp), signature: String(signature) };
  const keys = [{ kind: 'v1a' as const, publicKey: ownKey.publicKey }];
  expect(verifyWebhook({ headers, body: Buffer.from(message!.body), now: world.now(), keys })).toMatchObject({
    kind: 'verified',
  });
  expect(await world.state(webhookId)).toMatchObject({ status: 'proved' });
  expect(await approve('one')).toMatchObject({ code: 'second_person_required' });
  expect(await approve('two')).toMatchObject({ kind: 'done', result: { status: 'active' } });
});

test('an address that does not repeat the challenge is not proved, and may be asked again', async () => {
  receiver.answers(
    [
      { status: 200, body: '{"challenge":"another"}' },
      { status: 200, body: 'ok' },
    ],
    404,
  );
  const { webhookId } = (await register()).result;
  await world.drain();
  expect(await world.state(webhookId)).toMatchObject({ status: 'pending' });
  const read = await world.call(getWebhookView(world.deps), { caller: person('auditor'), params: params(webhookId) });
  expect(read.result.failing).toMatchObject({ failures: 2 });
  receiver.answers([]);
  const again = await world.call(challengeWebhook(world.deps), { caller: bank('bank-a'), params: params(webhookId) });
  expect(again).toMatchObject({ kind: 'done', result: { status: 'pending' } });
  await world.drain();
  expect(await world.state(webhookId)).toMatchObject({ status: 'proved' });
  // Asked once more, with the first done with, it is another challenge.
  world.later(1_000);
  await world.call(challengeWebhook(world.deps), { caller: bank('bank-a'), params: params(webhookId) });
  await world.drain();
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(2);
});

test('only an address of an approved host, on https, is taken; each once', async () => {
  const refusedAs = async (url: string) => (await register({ url })) as { errors?: { code: string }[] };
  expect(await refusedAs('https://elsewhere.example.cn/hooks')).toMatchObject({
    code: 'url_refused',
    errors: [{ pointer: '/url', code: 'host_not_approved' }],
  });
  expect(await refusedAs('http://hooks.bank.example.cn/')).toMatchObject({ errors: [{ code: 'scheme' }] });
  expect(await refusedAs('https://hooks.bank.example.cn:8443/')).toMatchObject({ errors: [{ code: 'port' }] });
  expect(await register({ url: 'https://hooks.bank.example.cn./a' })).toMatchObject({
    result: { url: 'https://hooks.bank.example.cn/a' },
  });
  expect(await register({ url: 'https://hooks.bank.example.cn/a' })).toMatchObject({ code: 'already_exists' });
  world.deps.localhost = false;
  expect(await refusedAs(receiver.url)).toMatchObject({ errors: [{ code: 'scheme' }] });
});

test('a secret is told once and never kept; the one before goes on for a day', async () => {
  const kept: unknown[] = [];
  const receipt = (outcome: unknown) => {
    kept.push(structuredClone(outcome));
    return [];
  };
  const given = { caller: bank('bank-a'), params: { partnerId: 'bank-a' }, receipt };
  const body = { url: receiver.url, eventTypes: [listed], signature: 'v1' };
  const made = await world.call(registerWebhook(world.deps), { ...given, body });
  const { webhookId, secret } = made.result;
  expect(secret).toMatch(/^whsec_/);
  await world.drain();
  await world.call(approveWebhook(world.deps), { caller: person('city-reviewer'), params: params(webhookId) });
  const renewed = await world.call(renewWebhookSecret(world.deps), { ...given, params: params(webhookId) });
  expect(renewed.result.secret).not.toBe(secret);
  expect(JSON.stringify(kept)).not.toContain('whsec_');
  expect(kept).toHaveLength(2);

  const signedWith = () => {
    const { headers, body: text } = receiver.received.at(-1)!;
    const signatures = String(headers['webhook-signature']).split(' ');
    const message = [headers['webhook-id'], headers['webhook-timestamp'], text].join('.');
    return [secret, renewed.result.secret].map((one) =>
      signatures.includes(`v1,${createHmac('sha256', parseSecret(one)).update(message).digest('base64')}`),
    );
  };
  await world.tell(world.event('A', 1));
  await world.drain();
  expect(signedWith()).toEqual([true, true]);
  world.later(24 * 3_600_000);
  await world.tell(world.event('A', 2));
  await world.drain();
  expect(signedWith()).toEqual([false, true]);
});

test('another partner sees nothing of an address and does nothing to it', async () => {
  const webhookId = await world.webhook('bank-a', receiver);
  const foreign = { caller: bank('bank-b'), params: params(webhookId) };
  for (const operation of [getWebhookView, challengeWebhook, resumeWebhook, renewWebhookSecret, endWebhook]) {
    expect(await world.call(operation(world.deps) as never, foreign)).toMatchObject({ code: 'not_found' });
    // Nor by its own name.
    const own = { caller: bank('bank-b'), params: params(webhookId, 'bank-b') };
    expect(await world.call(operation(world.deps) as never, own)).toMatchObject({ code: 'not_found' });
  }
  expect(await world.call(listWebhooks(world.deps), foreign)).toMatchObject({ code: 'not_found' });
  expect(await register({}, bank('bank-b'))).toMatchObject({ code: 'not_found' });
  expect(await world.state(webhookId)).toMatchObject({ status: 'active' });
});

test('what is foreign is refused by as many requests as what does not exist', async () => {
  const webhookId = await world.webhook('bank-a', receiver);
  const cost = async (given: object) => {
    const before = started.requests();
    await world.call(getWebhookView(world.deps), { caller: bank('bank-b'), params: given });
    return started.requests() - before;
  };
  expect(await cost(params(webhookId))).toBe(await cost(params('webhook-none', 'bank-none')));
});

test('an ended address gets nothing more, and what waited for it is done with', async () => {
  const webhookId = await world.webhook('bank-a', receiver);
  receiver.answers([], 500);
  await world.tell(world.event('A', 1));
  await world.drain();
  const ended = await world.call(endWebhook(world.deps), { caller: bank('bank-a'), params: params(webhookId) });
  expect(ended).toMatchObject({ kind: 'done', result: undefined });
  const sent = receiver.received.length;
  await world.tell(world.event('A', 2));
  await world.drain();
  expect(receiver.received).toHaveLength(sent);
  expect(await world.deliveries('bank-a')).toMatchObject([{ status: 'exhausted' }]);
  expect(await world.waiting()).toEqual([]);
  const list = await world.call(listWebhooks(world.deps), {
    caller: person('auditor'),
    params: { partnerId: 'bank-a' },
  });
  expect(list.result.items).toEqual([]);
});

test('a list goes on where its page ended, the newest first', async () => {
  for (const path of ['a', 'b', 'c']) {
    await register({ url: `https://hooks.bank.example.cn/${path}` });
    world.later(1_000);
  }
  const page = (position?: string) =>
    world.call(listWebhooks(world.deps), {
      caller: bank('bank-a'),
      params: { partnerId: 'bank-a' },
      query: { pageSize: 2 },
      ...(position !== undefined && { position: JSON.parse(position) }),
    });
  const first = await page();
  const second = await page(first.result.nextCursor);
  const urls = [...first.result.items, ...second.result.items].map(({ url }) => url.at(-1));
  expect(urls).toEqual(['c', 'b', 'a']);
  expect(second.result.nextCursor).toBeNull();
});

test('over HTTP, an answer that is said again is without the secret, and there is one address', async () => {
  const api = httpFunction({
    routes: { registerWebhook: routes.registerWebhook, endWebhook: routes.endWebhook },
    operations: { registerWebhook: registerWebhook(world.deps), endWebhook: endWebhook(world.deps) },
    table: world.table,
    tokens: async () => ({ kind: 'person', issuer: 'i', sub: 'one', role: 'city-admin' }),
    clock: world.now,
  });
  const send = async (method: string, path: string, body = '', key = 'register-0000000001') => {
    const headers: [string, string][] = [['authorization', 'Bearer token']];
    if (body !== '') headers.push(['content-type', 'application/json'], ['idempotency-key', key]);
    const event = proxyEvent({ method, path, query: [], headers, body: Buffer.from(body), requestId: 'r' });
    const { statusCode, body: text, headers: said } = await api(event, proxyContext());
    return { statusCode, answer: text === '' ? undefined : JSON.parse(text), headers: said };
  };
  const body = JSON.stringify({ url: receiver.url, eventTypes: [listed], signature: 'v1' });
  const first = await send('POST', '/v1/partners/bank-a/webhooks', body);
  const again = await send('POST', '/v1/partners/bank-a/webhooks', body);
  const { secret, ...rest } = first.answer;
  expect([first.statusCode, again.statusCode]).toEqual([201, 201]);
  expect(secret).toMatch(/^whsec_/);
  expect(again.answer).toEqual(rest);
  expect(again.headers).toMatchObject({ 'idempotency-replayed': 'true' });
  const stored: unknown[] = [];
  for await (const item of world.table.scan({ expression: 'attribute_exists(pk)' })) stored.push(item);
  expect(JSON.stringify(stored)).not.toContain(secret);
  expect((await send('DELETE', `/v1/partners/bank-a/webhooks/${rest.webhookId}`)).statusCode).toBe(204);
  const twice = await send('DELETE', `/v1/partners/bank-a/webhooks/${rest.webhookId}`);
  expect([twice.statusCode, twice.answer.code]).toEqual([409, 'state_conflict']);
  const unknown = JSON.stringify({ url: receiver.url, eventTypes: ['run.planned.v1'] });
  const wrong = await send('POST', '/v1/partners/bank-a/webhooks', unknown, 'register-0000000002');
  expect(wrong.answer.code).toBe('validation_failed');
});

test('addresses that are registered at once are no more than there may be, and none is there twice', async () => {
  const at = (place: number) => register({ url: `${receiver.url}/${place}` });
  for (let place = 1; place < webhookPolicy.maxPerPartner; place += 1) await at(place);
  const last = await Promise.all([100, 101, 102].map(at));
  expect(last.map(({ kind, code = kind }) => code).toSorted()).toEqual(['done', 'state_conflict', 'state_conflict']);
  await world.enter('bank-c');
  const twins = await Promise.all(
    [1, 2, 3].map(() =>
      world.call(registerWebhook(world.deps), {
        caller: bank('bank-c'),
        params: { partnerId: 'bank-c' },
        body: { url: receiver.url, eventTypes: [listed], signature: 'v1a' },
      }),
    ),
  );
  expect(twins.map(({ kind, code = kind }) => code).toSorted()).toEqual(['already_exists', 'already_exists', 'done']);
});

test('a secret that could not be told is not made', async () => {
  const { webhookId } = (await register({ signature: 'v1' })).result;
  const secret = async (): Promise<string> => {
    throw new Error('the keeper of secrets does not answer');
  };
  const renew = renewWebhookSecret({ ...world.deps, secret });
  await expect(world.call(renew, { caller: bank('bank-a'), params: params(webhookId) })).rejects.toThrow('keeper');
  expect((await world.state(webhookId)).secrets.length).toBe(1);
});
