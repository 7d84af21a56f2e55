import { Agent, request } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { type Ending, type Invocation, maxPayloadBytes, startRuntimeApi } from './runtime-api.ts';

const arn = 'arn:aws-cn:lambda:cn-north-1:000000000000:function:thing';
const invocation: Invocation = {
  requestId: 'b0b6e0a2-3c1d-4f9e-8a55-0c9a1d2e3f40',
  functionArn: arn,
  traceId: 'Root=1-00000000-000000000000000000000000;Parent=0000000000000000;Sampled=0',
  timeoutMs: 10_000,
  payload: '{"名称":"信阳"}',
};

async function start() {
  const endings: Ending[] = [];
  const initErrors: Ending[] = [];
  let taken = 0;
  const api = await startRuntimeApi({
    ready: () => undefined,
    taken: () => void (taken += 1),
    ended: (ending) => void endings.push(ending),
    initFailed: (ending) => void initErrors.push(ending),
  });
  onTestFinished(() => api.close());
  const base = `http://${api.address}/2018-06-01/runtime`;
  const next = (signal?: AbortSignal) => fetch(`${base}/invocation/next`, signal ? { signal } : {});
  const post = (path: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${base}${path}`, { method: 'POST', body, headers });
  return { api, base, endings, initErrors, taken: () => taken, next, post };
}

test('an invocation is taken by a long poll with all headers a runtime needs, and answered with 202', async () => {
  const { api, endings, next, post, taken } = await start();
  const polling = next();
  expect(taken()).toBe(0);
  const before = Date.now();
  api.offer(invocation);
  const response = await polling;
  expect(response.status).toBe(200);
  expect(response.headers.get('lambda-runtime-aws-request-id')).toBe(invocation.requestId);
  expect(response.headers.get('lambda-runtime-invoked-function-arn')).toBe(arn);
  expect(response.headers.get('lambda-runtime-trace-id')).toBe(invocation.traceId);
  expect(Number(response.headers.get('lambda-runtime-deadline-ms'))).toBeGreaterThanOrEqual(before + 10_000);
  expect(await response.text()).toBe(invocation.payload);
  expect(taken()).toBe(1);

  const accepted = await post(`/invocation/${invocation.requestId}/response`, '{"ok":"好"}');
  expect([accepted.status, await accepted.json()]).toEqual([202, { status: 'OK' }]);
  expect(endings).toEqual([{ ok: true, payload: '{"ok":"好"}' }]);
});

test('an invocation offered before the runtime asks is waiting for it', async () => {
  const { api, next } = await start();
  api.offer(invocation);
  expect(await (await next()).text()).toBe(invocation.payload);
});

test('a poll that went away does not swallow the invocation', async () => {
  const { api, next } = await start();
  const gone = new AbortController();
  const polling = next(gone.signal);
  await new Promise((resolve) => setTimeout(resolve, 50));
  gone.abort();
  await expect(polling).rejects.toThrow();
  await new Promise((resolve) => setTimeout(resolve, 50));
  api.offer(invocation);
  expect(await (await next()).text()).toBe(invocation.payload);
});

test('an error is taken from the body, or from the header where the body says nothing', async () => {
  const { api, endings, next, post } = await start();
  const fail = async (body: string, headers: Record<string, string> = {}) => {
    api.offer(invocation);
    await (await next()).text();
    expect((await post(`/invocation/${invocation.requestId}/error`, body, headers)).status).toBe(202);
    return endings.at(-1);
  };
  expect(await fail('{"errorType":"TypeError","errorMessage":"no","stackTrace":[]}')).toEqual({
    ok: false,
    errorType: 'TypeError',
    errorMessage: 'no',
  });
  expect(await fail('not JSON', { 'Lambda-Runtime-Function-Error-Type': 'Runtime.Unknown' })).toEqual({
    ok: false,
    errorType: 'Runtime.Unknown',
    errorMessage: '',
  });
});

test('what the protocol does not allow is refused as Lambda refuses it', async () => {
  const { api, base, initErrors, next, post } = await start();
  expect((await post('/invocation/none/response', '1')).status).toBe(400);
  api.offer(invocation);
  await (await next()).text();
  const wrong = await post('/invocation/another/response', '1');
  expect([wrong.status, await wrong.json()]).toEqual([
    400,
    { errorType: 'InvalidRequestID', errorMessage: 'Invalid request ID' },
  ]);
  const early = await next();
  expect([early.status, ((await early.json()) as { errorType: string }).errorType]).toEqual([
    403,
    'InvalidStateTransition',
  ]);
  const path = `/invocation/${invocation.requestId}/response`;
  expect((await post(path, '1')).status).toBe(202);
  expect((await post(path, '2')).status).toBe(403);
  expect((await post('/init/error', '{}')).status).toBe(403);
  expect(initErrors).toEqual([]);
  expect((await fetch(`${base}/invocation/next`, { method: 'POST', body: '' })).status).toBe(405);
  expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
});

test('an answer above 6 MB is 413 and ends the invocation as an error', async () => {
  const { api, endings, next, post } = await start();
  api.offer(invocation);
  await (await next()).text();
  const path = `/invocation/${invocation.requestId}/response`;
  expect((await post(path, 'x'.repeat(maxPayloadBytes + 1))).status).toBe(413);
  expect(endings).toEqual([expect.objectContaining({ ok: false, errorType: 'Function.ResponseSizeTooLarge' })]);
  api.offer({ ...invocation, requestId: 'next' });
  await (await next()).text();
  expect((await post('/invocation/next/response', 'x'.repeat(maxPayloadBytes))).status).toBe(202);
});

test('a failed start is told once, before anything was asked for', async () => {
  const { initErrors, post } = await start();
  const body = JSON.stringify({ errorType: 'Runtime.ImportModuleError', errorMessage: 'no such file', stackTrace: [] });
  expect((await post('/init/error', body)).status).toBe(202);
  expect(initErrors).toEqual([{ ok: false, errorType: 'Runtime.ImportModuleError', errorMessage: 'no such file' }]);
});

/** One connection, kept, as AWS's runtime clients have it; headers and bodies as `aws-lambda-ric` 4 sends them. */
test('a client like aws-lambda-ric runs on one connection, its long headers included', async () => {
  const { api, endings } = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => agent.destroy());
  const [hostname, port] = api.address.split(':');
  const ports = new Set<number | undefined>();
  const call = (method: string, path: string, body = '', headers: Record<string, string> = {}) =>
    new Promise<{ status: number | undefined; id: unknown; text: string }>((resolve, reject) => {
      const options = { hostname, port, agent, method, path: `/2018-06-01/runtime${path}` };
      const agentHeader = { 'User-Agent': 'AWS_Lambda_Cpp/0.2.9-nodejs24', ...headers };
      const sent = request({ ...options, headers: { ...agentHeader, 'content-length': Buffer.byteLength(body) } });
      sent.once('error', reject).once('response', (response) => {
        ports.add(response.socket.localPort);
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.once('end', () =>
          resolve({ status: response.statusCode, id: response.headers['lambda-runtime-aws-request-id'], text }),
        );
      });
      sent.end(body);
    });
  const cause = JSON.stringify({ paths: ['/var/task/index.mjs'], exceptions: 'x'.repeat(60_000) });
  for (const [round, kind] of ['response', 'error', 'response'].entries()) {
    api.offer({ ...invocation, requestId: `request-${String(round)}` });
    const next = await call('GET', '/invocation/next');
    expect(next).toMatchObject({ status: 200, id: `request-${String(round)}`, text: invocation.payload });
    const isError = kind === 'error';
    const body = isError ? '{"errorType":"Error","errorMessage":"no","trace":["Error: no"]}' : '"好"';
    const headers = {
      'content-type': 'application/json',
      'lambda-runtime-function-xray-error-cause': isError ? cause : '',
    };
    expect((await call('POST', `/invocation/${String(next.id)}/${kind}`, body, headers)).status).toBe(202);
  }
  expect(endings).toEqual([
    { ok: true, payload: '"好"' },
    { ok: false, errorType: 'Error', errorMessage: 'no' },
    { ok: true, payload: '"好"' },
  ]);
  expect(ports.size).toBe(1);
});
