import { runDemo } from '../../examples/demo.ts';
import { type Cloud, startCloud } from './cloud.ts';
import { FolderInUse } from './local-dir.ts';

/** `npm start`: the whole system on this machine, then its main job once, then it stays up until Ctrl-C. */
const defaultPort = 3000;

function portOf(text: string | undefined): number {
  const port = Number(text ?? defaultPort);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT=${String(text)} is no port.`);
  return port;
}

const log = (line: string) => console.log(line);
const { env } = process;
let cloud: Cloud | undefined;
let leaving: Promise<never> | undefined;

function leave(code: number): Promise<never> {
  leaving ??= (async () => {
    await cloud?.stop();
    process.exit(code);
  })();
  return leaving;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // A second Ctrl-C while it stops changes nothing: what must not be cut off is seconds from its end.
    if (leaving === undefined) log('\n正在停止，数据保留在本地目录 · stopping');
    void leave(0);
  });

function explain(error: unknown): string {
  if (error instanceof FolderInUse) return error.message;
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (taken)
    return `端口 ${env['PORT'] ?? defaultPort} 已被占用，请用 PORT 指定另一个端口。The port is in use: set PORT.`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  log('知融 Zhirong：本机运行全部系统 · the whole system on this machine');
  cloud = await startCloud({
    dir: env['LOCAL_DIR'] ?? '.local',
    port: portOf(env['PORT']),
    fresh: env['LOCAL_FRESH'] === '1',
    limits: env['LOCAL_LIMITS'] === '1',
    log,
  });
  void cloud.failed.then(async (reason) => {
    console.error(`数据引擎意外结束 · ${reason}`);
    await leave(1);
  });
  if (env['LOCAL_DEMO'] !== '0') await runDemo({ ...cloud, log });
  log('\n系统保持运行，按 Ctrl-C 停止 · running until Ctrl-C');
} catch (error) {
  // Whoever stops it while the main job runs has cut that off; there is nothing to report then.
  if (leaving === undefined) console.error(explain(error));
  await leave(1);
}
