import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type City, startCity } from '../support/city.ts';
import { newKey, partnerClient, proofOf } from '../support/partner.ts';
import { storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
const clients = new Map<string, Awaited<ReturnType<typeof partnerClient>>>();

beforeAll(async () => {
  city = await startCity({ partners: true });
  story = storyOf(city);
  for (const partnerId of Object.keys(city.cloud.credentials.partners)) {
    clients.set(partnerId, await partnerClient(city, partnerId));
  }
});
afterAll(() => city.stop());

type Call = Parameters<Awaited<ReturnType<typeof partnerClient>>['call']>[0];
const call = (partnerId: string, asked: Call): Promise<any> => clients.get(partnerId)!.call(asked);
const read = (partnerId: string, path: string) => call(partnerId, { method: 'GET', path });
const [admin, reviewer] = [() => city.operator('city-admin'), () => city.operator('city-reviewer')];
/** What an API function remembers of keys is forgotten with its process, as it is within a minute otherwise. */
const forgetKeys = (service: string) =>
  story.ok(200, city.call('POST', '/__local/kill', { json: { function: `zhirong-${service}-api` } }));

describe('the whitelist for banks', () => {
  test('is read by signed calls with keys of every kind, each answer proved to be the platform’s', async () => {
    for (const bank of ['bank-a', 'bank-b', 'bank-c']) {
      expect(await read(bank, '/v1/whitelist')).toMatchObject({ kind: 'done', status: 200, body: { items: [] } });
    }
    for (const other of ['insurer-a', 'guarantor-a']) {
      expect(await read(other, '/v1/whitelist')).toMatchObject({ kind: 'problem', status: 403, code: 'forbidden' });
    }
  });

  test('shows a bank the entries whose consent names it, and of others no more than of those that are not', async () => {
    const [everybodys, theirs] = [await story.enterprise(), await story.enterprise()];
    await story.consent(theirs, { recipients: ['bank-a'] });
    await story.screen(everybodys, theirs);
    for (const uscc of [everybodys, theirs]) await story.opine(uscc);
    const { version } = await story.publish();
    const codes = async (bank: string) => (await read(bank, '/v1/whitelist')).body.items.map((item: any) => item.uscc);
    expect(await codes('bank-a')).toEqual([everybodys, theirs].toSorted());
    expect(await codes('bank-b')).toEqual([everybodys]);
    expect(await read('bank-a', `/v1/whitelist/${theirs}`)).toMatchObject({ body: { uscc: theirs, status: 'listed' } });
    expect(await read('bank-b', `/v1/whitelist-versions/${version}`)).toMatchObject({ body: { status: 'published' } });

    const nobodys = '91411502MA9TETT0X9';
    const answers = [];
    for (const uscc of [theirs, nobodys]) {
      await read('bank-b', `/v1/whitelist/${uscc}`);
      answers.push(await counted(() => read('bank-b', `/v1/whitelist/${uscc}`)));
    }
    expect(answers[0]).toMatchObject({ answer: { kind: 'problem', status: 404, code: 'not_found' } });
    expect(answers[0]?.requests).toEqual(answers[1]?.requests);
  });
});

/** The requests to the store that a call takes, once nothing else is going on. */
async function counted(run: () => Promise<any>): Promise<{ answer: any; requests: Record<string, number> }> {
  await story.drained();
  const { requests } = city.cloud.proxies.dynamodb.counts;
  const before = { ...requests };
  const answer = await run();
  const after = Object.entries(requests).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return { answer, requests: Object.fromEntries(after.filter(([, count]) => count > 0)) };
}

describe('a key', () => {
  const path = '/v1/partners/bank-a/keys';
  const post = (partnerId: string, where: string, body: unknown, idempotencyKey = `bank-serial-${randomUUID()}`) =>
    call(partnerId, { method: 'POST', path: where, body, idempotencyKey });

  test('of a bank’s own proves itself, is approved by its fingerprint, takes the place of the last, and is revoked', async () => {
    const pair = newKey('ecdsa-p256-sha256');
    const submitted = await post('bank-a', path, pair.body);
    expect(submitted).toMatchObject({ status: 201, body: { state: 'pending', alg: 'ecdsa-p256-sha256' } });
    const { keyid, challenge, fingerprints } = submitted.body;
    const approve = (fingerprint: string) => city.post(`${path}/${keyid}/approvals`, reviewer(), { fingerprint });
    expect(await approve(fingerprints.sha256)).toMatchObject({ status: 409, body: { code: 'state_conflict' } });

    const wrong = { signature: proofOf(newKey().privateKeyPem, challenge) };
    expect(await post('bank-a', `${path}/${keyid}/proofs`, wrong)).toMatchObject({ code: 'proof_invalid' });
    const right = { signature: proofOf(pair.privateKeyPem, challenge) };
    expect(await post('bank-a', `${path}/${keyid}/proofs`, right)).toMatchObject({ body: { state: 'proved' } });

    expect(await approve('0'.repeat(64))).toMatchObject({ status: 422, body: { code: 'fingerprint_mismatch' } });
    const mine = await partnerClient(city, 'bank-a', { keyid, privateKeyPem: pair.privateKeyPem });
    const whitelist = { method: 'GET', path: '/v1/whitelist' } as const;
    expect(await mine.call(whitelist)).toMatchObject({ code: 'signature_invalid' });
    expect(await approve(fingerprints.sha256)).toMatchObject({ status: 200, body: { state: 'active' } });
    await forgetKeys('screening');
    expect(await mine.call(whitelist)).toMatchObject({ kind: 'done' });
    // The one before goes on for the days of the overlap.
    const { items } = (await read('bank-a', path)).body;
    expect(items.map((key: any) => key.state)).toEqual(['active', 'retiring']);
    expect(await read('bank-a', '/v1/whitelist')).toMatchObject({ kind: 'done' });

    const revoked = await post('bank-a', `${path}/${keyid}/revocations`, { reason: '演练' });
    expect(revoked).toMatchObject({ status: 200, body: { state: 'revoked', reason: '演练' } });
    await forgetKeys('screening');
    expect(await mine.call(whitelist)).toMatchObject({ code: 'signature_invalid' });
    expect(await read('bank-a', '/v1/whitelist')).toMatchObject({ kind: 'done' });
  });

  test('is nobody else’s: not the same twice, not by who submitted it, not of another bank', async () => {
    const pair = newKey('ed25519');
    const submitted = await story.ok(201, city.post('/v1/partners/bank-b/keys', admin(), pair.body));
    expect(await post('bank-c', '/v1/partners/bank-c/keys', pair.body)).toMatchObject({ code: 'key_taken' });
    const foreign = await counted(() => post('bank-c', '/v1/partners/bank-b/keys', newKey().body));
    const none = await counted(() => post('bank-c', '/v1/partners/bank-none/keys', newKey().body));
    expect(foreign.answer).toMatchObject({ status: 404, code: 'not_found' });
    expect([foreign.answer.code, foreign.requests]).toEqual([none.answer.code, none.requests]);
    const { keyid } = submitted;
    expect(await read('bank-c', '/v1/partners/bank-b')).toMatchObject({ code: 'not_found' });
    expect(await read('bank-b', '/v1/partners/bank-b')).toMatchObject({ body: { partnerId: 'bank-b' } });
    const proof = { signature: proofOf(pair.privateKeyPem, submitted.challenge) };
    await story.ok(200, city.post(`/v1/partners/bank-b/keys/${keyid}/proofs`, admin(), proof));
    // The same person in another role is the same person.
    const role = 'city-reviewer';
    const token = await city.cloud.issueToken({ sub: 'city-admin', role });
    const fingerprint = submitted.fingerprints.sha256;
    const approved = await city.post(`/v1/partners/bank-b/keys/${keyid}/approvals`, token, { fingerprint });
    expect(approved).toMatchObject({ status: 409, body: { code: 'second_person_required' } });
  });

  test('is submitted once under one serial, whatever is lost on the way, and its fate can be asked', async () => {
    const serial = `lost-${randomUUID()}`;
    const before = (await read('bank-c', '/v1/partners/bank-c/keys')).body.items.length;
    expect((await read('bank-c', `/v1/requests/${serial}`)).body).toEqual({
      idempotencyKey: serial,
      status: 'unknown',
    });
    // The store has taken it, and nobody hears of it.
    city.cloud.proxies.dynamodb.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
    const { body } = newKey('ed25519');
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => post('bank-c', '/v1/partners/bank-c/keys', body, serial)),
    );
    const keyids = new Set(answers.map((answer) => answer.body?.keyid));
    expect(keyids.size).toBe(1);
    const { items } = (await read('bank-c', '/v1/partners/bank-c/keys')).body;
    expect(items.map((key: any) => key.keyid)).toContain([...keyids][0]);
    expect(items).toHaveLength(before + 1);
    expect((await read('bank-c', `/v1/requests/${serial}`)).body).toMatchObject({
      status: 'done',
      httpStatus: 201,
      path: '/v1/partners/bank-c/keys',
    });
    expect((await read('bank-b', `/v1/requests/${serial}`)).body).toMatchObject({ status: 'unknown' });
  });
});

