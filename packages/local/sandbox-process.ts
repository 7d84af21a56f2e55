import { spawn } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FunctionSpec } from './deployment.ts';
import type { Guard } from './guard.ts';
import { type Ending, type Invocation, startRuntimeApi } from './runtime-api.ts';

/** What every sandbox of this local cloud is made from. */
export type SandboxSettings = {
  region: string;
  /** Variables of a function beyond its own: where the engines are, and its credentials. */
  environmentOf(functionName: string): Record<string, string>;
  /** Each function writes to `<logDir>/<function>.log`. */
  logDir: string;
  guard: Guard;
  /** The command that is the runtime: ours, or AWS's own `aws-lambda-ric`. */
  runtime?: readonly string[];
};

/** One process with one runtime; it takes one invocation at a time. */
export type Sandbox = {
  /** Runs an invocation to its end. Never rejects: a crash and a time-out are endings too. */
  run(invocation: Invocation): Promise<Ending>;
  /**
   * Whether it can run another: waits until the runtime has asked for the next one, and false when the process is gone
   * or going. A runtime that answers and then never asks is killed.
   */
  usable(): Promise<boolean>;
  /** SIGKILL. What runs ends with `Runtime.ExitError`. */
  kill(): void;
  /** Resolves when the process is gone. */
  gone: Promise<void>;
};

/** Loading a bundle takes milliseconds; one that never comes to its end must not hold its caller for ever. */
const initTimeoutMs = 30_000;

/** From an answer to the next question a runtime needs a millisecond. */
const restTimeoutMs = 2_000;

const ownRuntime = [process.execPath, fileURLToPath(import.meta.resolve('./sandbox.mjs'))];

/** The environment as Lambda makes it. Nothing of this process's own goes in but PATH. */
function environmentOf(spec: FunctionSpec, settings: SandboxSettings, runtimeApi: string): Record<string, string> {
  return {
    ...spec.environment,
    ...settings.environmentOf(spec.name),
    PATH: process.env['PATH'] ?? '',
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${spec.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    AWS_REGION: settings.region,
    AWS_DEFAULT_REGION: settings.region,
    LAMBDA_TASK_ROOT: spec.codeDir,
    _HANDLER: spec.handler,
  };
}

const failure = (errorType: string, errorMessage: string): Ending => ({ ok: false, errorType, errorMessage });

/** Starts a sandbox. Rejects only where no port or no process can be had. */
export async function startSandbox(spec: FunctionSpec, settings: SandboxSettings): Promise<Sandbox> {
  const logFile = join(settings.logDir, `${spec.name}.log`);
  let current: { invocation: Invocation; settle(ending: Ending): void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Why the process is about to end, where that is known. */
  let reason: Ending | undefined;
  let killed = false;
  let resting = Promise.withResolvers<boolean>();

  function limit(ms: number, errorMessage: string): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      reason = failure('Sandbox.Timedout', `RequestId: ${current?.invocation.requestId ?? ''} Error: ${errorMessage}`);
      child.kill('SIGKILL');
    }, ms);
  }

  function settle(ending: Ending): void {
    clearTimeout(timer);
    const settled = current;
    current = undefined;
    if (settled === undefined) return;
    // What the handler threw, it has written there itself.
    if (!ending.ok && /^(Runtime|Sandbox|Function)\./.test(ending.errorType))
      appendFileSync(
        logFile,
        `${new Date().toISOString()} ${settled.invocation.requestId} ${ending.errorType} ${ending.errorMessage}\n`,
      );
    settled.settle(ending);
  }

  const api = await startRuntimeApi({
    ready() {
      if (current === undefined) resting.resolve(true);
    },
    taken: () => limit(spec.timeoutSeconds * 1000, `Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`),
    ended: settle,
    initFailed(ending) {
      reason = ending;
    },
  });
  const log = openSync(logFile, 'a');
  const [command = process.execPath, ...args] = settings.runtime ?? ownRuntime;
  const child = spawn(command, args, {
    cwd: spec.codeDir,
    env: environmentOf(spec, settings, api.address),
    // A process group of its own: Ctrl-C in the terminal is for the local cloud, which ends its sandboxes itself.
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid !== undefined) settings.guard.watch(pid);

  const gone = new Promise<void>((resolve) => {
    const end = (how: string) => {
      if (pid !== undefined) settings.guard.release(pid);
      const id = current?.invocation.requestId ?? '';
      reason ??= failure('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited with error: ${how}`);
      settle(reason);
      resting.resolve(false);
      resolve(api.close());
    };
    child.once('error', (error) => end(error.message));
    child.once('exit', (code, signal) =>
      end(code === null ? `signal: ${String(signal)}` : `exit status ${String(code)}`),
    );
  });

  function kill(): void {
    killed = true;
    child.kill('SIGKILL');
  }

  return {
    gone,
    kill,
    async usable() {
      const late = setTimeout(() => resting.resolve(false), restTimeoutMs);
      const rested = await resting.promise;
      clearTimeout(late);
      if (!rested) kill();
      return rested && !killed && reason === undefined;
    },
    run: (invocation) =>
      new Promise((resolve) => {
        resting = Promise.withResolvers();
        current = { invocation, settle: resolve };
        if (reason !== undefined) return settle(reason);
        limit(initTimeoutMs, `Init timed out after ${(initTimeoutMs / 1000).toFixed(2)} seconds`);
        api.offer(invocation);
      }),
  };
}
