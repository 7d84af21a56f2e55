import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';

const alive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a sandbox that computes in a circle does not outlive a local cloud that is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'guard-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(
    join(folder, 'index.mjs'),
    'export const handler = async (spin) => { while (spin); return process.pid; };',
  );
  const spec = {
    name: 'thing',
    service: 'things',
    trigger: 'command',
    codeDir: folder,
    handler: 'index.handler',
    environment: {},
    timeoutSeconds: 600,
    memoryMb: 128,
    concurrency: 1,
  };
  const parent = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { startGuard } from ${JSON.stringify(import.meta.resolve('./guard.ts'))};
       import { createSandboxes } from ${JSON.stringify(import.meta.resolve('./sandboxes.ts'))};
       const settings = { region: 'cn-north-1', environmentOf: () => ({}), logDir: ${JSON.stringify(folder)}, guard: startGuard() };
       const { invoke } = createSandboxes([${JSON.stringify(spec)}], settings);
       console.log((await invoke('thing', false)).payload);
       await invoke('thing', true);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void parent.kill('SIGKILL'));
  const pid = Number(await new Promise<string>((resolve) => createInterface(parent.stdout).once('line', resolve)));
  onTestFinished(() => void (alive(pid) && process.kill(pid, 'SIGKILL')));
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  while (alive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
});