describe('a partner', () => {
  test('is nobody before a second person has approved it', async () => {
    const entered = await city.post('/v1/partners', admin(), { partnerId: 'bank-new', name: '新银行', role: 'bank' });
    expect(entered).toMatchObject({ status: 201, body: { status: 'proposed' } });
    const token = await city.cloud.issueToken({ sub: 'city-admin', role: 'city-reviewer' });
    const approve = (by: string) => city.post('/v1/partners/bank-new/approvals', by);
    expect(await approve(token)).toMatchObject({ status: 409, body: { code: 'second_person_required' } });
    const pair = newKey('ed25519');
    const { keyid, challenge, fingerprints } = await story.ok(
      201,
      city.post('/v1/partners/bank-new/keys', admin(), pair.body),
    );
    const proof = { signature: proofOf(pair.privateKeyPem, challenge) };
    await story.ok(200, city.post(`/v1/partners/bank-new/keys/${keyid}/proofs`, admin(), proof));
    const approval = { fingerprint: fingerprints.sha256 };
    const tooSoon = await city.post(`/v1/partners/bank-new/keys/${keyid}/approvals`, reviewer(), approval);
    expect(tooSoon).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    expect(await approve(reviewer())).toMatchObject({ status: 200, body: { status: 'active' } });
    await story.ok(200, city.post(`/v1/partners/bank-new/keys/${keyid}/approvals`, reviewer(), approval));
    const client = await partnerClient(city, 'bank-new', { keyid, privateKeyPem: pair.privateKeyPem });
    expect(await client.call({ method: 'GET', path: '/v1/whitelist' })).toMatchObject({ kind: 'done' });
  });

  test('that calls from elsewhere, or is suspended, is refused with its code', async () => {
    const path = '/v1/partners/guarantor-a';
    const change = { name: '示例担保甲', networks: ['203.0.113.0/24'], webhookHosts: [] };
    await story.ok(200, story.put(path, admin(), change));
    expect(await read('guarantor-a', path)).toMatchObject({ body: { networks: [], proposed: change } });
    await story.ok(200, city.post(`${path}/approvals`, reviewer()));
    await forgetKeys('partners');
    expect(await read('guarantor-a', path)).toMatchObject({ status: 403, code: 'ip_not_allowed' });

    const insurer = '/v1/partners/insurer-a';
    await story.ok(200, city.post(`${insurer}/suspensions`, reviewer(), { reason: '核查中' }));
    await forgetKeys('partners');
    expect(await read('insurer-a', insurer)).toMatchObject({ status: 403, code: 'partner_suspended' });
    expect(await city.post(`${insurer}/reinstatements`, reviewer(), { reason: '已查清' })).toMatchObject({
      body: { code: 'second_person_required' },
    });
    await story.ok(200, city.post(`${insurer}/reinstatements`, admin(), { reason: '已查清' }));
    await forgetKeys('partners');
    expect(await read('insurer-a', insurer)).toMatchObject({ kind: 'done', body: { status: 'active' } });
  });
});
