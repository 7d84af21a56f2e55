import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod';
import { bridgeGroups, type FauxqsQueue } from './fifo-groups.ts';

/**
 * The process in which the embedded engines run. It ends, and takes them along, as soon as its standard input closes:
 * that is the case however its parent ends, SIGKILL included. It says where the engines listen in one line of JSON.
 */
const Options = z.object({ dynamodb: z.string().optional(), dir: z.string().optional() });

const loopback = '127.0.0.1';
const startAttempts = 5;
const readyMs = 10_000;

/** The pieces of fauxqs that its own start puts together; that start listens on all interfaces and cannot be told not to. */
type SqsStore = { host: string; persistence?: unknown; allQueues(): Iterable<{ persistence?: unknown }> };
type S3Store = { persistence?: unknown };
type Persistence = {
  load(sqs: SqsStore, sns: unknown, s3: S3Store): void;
  close(): void;
  db: { exec(sql: string): void };
};
type App = { listen(at: { port: number; host: string }): Promise<string>; close(): Promise<void> };

async function startFauxqs(dir: string | undefined): Promise<{ url: string; close(): Promise<void> }> {
  const entry = import.meta.resolve('fauxqs');
  const piece = (path: string) => import(new URL(path, entry).href);
  const { buildApp }: { buildApp: (options: unknown) => App } = await piece('app.js');
  const sqs: { SqsStore: new () => SqsStore; SqsQueue: { prototype: FauxqsQueue } } = await piece('sqs/sqsStore.js');
  const sns: { SnsStore: new () => { persistence?: unknown } } = await piece('sns/snsStore.js');
  const s3: { S3Store: new () => S3Store } = await piece('s3/s3Store.js');
  bridgeGroups(sqs.SqsQueue.prototype);
  const stores = { sqsStore: new sqs.SqsStore(), snsStore: new sns.SnsStore(), s3Store: new s3.S3Store() };
  // Without a host of its own, a queue's URL carries the address it was asked under.
  stores.sqsStore.host = '';
  let persistence: Persistence | undefined;
  if (dir !== undefined) {
    const { PersistenceManager }: { PersistenceManager: new (dir: string) => Persistence } =
      await piece('persistence.js');
    persistence = new PersistenceManager(dir);
    // As the other engine: a killed process loses nothing, and no message waits for the disk.
    persistence.db.exec('PRAGMA synchronous = NORMAL');
    // Loaded before it is wired in, or loading would write everything back.
    persistence.load(stores.sqsStore, stores.snsStore, stores.s3Store);
    for (const store of Object.values(stores)) store.persistence = persistence;
    for (const queue of stores.sqsStore.allQueues()) queue.persistence = persistence;
  }
  const app = buildApp({ logger: false, stores });
  const url = await app.listen({ port: 0, host: loopback });
  return {
    url,
    close: async () => {
      await app.close();
      persistence?.close();
    },
  };
}

/** A port of ours below the range that outgoing connections take, free at the moment of asking. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer().once('error', () => resolve(false));
      probe.listen(port, loopback, () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

async function startDynoxide(binary: string, dbPath: string) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const child = spawn(binary, ['serve', '--host', loopback, '--port', String(port), '--db-path', dbPath], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    const exited = new Promise<string>((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('exit', (code, signal) => resolve(`exit ${String(code ?? signal)}: ${said.trim()}`));
    });
    const url = `http://${loopback}:${String(port)}`;
    const state = await Promise.race([exited, ready(url)]);
    if (state === 'ready' && child.pid !== undefined) {
      indexStream(dbPath);
      return { url, pid: child.pid, exited, kill: () => child.kill() };
    }
    child.kill('SIGKILL');
    if (attempt === startAttempts) throw new Error(`DynamoDB engine does not start: ${state}`);
  }
}

/**
 * The engine looks for the last number of a table's stream at each write, through all of its records ever written:
 * after ten thousand a write takes milliseconds. An index of its table answers that at once.
 */
function indexStream(dbPath: string): void {
  const db = new DatabaseSync(dbPath, { timeout: 5_000 });
  db.exec(
    'CREATE INDEX IF NOT EXISTS local_stream_order ON _stream_records (table_name, CAST(sequence_number AS INTEGER))',
  );
  db.close();
}

async function ready(url: string): Promise<string> {
  const deadline = Date.now() + readyMs;
  while (Date.now() < deadline) {
    // The header tells our engine from whatever else might have taken the port.
    const version = await fetch(url)
      .then((answer) => answer.headers.get('x-dynoxide-version'))
      .catch(() => null);
    if (version !== null) return 'ready';
    await sleep(3);
  }
  return `not ready after ${String(readyMs)} ms`;
}

const { dynamodb: binary, dir } = Options.parse(JSON.parse(process.argv[2] ?? '{}'));
if (dir !== undefined) mkdirSync(dir, { recursive: true });
// What need not last lies in a folder that goes with this process: in memory the engine takes no index.
const passing = dir === undefined ? mkdtempSync(join(tmpdir(), 'engines-')) : undefined;
process.once('exit', () => passing !== undefined && rmSync(passing, { recursive: true, force: true }));
let stopping = false;
const dynoxide = binary === undefined ? undefined : startDynoxide(binary, join(dir ?? passing ?? '.', 'dynamodb.db'));
const fauxqs = startFauxqs(dir);

async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  const engine = await dynoxide;
  engine?.kill();
  await Promise.all([(await fauxqs).close(), engine?.exited]);
  process.exit(0);
}

process.stdin.resume();
process.stdin.once('end', () => void stop());
process.stdin.once('error', () => void stop());
process.once('SIGTERM', () => void stop());
// Ctrl-C in a terminal is for the parent to handle: the engines must outlive the work that it finishes first.
process.on('SIGINT', () => undefined);

void dynoxide
  ?.then((engine) => engine.exited)
  .then((reason) => {
    if (stopping) return;
    console.error(`DynamoDB engine ended: ${reason}`);
    process.exit(1);
  });
const engine = await dynoxide;
const started = {
  dynamodb: engine?.url,
  sqs: (await fauxqs).url,
  pids: [process.pid, ...(engine ? [engine.pid] : [])],
};
process.stdout.write(`${JSON.stringify(started)}\n`);
