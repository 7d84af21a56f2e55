import { request } from 'node:http';
import { connect } from 'node:net';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Invoke } from './deployment.ts';
import { startGateway, type GatewayOptions } from './gateway.ts';

const routes = [
  { resource: '/', method: 'ANY', functionName: 'portal' },
  { resource: '/{proxy+}', method: 'ANY', functionName: 'portal' },
  { resource: '/v1/enterprises', method: 'ANY', functionName: 'screening' },
  { resource: '/v1/enterprises/{proxy+}', method: 'ANY', functionName: 'screening' },
  { resource: '/v1/enterprises/{uscc}/exact', method: 'GET', functionName: 'exact' },
];
const problem = (status: number, code: string) => ({
  status,
  contentType: 'application/problem+json',
  body: JSON.stringify({ type: `urn:${code}`, title: code, status, code }),
});
const gatewayResponses = {
  REQUEST_TOO_LARGE: problem(413, 'body_too_large'),
  THROTTLED: problem(429, 'rate_limited'),
  INTEGRATION_TIMEOUT: problem(504, 'gateway_timeout'),
};

async function start(
  answer: (event: APIGatewayProxyEvent, name: string) => unknown = () => ({ statusCode: 200 }),
  change: Partial<GatewayOptions> = {},
) {
  const events: { name: string; event: APIGatewayProxyEvent }[] = [];
  const invoke: Invoke = async (name, event) => {
    events.push({ name, event: event as APIGatewayProxyEvent });
    return { ok: true, payload: await answer(event as APIGatewayProxyEvent, name) };
  };
  const gateway = await startGateway({
    port: 0,
    deployment: { routes, gatewayResponses },
    stage: { name: 'live' },
    invoke,
    limits: false,
    control: async (_request, response) => void response.end('control'),
    ...change,
  });
  onTestFinished(() => gateway.close());
  return { gateway, events, base: `http://127.0.0.1:${String(gateway.port)}` };
}

/** With a path as it stands, which `fetch` would tidy up. */
const raw = (port: number, method: string, path: string, headers: string[] = []) =>
  new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    socket.once('error', reject).once('end', () => resolve(text));
    socket.write(
      [`${method} ${path} HTTP/1.1`, 'Host: zhirong.example', 'Connection: close', ...headers, '', ''].join('\r\n'),
    );
  });

test('a function gets the event of a Lambda proxy integration', async () => {
  const { base, events } = await start();
  await fetch(`${base}/v1/enterprises/9141%2F15/screenings?cursor=a%2Bb&tag=x&tag=y&empty`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Thing': '1' },
    body: '{"名称":"信阳"}',
  });
  const [{ name, event } = { name: '', event: {} as APIGatewayProxyEvent }] = events;
  expect(name).toBe('screening');
  expect(event).toMatchObject({
    resource: '/v1/enterprises/{proxy+}',
    path: '/v1/enterprises/9141%2F15/screenings',
    httpMethod: 'POST',
    pathParameters: { proxy: '9141%2F15/screenings' },
    queryStringParameters: { cursor: 'a+b', tag: 'y', empty: '' },
    multiValueQueryStringParameters: { cursor: ['a+b'], tag: ['x', 'y'], empty: [''] },
    stageVariables: null,
    isBase64Encoded: true,
    body: Buffer.from('{"名称":"信阳"}').toString('base64'),
  });
  expect(event.requestContext).toMatchObject({
    resourcePath: '/v1/enterprises/{proxy+}',
    httpMethod: 'POST',
    stage: 'live',
    path: '/live/v1/enterprises/9141%2F15/screenings',
    identity: { sourceIp: '127.0.0.1' },
    requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    requestTimeEpoch: expect.any(Number),
  });
  expect(event.multiValueHeaders).toHaveProperty('X-Thing', ['1']);
});

test('what is not there is null', async () => {
  const { base, events } = await start();
  await fetch(`${base}/`);
  expect(events[0]?.event).toMatchObject({
    path: '/',
    resource: '/',
    pathParameters: null,
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
  });
});

test.each([
  ['GET', '/v1/enterprises', 'screening', '/v1/enterprises'],
  ['GET', '/v1/enterprises/', 'screening', '/v1/enterprises'],
  ['GET', '/v1/enterprises/91/exact', 'exact', '/v1/enterprises/{uscc}/exact'],
  ['POST', '/v1/enterprises/91/exact', 'screening', '/v1/enterprises/{proxy+}'],
  ['GET', '/v1/enterprises2', 'portal', '/{proxy+}'],
  ['GET', '//v1/enterprises', 'portal', '/{proxy+}'],
  ['GET', 'http://zhirong.example/v1/enterprises?x', 'screening', '/v1/enterprises'],
  ['OPTIONS', '/docs', 'portal', '/{proxy+}'],
])('%s %s goes to %s by the most specific resource', async (method, path, name, resource) => {
  const { gateway, events } = await start();
  expect(await raw(gateway.port, method, path)).toMatch(/^HTTP\/1\.1 200 /);
  expect(events).toEqual([{ name, event: expect.objectContaining({ resource }) }]);
});

