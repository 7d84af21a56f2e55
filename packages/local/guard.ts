import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Sees to it that no process named to it outlives this one. */
export type Guard = { watch(pid: number): void; release(pid: number): void; stop(): Promise<void> };

export function startGuard(): Guard {
  // In a process group of its own, so that neither Ctrl-C nor a kill of the whole group ends it before its work.
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./guard.mjs'))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  // A guard that somebody killed leaves the processes to their keeper's own care.
  child.stdin.on('error', () => undefined);
  return {
    watch: (pid) => void child.stdin.write(`+${String(pid)}\n`),
    release: (pid) => void child.stdin.write(`-${String(pid)}\n`),
    async stop() {
      child.stdin.end();
      await exited;
    },
  };
}
