import type { AuditActor } from '#packages/audit';
import type { Files } from '#packages/files';
import type { Receipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import type { Vault } from '../vault.ts';

/** What the operations of this service stand on. */
export type Deps = {
  table: Table;
  files: Files;
  /** Seals what sources say of an enterprise with that enterprise's own key. */
  vault: Vault;
  /** A new id that nobody can guess. */
  newId: (prefix: string) => string;
};

/** What each run of an operation is given besides its input. */
export type Context = { now: Date; requestId: string; receipt: Receipt };

export const worker: AuditActor = { type: 'system', id: 'screening-worker', role: 'system' };

/** Runs so many at a time, in order of the list; the answers stand in its order too. */
export async function eachOf<Input, Output>(
  inputs: readonly Input[],
  atOnce: number,
  run: (input: Input) => Promise<Output>,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (let start = 0; start < inputs.length; start += atOnce) {
    outputs.push(...(await Promise.all(inputs.slice(start, start + atOnce).map(run))));
  }
  return outputs;
}

/** Lets so many run at a time, whoever asks; the others wait in the order they came. */
export function gate(places: number): <Output>(run: () => Promise<Output>) => Promise<Output> {
  const waiting: (() => void)[] = [];
  let free = places;
  return async (run) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
