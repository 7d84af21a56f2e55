import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { FunctionSpec } from './deployment.ts';
import { startGuard } from './guard.ts';
import { createSandboxes } from './sandboxes.ts';

/** One function with this code; what a test waits for, the function says in files of the folder. */
function host(code: string, change: Partial<FunctionSpec> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  writeFileSync(join(folder, 'index.mjs'), code);
  const guard = startGuard();
  const spec: FunctionSpec = {
    name: 'thing',
    service: 'things',
    trigger: 'command',
    codeDir: folder,
    handler: 'index.handler',
    environment: { COLOUR: 'red' },
    timeoutSeconds: 20,
    memoryMb: 512,
    concurrency: 2,
    ...change,
  };
  const logDir = join(folder, 'logs');
  const sandboxes = createSandboxes([spec], {
    region: 'cn-north-1',
    environmentOf: (name) => ({ AWS_ACCESS_KEY_ID: `KEY-${name}` }),
    logDir,
    guard,
  });
  onTestFinished(async () => {
    await sandboxes.stop();
    await guard.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { ...sandboxes, folder, log: () => readFileSync(join(logDir, 'thing.log'), 'utf8') };
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
};

const count = (folder: string) => readFileSync(join(folder, 'seen'), { encoding: 'utf8', flag: 'a+' }).length;

test('a function gets its event, a context and the environment of Lambda, and none of this process', async () => {
  process.env['OF_THIS_PROCESS'] = '1';
  onTestFinished(() => void delete process.env['OF_THIS_PROCESS']);
  const { invoke } = host(`export const handler = async (event, context) => ({
    event, env: process.env, keys: Object.keys(context).sort(), arn: context.invokedFunctionArn,
    left: context.getRemainingTimeInMillis(), group: context.logGroupName });`);
  const ending = await invoke('thing', { 名称: '信阳' });
  if (!ending.ok) throw new Error(ending.errorMessage);
  const seen = ending.payload as {
    event: unknown;
    env: Record<string, string>;
    keys: string[];
    arn: string;
    left: number;
  };
  expect(seen.event).toEqual({ 名称: '信阳' });
  expect(seen.arn).toBe('arn:aws-cn:lambda:cn-north-1:000000000000:function:thing');
  expect(seen.left).toBeGreaterThan(0);
  expect(seen.left).toBeLessThanOrEqual(20_000);
  expect(seen.keys).toContain('awsRequestId');
  expect(seen.env).toMatchObject({
    COLOUR: 'red',
    AWS_ACCESS_KEY_ID: 'KEY-thing',
    AWS_LAMBDA_FUNCTION_NAME: 'thing',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_REGION: 'cn-north-1',
    _HANDLER: 'index.handler',
  });
  expect(seen.env).not.toHaveProperty('OF_THIS_PROCESS');
});

test('a handler that returns nothing answers null; one that throws is an error and stays alive', async () => {
  const { invoke, log } = host(`let calls = 0;
    export const handler = async ({ fail }) => {
      calls += 1;
      if (fail) throw Object.assign(new RangeError('too far'), {});
      return calls === 1 ? undefined : calls;
    };`);
  expect(await invoke('thing', {})).toEqual({ ok: true, payload: null });
  expect(await invoke('thing', { fail: true })).toEqual({
    ok: false,
    errorType: 'RangeError',
    errorMessage: 'too far',
  });
  expect(await invoke('thing', {})).toEqual({ ok: true, payload: 3 });
  expect(log()).toContain('too far');
});

test('as many run at once as the function may have, one invocation each; the rest waits in line', async () => {
  const code = `import { appendFileSync, existsSync } from 'node:fs';
    export const handler = async () => {
      appendFileSync('seen', 'x');
      while (!existsSync('go')) await new Promise((resolve) => setTimeout(resolve, 5));
      return process.pid;
    };`;
  const { invoke, folder, inFlight, begun } = host(code);
  const endings = [1, 2, 3, 4, 5].map((event) => invoke('thing', event));
  await until(() => count(folder) === 2);
  expect(inFlight()).toBe(5);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(count(folder)).toBe(2);
  writeFileSync(join(folder, 'go'), '');
  const pids = (await Promise.all(endings)).map((ending) => (ending.ok ? ending.payload : ending));
  expect(new Set(pids).size).toBe(2);
  await until(() => inFlight() === 0);
  expect(begun()).toBe(5);
});

test('a kill ends everything that runs as a crash does, and the next call finds a new sandbox', async () => {
  const code = `import { appendFileSync } from 'node:fs';
    export const handler = async (event) => {
      if (event === 'stay') { appendFileSync('seen', 'x'); await new Promise(() => setInterval(() => 0, 1000)); }
      return 'done';
    };`;
  const { invoke, kill, folder } = host(code);
  const running = [invoke('thing', 'stay'), invoke('thing', 'stay')];
  const queued = invoke('thing', 'go');
  await until(() => count(folder) === 2);
  expect(kill('thing')).toBe(2);
  expect(kill('nothing')).toBeUndefined();
  for (const ending of await Promise.all(running))
    expect(ending).toMatchObject({
      ok: false,
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/SIGKILL/),
    });
  expect(await queued).toEqual({ ok: true, payload: 'done' });
  await until(() => kill('thing') !== 0);
  expect(await invoke('thing', 'go')).toEqual({ ok: true, payload: 'done' });
});

test('a function that takes too long is killed, even where it computes in a circle', async () => {
  const { invoke } = host(`export const handler = async (event) => { while (event === 'spin') ; return 1; };`, {
    timeoutSeconds: 1,
  });
  const ending = await invoke('thing', 'spin');
  expect(ending).toMatchObject({ ok: false, errorType: 'Sandbox.Timedout' });
  expect(ending).toMatchObject({ errorMessage: expect.stringMatching(/Task timed out after 1\.00 seconds/) });
  expect(await invoke('thing', 'go')).toEqual({ ok: true, payload: 1 });
});

test.each([
  ['a module that throws', `throw new TypeError('no table');`, 'TypeError', 'no table'],
  ['a module that does not parse', 'export const = ;', 'Runtime.UserCodeSyntaxError', ''],
  ['a missing handler', 'export const other = 1;', 'Runtime.HandlerNotFound', 'index.handler'],
  ['a handler with a callback', 'export const handler = (a, b, c) => c();', 'Runtime.CallbackHandlerDeprecated', ''],
  ['a module that exits', 'process.exit(3);', 'Runtime.ExitError', 'exit status 3'],
])('a start that fails is told: %s', async (_case, code, errorType, message) => {
  const { invoke } = host(code);
  for (const attempt of [1, 2])
    expect([attempt, await invoke('thing', {})]).toEqual([
      attempt,
      { ok: false, errorType, errorMessage: expect.stringContaining(message) },
    ]);
});

test.each([
  ['throws outside the handler', `setTimeout(() => { throw new Error('late') }, 1);`, 'Runtime.UncaughtException'],
  ['leaves a rejection', `void Promise.reject(new Error('late'));`, 'Runtime.UnhandledPromiseRejection'],
  ['exits', `process.exit(0);`, 'Runtime.ExitError'],
])('a handler that %s loses its sandbox', async (_case, code, errorType) => {
  const { invoke } = host(`let used = 0;
    export const handler = async (event) => {
      used += 1;
      if (event === 'go') return used;
      ${code}
      await new Promise((resolve) => setTimeout(resolve, 5000));
    };`);
  expect(await invoke('thing', 'go')).toEqual({ ok: true, payload: 1 });
  expect(await invoke('thing', 'crash')).toMatchObject({ ok: false, errorType });
  expect(await invoke('thing', 'go')).toEqual({ ok: true, payload: 1 });
});

test('what is no function, too large or not JSON is an error of the call', async () => {
  const { invoke } = host(`export const handler = async () => 1n;`);
  expect(await invoke('nothing', {})).toMatchObject({ ok: false, errorType: 'ResourceNotFoundException' });
  expect(await invoke('thing', 'x'.repeat(7_000_000))).toMatchObject({ errorType: 'RequestEntityTooLargeException' });
  expect(await invoke('thing', {})).toMatchObject({ ok: false, errorType: 'TypeError' });
});
