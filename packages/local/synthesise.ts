import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Guard } from './guard.ts';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** What synthesis reads. The local cloud itself and the tests are not among it. */
const inputs = ['infra/**/*.ts', 'services/**/*.ts', 'packages/**/*.ts', 'cdk.json', 'package-lock.json'];
const notInputs = (file: string) => file.endsWith('.test.ts') || /^packages[/\\]local[/\\]/.test(file);

/** What a synthesis that was killed left behind, after so long that none can still be writing to it. */
const abandonedMs = 10 * 60_000;

/** Assemblies of earlier states that are kept, for whoever still runs from one. */
const kept = 2;

/** One digest over everything synthesis reads, names included, and over what it is told. */
function digestOfInputs(told: Record<string, string>): string {
  const hash = createHash('sha256').update(JSON.stringify(told)).update(process.version);
  for (const file of globSync(inputs, { cwd: projectRoot })
    .filter((name) => !notInputs(name))
    .toSorted())
    hash.update(`\n${file}\n`).update(readFileSync(join(projectRoot, file)));
  return hash.digest('hex').slice(0, 16);
}

/**
 * The cloud assembly for this state of the sources: made by `node infra/app.ts` unless there is one already.
 * `folder` holds one assembly per state; two who make the same one at the same time do not disturb each other.
 */
export async function synthesise(
  folder: string,
  region: string,
  guard: Guard,
): Promise<{ assembly: string; fresh: boolean }> {
  const told = { CDK_DEFAULT_REGION: region, ZHIRONG_ENV: 'local' };
  const assembly = join(folder, digestOfInputs(told));
  if (existsSync(assembly)) return { assembly, fresh: false };
  mkdirSync(folder, { recursive: true });
  const unfinished = `${assembly}.${randomUUID().slice(0, 8)}.unfinished`;
  try {
    await run(['infra/app.ts'], { ...told, CDK_OUTDIR: unfinished }, guard);
    try {
      renameSync(unfinished, assembly);
    } catch (error) {
      // Somebody else was faster, with the same result.
      if (!existsSync(assembly)) throw error;
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  forgetOld(folder, assembly);
  return { assembly, fresh: true };
}

function forgetOld(folder: string, current: string): void {
  const others = readdirSync(folder)
    .map((name) => ({ name, path: join(folder, name) }))
    .filter(({ path }) => path !== current)
    .map((entry) => ({ ...entry, changed: statSync(entry.path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  const finished = others
    .filter(({ name }) => /^[0-9a-f]{16}$/.test(name))
    .toSorted((left, right) => right.changed - left.changed);
  const abandoned = others.filter(
    ({ name, changed }) => name.endsWith('.unfinished') && changed < Date.now() - abandonedMs,
  );
  for (const { path } of [...finished.slice(kept), ...abandoned]) rmSync(path, { recursive: true, force: true });
}

function run(args: string[], variables: Record<string, string>, guard: Guard): Promise<void> {
  // What a person has set for a deployment from this terminal is not meant for this machine.
  const inherited = Object.entries(process.env).filter(([name]) => !/^(ZHIRONG|CDK)_/.test(name));
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      env: { ...Object.fromEntries(inherited), ...variables },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const { pid } = child;
    if (pid !== undefined) guard.watch(pid);
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-20_000);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (pid !== undefined) guard.release(pid);
      if (code === 0) resolve();
      else reject(new Error(`infra/app.ts could not be synthesised:\n${said}`));
    });
  });
}
