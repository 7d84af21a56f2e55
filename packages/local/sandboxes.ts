import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import type { FunctionSpec, Invoke } from './deployment.ts';
import { maxPayloadBytes, type Ending, type Invocation } from './runtime-api.ts';
import { type Sandbox, type SandboxSettings, startSandbox } from './sandbox-process.ts';
import { accountId, partitionOf } from './template/naming.ts';

export type Sandboxes = {
  invoke: Invoke;
  /** Kills all processes of a function at once, as a crash would. Answers how many; undefined for no such function. */
  kill: (functionName: string) => number | undefined;
  /** Invocations that run or wait for a sandbox. */
  inFlight: () => number;
  /** Invocations begun since the start: equal at two moments means that none began between them. */
  begun: () => number;
  /** Ends every process and waits until they are gone. */
  stop: () => Promise<void>;
};

/** A sandbox nobody called for so long gives its memory back. */
const idleMs = 5 * 60_000;

/** The sandboxes of one function: idle ones are used again, the latest first, and callers wait in the order they came. */
type Pool = {
  spec: FunctionSpec;
  all: Set<Sandbox>;
  idle: { sandbox: Sandbox; timer: NodeJS.Timeout }[];
  /** Running, starting included. */
  busy: number;
  waiting: (() => void)[];
};

/**
 * Functions as processes: started on first use, at most `concurrency` of each, one invocation each at a time; what is
 * more waits in line. A sandbox that ended is replaced at the next use.
 */
export function createSandboxes(functions: readonly FunctionSpec[], settings: SandboxSettings): Sandboxes {
  mkdirSync(settings.logDir, { recursive: true });
  const pools = new Map<string, Pool>(
    functions.map((spec) => [spec.name, { spec, all: new Set(), idle: [], busy: 0, waiting: [] }]),
  );
  let begun = 0;
  let stopped = false;

  function leave(pool: Pool, sandbox: Sandbox): void {
    pool.idle = pool.idle.filter((entry) => {
      if (entry.sandbox === sandbox) clearTimeout(entry.timer);
      return entry.sandbox !== sandbox;
    });
  }

  async function take(pool: Pool): Promise<Sandbox> {
    for (let last = pool.idle.pop(); last !== undefined; last = pool.idle.pop()) {
      clearTimeout(last.timer);
      if (await last.sandbox.usable()) return last.sandbox;
    }
    const sandbox = await startSandbox(pool.spec, settings);
    pool.all.add(sandbox);
    void sandbox.gone.then(() => {
      pool.all.delete(sandbox);
      leave(pool, sandbox);
    });
    // Stopped while it was starting: nobody else will end it.
    if (stopped) sandbox.kill();
    return sandbox;
  }

  function giveBack(pool: Pool, sandbox: Sandbox): void {
    const timer = setTimeout(() => {
      leave(pool, sandbox);
      sandbox.kill();
    }, idleMs);
    timer.unref();
    pool.idle.push({ sandbox, timer });
  }

  /** The place goes to whoever waits longest; only where nobody does is it free. */
  function pass(pool: Pool): void {
    const next = pool.waiting.shift();
    if (next === undefined) pool.busy -= 1;
    else next();
  }

  async function run(pool: Pool, invocation: Invocation): Promise<Ending> {
    if (pool.busy >= pool.spec.concurrency) await new Promise<void>((resolve) => pool.waiting.push(resolve));
    else pool.busy += 1;
    const sandbox = stopped ? undefined : await take(pool).catch(() => undefined);
    if (sandbox === undefined) {
      pass(pool);
      return { ok: false, errorType: 'Sandbox.NotStarted', errorMessage: 'The sandbox could not be started.' };
    }
    const ending = await sandbox.run(invocation);
    giveBack(pool, sandbox);
    pass(pool);
    return ending;
  }

  return {
    async invoke(functionName, event) {
      const pool = pools.get(functionName);
      if (pool === undefined)
        return {
          ok: false,
          errorType: 'ResourceNotFoundException',
          errorMessage: `Function not found: ${functionName}`,
        };
      const payload = JSON.stringify(event ?? null);
      if (Buffer.byteLength(payload) > maxPayloadBytes)
        return { ok: false, errorType: 'RequestEntityTooLargeException', errorMessage: 'The payload is above 6 MB.' };
      begun += 1;
      const ending = await run(pool, invocationOf(pool.spec, settings.region, payload));
      if (!ending.ok) return ending;
      try {
        const answer: unknown = JSON.parse(ending.payload);
        return { ok: true, payload: answer };
      } catch {
        return { ok: false, errorType: 'Runtime.InvalidResponse', errorMessage: 'The answer is not JSON.' };
      }
    },
    kill(functionName) {
      const pool = pools.get(functionName);
      if (pool === undefined) return undefined;
      for (const sandbox of pool.all) {
        leave(pool, sandbox);
        sandbox.kill();
      }
      return pool.all.size;
    },
    inFlight: () => [...pools.values()].reduce((sum, { busy, waiting }) => sum + busy + waiting.length, 0),
    begun: () => begun,
    async stop() {
      stopped = true;
      const gone = [...pools.values()]
        .flatMap(({ all }) => [...all])
        .map((sandbox) => {
          sandbox.kill();
          return sandbox.gone;
        });
      await Promise.all(gone);
    },
  };
}

function invocationOf({ name, timeoutSeconds }: FunctionSpec, region: string, payload: string): Invocation {
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return {
    requestId: randomUUID(),
    functionArn: `arn:${partitionOf(region)}:lambda:${region}:${accountId}:function:${name}`,
    traceId: `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`,
    timeoutMs: timeoutSeconds * 1000,
    payload,
  };
}
