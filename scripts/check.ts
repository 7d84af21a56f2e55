// `npm test`: types, lint, format, then every test. Prints what each step says, and last of all the counts.
// `npm test -- --slow` tries properties and simulated stories many times as often; other arguments are vitest's.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Report = { numPassedTests: number; numFailedTests: number };

const folder = await mkdtemp(join(tmpdir(), 'zhirong-check-'));
const report = join(folder, 'vitest.json');
const slow = process.argv.includes('--slow');
const asked = process.argv.slice(2).filter((argument) => argument !== '--slow');
const steps = [
  { title: '类型检查 types', command: 'tsc', args: ['-p', '.'] },
  { title: '代码规范 lint', command: 'oxlint', args: ['--type-aware', '--deny-warnings'] },
  { title: '代码格式 format', command: 'oxfmt', args: ['--check'] },
  {
    title: '测试 tests',
    command: 'vitest',
    args: ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...asked],
  },
];

let failedSteps = 0;
for (const { title, command, args } of steps) {
  const started = performance.now();
  console.log(`\n── ${title} ──`);
  const code = await run(command, args);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(code === 0 ? `✓ ${title}（${seconds} s）` : `✗ ${title}（${seconds} s，退出码 ${code}）`);
  if (code !== 0) failedSteps += 1;
}

const { numPassedTests, numFailedTests } = await counts();
await rm(folder, { recursive: true, force: true });
// A failed check outside the tests counts as a failure too, so that the last line never looks green when it is not.
const failed = Math.max(numFailedTests, failedSteps);
console.log(`${numPassedTests} passed, ${failed} failed`);
process.exitCode = failed === 0 && numPassedTests > 0 ? 0 : 1;

async function run(command: string, args: string[]): Promise<number> {
  const child = spawn(join('node_modules', '.bin', command), args, {
    stdio: 'inherit',
    env: { ...process.env, ...(slow && { ZHIRONG_SLOW: '1' }) },
    shell: process.platform === 'win32',
  });
  return new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

async function counts(): Promise<Report> {
  try {
    const parsed: Report = JSON.parse(await readFile(report, 'utf8'));
    return parsed;
  } catch {
    return { numPassedTests: 0, numFailedTests: 1 };
  }
}
