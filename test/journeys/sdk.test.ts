import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKeyPair } from '#packages/signature/new-key';
import { lineOf, type Result, summaryOf } from '../../packages/sdk/conformance/checks.ts';
import { runConformance } from '../../packages/sdk/conformance/run.ts';
import { openClient } from '../../packages/sdk/client.ts';
import { fetchPlatformKeys, type PlatformKeys } from '../../packages/sdk/platform-keys.ts';
import { type City, startCity } from '../support/city.ts';

let city: City;
let platformKeys: PlatformKeys;
beforeAll(async () => {
  city = await startCity({ partners: true });
  platformKeys = await fetchPlatformKeys(city.baseUrl);
});
afterAll(() => city.stop());

const partner = (name: string) => city.cloud.credentials.partners[name]!;
const clientOf = (name: string) => openClient({ baseUrl: city.baseUrl, platformKeys, ...partner(name) });

test.each([
  ['bank-a', 'ed25519', 'bank'],
  ['bank-b', 'ecdsa-p256-sha256', 'bank'],
  ['bank-c', 'sm2', 'bank'],
  ['guarantor-a', 'ecdsa-p256-sha256', 'guarantor'],
  ['insurer-a', 'ed25519', 'insurer'],
])('%s makes typed calls with its key of %s, and sees what its role (%s) may see', async (partnerId, alg, role) => {
  expect(partner(partnerId).alg).toBe(alg);
  const client = clientOf(partnerId);
  const self = await client.getPartner({ params: { partnerId } });
  if (self.kind === 'problem') throw new Error(self.code);
  expect([self.body.partnerId, self.body.role, self.body.status]).toEqual([partnerId, role, 'active']);
  const listed = await client.listWhitelist({ query: { status: 'listed', pageSize: 10 } });
  if (role === 'bank') expect(listed).toMatchObject({ kind: 'done', body: { items: [], nextCursor: null } });
  else expect(listed).toMatchObject({ kind: 'problem', code: 'forbidden', effect: 'none' });
  expect(await client.getOwnKeys()).toMatchObject({ kind: 'done', body: { keys: platformKeys.list() } });
  const another = await client.getPartner({ params: { partnerId: partnerId === 'bank-a' ? 'bank-b' : 'bank-a' } });
  expect(another).toMatchObject({ kind: 'problem', status: 404, code: 'not_found' });
});

test('money is a whole number of fen; a call again is replayed, and its fate is asked by its serial number', async () => {
  const client = clientOf('guarantor-a');
  const idempotencyKey = '20261123101530-0000000001';
  const asked = () => client.getRequest({ params: { idempotencyKey } });
  expect(await asked()).toMatchObject({ kind: 'done', body: { status: 'unknown' } });
  const parties = [{ id: 'fund', kind: 'public' as const, shareBps: 4_000 }];
  const body = {
    programme: { parties, recoveryOrder: 'principal-first' as const },
    case: { outstandingFen: 100_001 },
    events: [],
  };
  for (const replayed of [false, true]) {
    const answer = await client.simulateClaim({ body, idempotencyKey });
    if (answer.kind === 'problem') throw new Error(answer.code);
    expect(answer.replayed).toBe(replayed);
    expect(answer.body.payments.map(({ partyId, paidFen }) => [partyId, paidFen])).toEqual([
      ['fund', 40_000],
      ['bank', 60_001],
    ]);
  }
  const other = await client.simulateClaim({ body: { ...body, case: { outstandingFen: 1 } }, idempotencyKey });
  expect(other).toMatchObject({ kind: 'problem', code: 'idempotency_key_reused' });
  expect(await asked()).toMatchObject({ kind: 'done', body: { status: 'done', httpStatus: 200 } });
});

const conform = async (name: string, withReviewer: boolean) => {
  const lines: string[] = [];
  const told = (result: Result) => lines.push(lineOf(result));
  const { keyid, privateKeyPem } = partner(name);
  const reviewerToken = withReviewer ? city.operator('city-reviewer') : undefined;
  const settings = { baseUrl: city.baseUrl, keyid, privateKeyPem, reviewerToken, webhook: { port: 0 } };
  const results = await runConformance(settings, told);
  return { results, text: lines.join('\n') };
};

test('the conformance run passes against the city with a reviewer: both keys work, and the second is revoked', async () => {
  const { results, text } = await conform('bank-a', true);
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(summaryOf(results).passed).toBeGreaterThanOrEqual(51);
  expect(text).toContain('✓ 批准（由市级复核人核对指纹）：active');
  expect(text).toContain('✓ 原密钥仍可用：200');
  expect(text).toContain('✓ 吊销第二把密钥：revoked');
  expect(text).toContain('✓ 收到签名的通知：event');
  // A revocation is heeded everywhere after a minute, which is not waited for here.
  expect(results.filter(({ outcome }) => outcome === 'skipped')).toMatchObject([{ name: '吊销后 60 秒内失效' }]);
  expect(await clientOf('bank-a').getPartner({ params: { partnerId: 'bank-a' } })).toMatchObject({ kind: 'done' });
});

test('without a reviewer it says what it skipped and why, and leaves no live key behind', async () => {
  const { results, text } = await conform('bank-c', false);
  expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  expect(text).toContain('– 批准（由市级复核人核对指纹）：跳过\n    需市级复核人批准');
  const states: string[] = [];
  for await (const key of clientOf('bank-c').each.listKeys({ params: { partnerId: 'bank-c' } })) states.push(key.state);
  expect(states).toEqual(['revoked', 'active']);
});

test('where the platform does not answer as it should, the run fails check by check and goes on', async () => {
  const { keyid } = partner('insurer-a');
  const { privateKeyPem } = newKeyPair('ed25519');
  const results = await runConformance({ baseUrl: city.baseUrl, keyid, privateKeyPem }, () => undefined);
  const of = (name: string) => results.find((one) => one.name === name);
  expect(of('GET 带参数')).toMatchObject({ outcome: 'failed', expected: '200', seen: '401 signature_invalid' });
  expect(of('签名已过期（10 分钟前）')).toMatchObject({ outcome: 'passed' });
  expect(of('按流水号查询')).toMatchObject({ outcome: 'failed', seen: '401 signature_invalid' });
});

test('it is not run with a key that counts', async () => {
  const { privateKeyPem } = partner('bank-a');
  const run = runConformance(
    { baseUrl: city.baseUrl, keyid: 'bank-a.prod.20261101.1', privateKeyPem },
    () => undefined,
  );
  await expect(run).rejects.toThrow('只在测试环境运行');
});
