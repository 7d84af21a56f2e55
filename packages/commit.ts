import type { Outcome, Receipt } from './outcome.ts';
import type { Table, Write } from './table.ts';

/** Somebody else has proved the same call or message first: whoever asked reads that proof instead. */
export class ReceiptTaken extends Error {
  override name = 'ReceiptTaken';
}

/**
 * Writes an operation's steps together with the proof that it was done. `moved` means that a condition of the
 * operation itself failed, so that what it had read is no longer true: read again and decide again.
 */
export async function commit(
  table: Table,
  writes: Write[],
  receipt: Receipt,
  outcome: Outcome<unknown>,
): Promise<'written' | 'moved'> {
  const proof = receipt(outcome);
  const written = await table.transact([...writes, ...proof]);
  if (written.kind === 'written') return 'written';
  if (written.steps.some((step) => step >= writes.length)) throw new ReceiptTaken();
  return 'moved';
}

/** Facts moved under an operation again and again. Nothing was done; tried again later, it may be. */
export class Unsettled extends Error {
  override name = 'Unsettled';
}

/**
 * How often an operation reads and decides again when somebody moved the facts under it, waiting up to 10 ms · 2ⁿ, at
 * most 320 ms.
 */
const decideAttempts = 10;

/**
 * Runs read → decide → write until nothing moved in between. `attempt` answers `moved` to be run again; more `attempts`
 * are for what many callers move at once by its nature.
 */
export async function untilSettled<Answer>(
  attempt: () => Promise<Answer | 'moved'>,
  attempts = decideAttempts,
): Promise<Answer> {
  for (let count = 0; count < attempts; count += 1) {
    const answer = await attempt();
    if (answer !== 'moved') return answer;
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** Math.min(count, 5)));
  }
  throw new Unsettled(`facts moved ${attempts} times under one operation`);
}
