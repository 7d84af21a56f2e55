import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve as absolute } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { EngineUrls } from './deployment.ts';

export { createResources, queueUrlOf } from './resources.ts';

export type Engines = {
  urls: EngineUrls;
  /** Every process that was started: the host first, then what it runs. */
  pids: number[];
  /** Ends the processes and returns once they are gone and the data is on disk. */
  stop(): Promise<void>;
  /** Resolves with the reason when the engines end without being stopped. */
  failed: Promise<string>;
};

const Started = z.object({ dynamodb: z.url().optional(), sqs: z.url(), pids: z.array(z.int()) });

const startMs = 20_000;
const stopMs = 10_000;

/**
 * Starts the embedded engines on free ports of 127.0.0.1; with `dir` their data lies there and is found again.
 * `DYNAMODB_ENDPOINT` names a DynamoDB-compatible endpoint to use in place of the embedded one. Throws when an engine
 * does not start. The processes end with this one, however it ends.
 */
export async function startEngines(options: { dir?: string }): Promise<Engines> {
  const endpoint = process.env['DYNAMODB_ENDPOINT'];
  const hosted = {
    ...(endpoint === undefined && { dynamodb: dynamoBinary() }),
    ...(options.dir !== undefined && { dir: absolute(options.dir) }),
  };
  // In a group of its own, so that Ctrl-C in a terminal reaches only this process, which stops the engines last.
  const host = spawn(
    process.execPath,
    [
      '--disable-warning=ExperimentalWarning',
      fileURLToPath(new URL('engine-host.ts', import.meta.url)),
      JSON.stringify(hosted),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], detached: true },
  );
  let said = '';
  host.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000);
  });
  let stopping = false;
  const exited = new Promise<string>((resolve) => {
    host.once('error', (error) => resolve(error.message));
    host.once('exit', (code, signal) => resolve(`engines ended (${String(code ?? signal)}): ${said.trim()}`));
  });
  const failed = new Promise<string>((resolve) => {
    void exited.then((reason) => (stopping ? undefined : resolve(reason)));
  });
  const stop = async () => {
    stopping = true;
    await end(host, exited);
  };
  try {
    const started = await firstLine(host, exited);
    const dynamodb = endpoint ?? started.dynamodb;
    if (dynamodb === undefined) throw new Error('the DynamoDB engine did not say where it listens');
    return { urls: { dynamodb, sqs: started.sqs, s3: started.sqs }, pids: started.pids, stop, failed };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The embedded engine's binary comes as an npm package per system, for now for Linux on x64 only. */
function dynamoBinary(): string {
  const system = `${process.platform}-${process.arch}`;
  try {
    return createRequire(import.meta.url).resolve(`@dynoxide/${system}/dynoxide`);
  } catch {
    throw new Error(
      `本机（${system}）没有内置的 DynamoDB 引擎：请把环境变量 DYNAMODB_ENDPOINT 设为任意兼容 DynamoDB 的地址。`,
    );
  }
}

async function firstLine(host: ChildProcess, exited: Promise<string>): Promise<z.infer<typeof Started>> {
  if (host.stdout === null) throw new Error('the engines have no output');
  const lines = createInterface(host.stdout);
  let timer: NodeJS.Timeout | undefined;
  const line = await Promise.race([
    new Promise<string>((resolve) => lines.once('line', resolve)),
    exited.then((reason) => {
      throw new Error(reason);
    }),
    new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`engines not ready after ${String(startMs)} ms`)), startMs);
    }),
  ]).finally(() => clearTimeout(timer));
  return Started.parse(JSON.parse(line));
}

/** Closing its input asks the host to end; one that does not is killed. */
async function end(host: ChildProcess, exited: Promise<string>): Promise<void> {
  host.stdin?.end();
  const timer = setTimeout(() => host.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(timer);
}
