import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FunctionSpec } from '#packages/local/deployment';
import { bundle } from '../../infra/bundles.ts';
import { markdownTable, median } from './markdown.ts';

/** Of each bundle; odd, so that there is a middle one. */
const rounds = 11;

type Subject = { name: string; file: string; environment: Record<string, string> };

/** Says when the handler is there, on the clock that the parent reads too. */
const probe = `const { handler } = await import(process.argv[1]);
if (typeof handler !== 'function') process.exit(1);
process.stdout.write(String(performance.timeOrigin + performance.now()));`;

/** Milliseconds from before the process is started to its handler constructed. */
function startOf({ name, file, environment }: Subject): number {
  const before = performance.timeOrigin + performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', probe, file], {
    env: { ...environment, AWS_REGION: 'cn-north-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' },
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${name} does not start: ${stderr}`);
  return Number(stdout) - before;
}

/**
 * Each function of the deployment as it is deployed, and a bare handler bundled in the same way, started in turn: the
 * machine's moods fall on all alike.
 */
export async function benchColdStarts(functions: readonly FunctionSpec[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'zhirong-bare-'));
  try {
    const made = await bundle(folder, [{ prefix: 'bench', file: 'test/load/bare.ts', names: ['bare'] }]);
    const bare = { name: 'bare handler', file: join(made.folderOf('bench-bare'), 'index.mjs'), environment: {} };
    const subjects: Subject[] = [
      bare,
      ...functions.map(({ name, codeDir, environment }) => ({ name, file: join(codeDir, 'index.mjs'), environment })),
    ];
    const times = new Map<string, number[]>(subjects.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1) {
      for (const subject of subjects) times.get(subject.name)?.push(startOf(subject));
    }
    const bareMs = median(times.get(bare.name) ?? []);
    const rows = subjects.map(({ name, file }) => {
      const ms = median(times.get(name) ?? []);
      const kilobytes = statSync(file).size / 1_000;
      return [name, kilobytes.toFixed(kilobytes < 10 ? 1 : 0), ms.toFixed(0), `${(ms / bareMs).toFixed(1)} ×`];
    });
    return markdownTable(['function', 'KB minified', 'cold start, ms', 'of a bare handler'], rows);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
