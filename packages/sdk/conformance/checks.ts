import type { World } from './world.ts';

/** What a check saw: compared with what is expected. `note` tells people more. */
export type Seen = { seen: string; note?: string } | { skipped: string };
export type Check = {
  /** What is tried, in 中文. */
  name: string;
  /** A status with a code, or a word, as the documentation has it. */
  expected: string;
  run: (world: World) => Promise<Seen>;
};
export type Group = { name: string; checks: readonly Check[] };

export type Result = {
  group: string;
  name: string;
  outcome: 'passed' | 'failed' | 'skipped';
  expected: string;
  seen: string;
  note?: string;
};

/** Runs the checks one after the other: later ones go on with what earlier ones made. A throw is a failure and stops none. */
export async function runGroups(
  groups: readonly Group[],
  world: World,
  told: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const { name: group, checks } of groups) {
    for (const { name, expected, run } of checks) {
      const seen = await run(world).catch((error: unknown): Seen => ({ seen: messageOf(error) }));
      const result: Result =
        'skipped' in seen
          ? { group, name, outcome: 'skipped', expected, seen: '', note: seen.skipped }
          : { group, name, outcome: seen.seen === expected ? 'passed' : 'failed', expected, ...seen };
      told(result);
      results.push(result);
    }
  }
  return results;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

const signs = { passed: '✓', failed: '✗', skipped: '–' };

/** One line for a person, and one more where there is more to say. */
export function lineOf({ outcome, name, expected, seen, note }: Result): string {
  const compared = outcome === 'passed' ? seen : outcome === 'failed' ? `应为 ${expected}，实为 ${seen}` : '跳过';
  return `${signs[outcome]} ${name}：${compared}${note === undefined ? '' : `\n    ${note.replaceAll('\n', '\n    ')}`}`;
}

export function summaryOf(results: readonly Result[]) {
  const count = (outcome: Result['outcome']) => results.filter((one) => one.outcome === outcome).length;
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** Asks again until what is waited for is there; undefined where the time is over. */
export async function until<Value>(
  ask: () => Promise<Value | undefined>,
  { seconds, everyMs = 250 }: { seconds: number; everyMs?: number },
): Promise<Value | undefined> {
  const end = Date.now() + seconds * 1_000;
  for (;;) {
    const value = await ask();
    if (value !== undefined || Date.now() >= end) return value;
    await new Promise((resolve) => {
      setTimeout(resolve, everyMs);
    });
  }
}
