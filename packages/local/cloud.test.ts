import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Cloud, startCloud } from './cloud.ts';
import { FolderInUse } from './local-dir.ts';

const dir = mkdtempSync(join(tmpdir(), 'cloud-'));
const options = { dir, port: 0, assemblies: join(tmpdir(), 'zhirong-assemblies') };
const lines: string[] = [];
let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud({ ...options, log: (line) => void lines.push(line) });
});
afterAll(async () => {
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(`${cloud.baseUrl}${path}`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const signedIn = (name: string) => ({ authorization: `Bearer ${cloud.credentials.operators[name]?.token}` });

const enterprise = {
  uscc: '91411502MA9TETT0X9',
  name: '信阳示例茶业有限公司',
  divisionCode: '411502',
  sizeClass: 'small',
  industryCode: 'C15',
  foundedOn: '2015-03-01',
};
const nominate = (key: string) =>
  call('POST', '/v1/enterprises', enterprise, {
    ...signedIn('county-clerk-411502'),
    'content-type': 'application/json',
    'idempotency-key': key,
  });

test('it says what it does while it starts, and that it is ready only when it is', async () => {
  expect(lines.at(-1)).toContain(cloud.baseUrl);
  for (const line of lines) expect(line).toMatch(/^\[ *\d+\.\ds\] [^·]+ · .+$/u);
  expect(await call('GET', '/__local/health')).toEqual({ status: 200, body: { ready: true } });
});

test('credentials.json has everybody who can sign in', () => {
  const written = JSON.parse(readFileSync(join(dir, 'credentials.json'), 'utf8'));
  expect(written).toEqual(cloud.credentials);
  expect(written).toMatchObject({ baseUrl: cloud.baseUrl, authority: new URL(cloud.baseUrl).host, partners: {} });
  expect(Object.keys(written.operators)).toEqual([
    'city-admin',
    'city-admin-2',
    'city-reviewer',
    'city-reviewer-2',
    'county-clerk-411502',
    'county-reviewer-411502',
    'county-clerk-411525',
    'county-reviewer-411525',
    'park-manager',
    'enterprise-user',
    'auditor',
    'regulator',
  ]);
});

test('an enterprise is nominated through the API, its event and audit row leave through the streams', async () => {
  const nominated = await nominate('cloud-test-nomination-1');
  expect(nominated.status).toBe(201);
  expect(await call('POST', '/__local/drain', { timeoutMs: 60_000 })).toEqual({
    status: 200,
    body: { pending: 0, deadLetters: 0 },
  });
  expect(cloud.proxies.dynamodb.counts.denied + cloud.proxies.sqs.counts.denied).toBe(0);
});

test('functions are listed and killed', async () => {
  const { items } = (await call('GET', '/__local/functions')).body;
  expect(items).toContainEqual({ name: 'zhirong-screening-api', service: 'screening', trigger: 'http' });
  expect(items).toContainEqual({ name: 'zhirong-screening-worker', service: 'screening', trigger: 'queue' });
  expect(items).toContainEqual({ name: 'zhirong-redrive', service: 'foundation', trigger: 'command' });
  await call('GET', '/openapi.json');
  const { status, body } = await call('POST', '/__local/kill', { function: 'zhirong-portal-api' });
  expect([status, body.killed > 0]).toEqual([200, true]);
  expect((await call('GET', '/openapi.json')).status).toBe(200);
  expect((await call('POST', '/__local/kill', { function: 'no-such' })).status).toBe(404);
});

test('a schedule fires with the moment it is given', async () => {
  const at = '2026-12-01T00:00:00.000Z';
  expect(await call('POST', '/__local/schedules/screening-outbox-sweep', { at })).toEqual({
    status: 200,
    body: { schedule: 'screening-outbox-sweep', at, ok: true },
  });
  expect((await call('POST', '/__local/schedules/no-such', { at })).status).toBe(404);
  expect((await call('POST', '/__local/schedules/screening-daily', { at: 'today' })).status).toBe(422);
});

test('any token is issued, and the sources are told what to say and how to fail', async () => {
  const { body } = await call('POST', '/__local/tokens', { sub: 'x', role: 'auditor', ttlSeconds: 60 });
  const headers = { authorization: `Bearer ${body.token}` };
  expect((await call('GET', `/v1/enterprises/${enterprise.uscc}`, undefined, headers)).status).toBe(200);
  expect((await call('POST', '/__local/tokens', { sub: 'x', role: 'king' })).status).toBe(422);

  const facts = { registration: { status: 'active' }, lists: [], abnormal: [], penalties: [] };
  const path = `/__local/sources/credit/enterprises/${enterprise.uscc}`;
  expect((await call('PUT', path, facts)).status).toBe(200);
  const told = `${cloud.sources.credit.url}/enterprises/${enterprise.uscc}`;
  expect(((await (await fetch(told)).json()) as { data: unknown }).data).toEqual(facts);
  expect((await call('PUT', path, { colour: 'red' })).status).toBe(422);
  expect((await call('PUT', '/__local/sources/credit/fault', { kind: '500' })).status).toBe(200);
  expect((await fetch(told)).status).toBe(500);
  expect((await call('PUT', '/__local/sources/credit/fault', { kind: 'none' })).status).toBe(200);
  expect((await call('DELETE', path)).status).toBe(204);
  expect((await fetch(told)).status).toBe(404);
});

test.each([
  ['PUT', '/__local/platform/fault', { kind: 'none' }, 404],
  ['GET', '/__local/drain', undefined, 405],
  ['GET', '/__local/nothing', undefined, 404],
  ['PUT', '/__local/sources/other/fault', { kind: 'none' }, 404],
  ['POST', '/__local/kill', '{"function":', 400],
])('%s %s is no control: %j', async (method, path, body, status) => {
  const answer = await call(method, path, body);
  expect([answer.status, answer.body.status]).toEqual([status, status]);
});

test('functions are invoked with the AWS SDK as well', async () => {
  const endpoint = cloud.endpoints.lambda;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new LambdaClient({ endpoint, region: 'cn-north-1', credentials, maxAttempts: 1 });
  const invoke = (FunctionName: string, event: object) =>
    client.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event) }));
  const swept = await invoke('zhirong-screening-outbox', { action: 'sweep' });
  expect([swept.StatusCode, swept.FunctionError]).toEqual([200, undefined]);
  const failed = await invoke('zhirong-screening-outbox', { action: 'no-such' });
  expect(failed.FunctionError).toBe('Unhandled');
  expect(JSON.parse(failed.Payload?.transformToString() ?? '')).toMatchObject({ errorType: 'Error' });
  await expect(invoke('no-such', {})).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  client.destroy();
});

test('a second one on the same folder is refused; after a stop the data is found again and nothing else is left', async () => {
  await expect(startCloud(options)).rejects.toThrow(FolderInUse);
  const { baseUrl, engines, endpoints, credentials } = cloud;
  await cloud.stop();
  for (const url of [baseUrl, engines.dynamodb, engines.sqs, endpoints.lambda])
    await expect(fetch(url)).rejects.toThrow();
  cloud = await startCloud(options);
  // Yesterday's token still opens the door: the issuer is the same.
  const headers = { authorization: `Bearer ${credentials.operators['county-clerk-411502']?.token}` };
  const found = await call('GET', `/v1/enterprises/${enterprise.uscc}`, undefined, headers);
  expect([found.status, found.body.name]).toEqual([200, enterprise.name]);
  expect((await nominate('cloud-test-nomination-2')).status).toBe(201);
  expect((await call('POST', '/__local/drain', { timeoutMs: 60_000 })).body).toEqual({ pending: 0, deadLetters: 0 });
});