test('headers that come twice are all there, the last one alone in the single form', async () => {
  const { gateway, events } = await start();
  await raw(gateway.port, 'GET', '/docs', [
    'X-Twice: a',
    'x-twice: b',
    'x-forwarded-for: 10.0.0.1',
    'x-forwarded-proto: https',
  ]);
  expect(events[0]?.event.multiValueHeaders['X-Twice']).toEqual(['a', 'b']);
  expect(events[0]?.event.headers).toMatchObject({
    'X-Twice': 'b',
    'X-Forwarded-For': '10.0.0.1, 127.0.0.1',
    'X-Forwarded-Proto': 'http',
  });
  expect(events[0]?.event.headers).not.toHaveProperty('x-twice');
  expect(events[0]?.event.headers).not.toHaveProperty('x-forwarded-for');
});

test('an answer comes as the function words it', async () => {
  const { base } = await start((event) =>
    event.path === '/empty'
      ? { statusCode: 204 }
      : {
          statusCode: 201,
          headers: { 'Content-Type': 'text/plain', Location: '/x', 'Content-Length': '99' },
          multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
          body: Buffer.from('好').toString('base64'),
          isBase64Encoded: true,
        },
  );
  const response = await fetch(`${base}/full`);
  expect([response.status, await response.text(), response.headers.get('location')]).toEqual([201, '好', '/x']);
  expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  expect((await fetch(`${base}/empty`)).status).toBe(204);
});

test.each([
  ['a word', 'text'],
  ['no status', { body: 'x' }],
  ['a body that is no text', { statusCode: 200, body: {} }],
])('a malformed answer is 502: %s', async (_case, answer) => {
  const { base } = await start(() => answer);
  const response = await fetch(`${base}/`);
  expect([response.status, await response.json()]).toEqual([502, { message: 'Internal server error' }]);
});

test('a function that fails is told in the words of the template, where it has some', async () => {
  const invoke: Invoke = async () => ({ ok: false, errorType: 'Runtime.ExitError', errorMessage: 'secret' });
  expect((await fetch(`${(await start(undefined, { invoke })).base}/`)).status).toBe(502);
  const deployment = { routes, gatewayResponses: { DEFAULT_5XX: problem(500, 'internal') } };
  const response = await fetch(`${(await start(undefined, { invoke, deployment })).base}/`);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  expect(await response.json()).toEqual({ type: 'urn:internal', title: 'internal', status: 500, code: 'internal' });
});

test.each([
  ['above 10 MB', 10 * 1024 * 1024 + 1],
  ['above what Lambda takes once it is base64', 5 * 1024 * 1024],
])('a body %s is 413 before any function', async (_case, bytes) => {
  const { base, events } = await start();
  const response = await fetch(`${base}/v1/enterprises`, { method: 'POST', body: 'x'.repeat(bytes) });
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([413, 'body_too_large']);
  expect(events).toEqual([]);
});

test.each([10_300, 60_000])('headers of %i bytes are 431', async (bytes) => {
  const { gateway, events } = await start();
  expect(await raw(gateway.port, 'GET', '/', [`X-Long: ${'x'.repeat(bytes)}`])).toMatch(/^HTTP\/1\.1 431 /);
  expect(events).toEqual([]);
});

test('what is not HTTP is 400', async () => {
  const { gateway } = await start();
  expect(await raw(gateway.port, 'GET', '/ HTTP/1.1\r\nno colon')).toMatch(/^HTTP\/1\.1 400 /);
});

test('after 29 seconds the gateway waits no longer', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  let arrived = () => {};
  const there = new Promise<void>((resolve) => (arrived = resolve));
  const { gateway } = await start(() => {
    arrived();
    return new Promise(() => undefined);
  });
  const answered = new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
    const sent = request({ port: gateway.port, host: '127.0.0.1', path: '/' }, (response) => {
      let text = '';
      response
        .on('data', (chunk) => (text += String(chunk)))
        .once('end', () => resolve({ status: response.statusCode, text }));
    });
    sent.once('error', reject).end();
  });
  await there;
  vi.advanceTimersByTime(29_000);
  expect(await answered).toEqual({ status: 504, text: gatewayResponses.INTEGRATION_TIMEOUT.body });
});

test('the stage throttles where limits are asked for', async () => {
  const stage = { name: 'live', throttle: { ratePerSecond: 0.001, burst: 2 } };
  const { base } = await start(undefined, { stage, limits: true });
  const statuses = [];
  for (let call = 0; call < 3; call += 1) statuses.push((await fetch(`${base}/`)).status);
  expect(statuses).toEqual([200, 200, 429]);
  expect((await fetch(`${base}/__local/health`)).status).toBe(200);
});
