import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listen } from './http-server.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'main-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  // The assembly of this state is made once for all tests of the machine.
  const assemblies = join(tmpdir(), 'zhirong-assemblies');
  mkdirSync(assemblies, { recursive: true });
  symlinkSync(assemblies, join(made, 'assemblies'));
  return made;
}

/** `npm start` without the main job, as a person starts it. */
function start(dir: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'], LOCAL_DIR: dir, PORT: '0', LOCAL_DEMO: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const hears = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => void (said.includes(text) && resolve());
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk) => {
          said += String(chunk);
          look();
        });
      void ended.then(() => (said.includes(text) ? resolve() : reject(new Error(said))));
    });
  return { child, ended, hears, said: () => said };
}

const baseUrlOf = (dir: string): string => JSON.parse(readFileSync(join(dir, 'credentials.json'), 'utf8')).baseUrl;

test('it runs until Ctrl-C and ends well; a second one on its folder is told so', async () => {
  const dir = folder();
  const first = start(dir);
  await first.hears('Ctrl-C');
  expect((await fetch(`${baseUrlOf(dir)}/__local/health`)).status).toBe(200);
  const second = start(dir);
  await second.hears(baseUrlOf(dir));
  expect(await second.ended).toBe(1);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  await expect(fetch(baseUrlOf(dir))).rejects.toThrow();
});

test('one that was killed leaves nothing in the way of the next', async () => {
  const dir = folder();
  const first = start(dir);
  await first.hears('Ctrl-C');
  await fetch(`${baseUrlOf(dir)}/openapi.json`);
  first.child.kill('SIGKILL');
  await first.ended;
  const second = start(dir);
  await second.hears('Ctrl-C');
  expect((await fetch(`${baseUrlOf(dir)}/openapi.json`)).status).toBe(200);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
});

test('a port that is taken, or is none, is told in a sentence', async () => {
  const squatter = createServer();
  const port = String(await listen(squatter, 0));
  onTestFinished(() => closeServer(squatter));
  const taken = start(folder(), { PORT: port });
  await taken.hears(`端口 ${port} 已被占用`);
  expect(await taken.ended).toBe(1);
  const none = start(folder(), { PORT: 'http' });
  await none.hears('PORT=http');
  expect(await none.ended).toBe(1);
});
