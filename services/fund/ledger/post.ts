import assert from 'node:assert/strict';
import { ReceiptTaken, Unsettled } from '#packages/commit';
import type { Book } from './book.ts';
import { type Aggregate, type Answer, type Command, contentDigest } from './command.ts';
import type { Known } from './items.ts';
import { planBatch } from './plan.ts';
import { findAggregate, type LedgerTable, readBook, readKnownIds } from './read.ts';

/** What posting stands on. `newWriter` names an attempt, so that it knows its own entries again. */
export type Ledger = {
  table: LedgerTable;
  now: () => Date;
  newWriter: () => string;
  pause: (milliseconds: number) => Promise<void>;
  random: () => number;
  plan?: typeof planBatch;
};

export function openLedger(table: LedgerTable, now: () => Date = () => new Date()): Ledger {
  return {
    table,
    now,
    newWriter: () => Math.random().toString(36).slice(2, 12),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    random: Math.random,
  };
}

/**
 * Attempts, each on the book as it then is, waiting up to 10 ms · 2ⁿ, at most 640 ms: with 64 callers on one fund, who
 * are served one after another, fewer than one call in a hundred should have to give up.
 */
export const attempts = 24;
/** Waits before the next attempt. */
export function pauseAfter(ledger: Ledger, attempt: number): Promise<void> {
  return ledger.pause(ledger.random() * 10 * 2 ** Math.min(attempt, 6));
}
const aggregatesAtOnce = 10;

/**
 * Books commands in a fund's book, those that fit in one transaction together, and answers each in its place. What was
 * booked before under the same id is answered again and not booked again, however long ago. All that can fail on the
 * way, a lost answer too, is borne by looking again; nothing is ever sent a second time without.
 *
 * Correct by three conditions in one transaction, whatever was read: the place after the book that the decisions rest
 * on is free, each entry's name is free, each aggregate's next number is free.
 * @throws Unsettled after too many attempts: some commands may be booked by then, and are answered when asked again.
 */
export async function post(ledger: Ledger, fundId: string, commands: readonly Command[]): Promise<Answer[]> {
  const ids = commands.map(({ id }) => id);
  assert(new Set(ids).size === ids.length, 'a batch names each command once');
  const answers = new Map<string, Answer>();
  const writer = ledger.newWriter();
  let failure: unknown;
  for (let attempt = 0; answers.size < commands.length;) {
    if (attempt === attempts) {
      throw new Unsettled(`${fundId}: ${commands.length - answers.size} commands after ${attempts} attempts`, {
        cause: failure,
      });
    }
    const open = commands.filter(({ id }) => !answers.has(id));
    try {
      const settled = await postSome(ledger, fundId, open, { writer, consistent: attempt > 0 });
      for (const [id, answer] of settled) answers.set(id, answer);
      // Progress is no failed attempt: a batch may need several transactions.
      if (settled.size > 0) continue;
    } catch (error) {
      if (!isPassing(error)) throw error;
      failure = error;
    }
    await pauseAfter(ledger, attempt);
    attempt += 1;
  }
  return ids.map((id) => {
    const answer = answers.get(id);
    assert(answer !== undefined);
    return answer;
  });
}

/** One read, one plan, one write. Answers what is settled by it; nothing where somebody moved the book meanwhile. */
async function postSome(
  ledger: Ledger,
  fundId: string,
  open: readonly Command[],
  { writer, consistent }: { writer: string; consistent: boolean },
): Promise<Map<string, Answer>> {
  const { table, plan = planBatch } = ledger;
  const ids = open.map(({ id }) => id);
  const [book, known] = await Promise.all([readBook(table, fundId), readKnownIds(table, fundId, ids, consistent)]);
  const settled = new Map<string, Answer>();
  for (const command of open) {
    const before = known.get(command.id);
    if (before !== undefined) settled.set(command.id, again(before, command, writer));
  }
  const fresh = open.filter(({ id }) => !settled.has(id));
  if (fresh.length === 0) return settled;
  const { aggregates, loaded } = await readAggregates(table, book, fresh);
  const { planned, writes, steps } = plan({ book, aggregates, loaded }, fresh, ledger.now(), writer);
  if (writes.length > 0) {
    const written = await table.transact(writes);
    if (written.kind === 'refused') {
      // Only what stands beside was in the way: somebody else has answered this caller.
      if (written.steps.every((step) => step >= steps)) throw new ReceiptTaken();
      return settled;
    }
  }
  // A no that leaves no trace must not be the effect of the command's own yes, booked before and not seen above.
  const unsure = planned.filter(({ answer }) => answer.kind === 'refused').map(({ command }) => command.id);
  const seen = unsure.length === 0 ? known : await readKnownIds(table, fundId, unsure, true);
  for (const { command, answer } of planned) {
    const before = answer.kind === 'posted' ? undefined : seen.get(command.id);
    settled.set(command.id, before === undefined ? answer : again(before, command, writer));
  }
  return settled;
}

/** What was answered before, where the same is asked again. */
export function again(known: Known, command: Command, writer: string): Answer {
  if (known.content !== contentDigest(command)) return { kind: 'already-exists' };
  return { ...known.answer, replayed: known.writer !== writer };
}

async function readAggregates(table: LedgerTable, book: Book, commands: readonly Command[]) {
  const names = [...new Set(commands.flatMap((command) => command.aggregates?.(book) ?? []))];
  const aggregates = new Map<string, Aggregate>();
  for (let start = 0; start < names.length; start += aggregatesAtOnce) {
    await Promise.all(
      names.slice(start, start + aggregatesAtOnce).map(async (name) => {
        const found = await findAggregate(table, book.fundId, name);
        if (found !== undefined) aggregates.set(name, found);
      }),
    );
  }
  return { aggregates, loaded: new Set(names) };
}

const passing = new Set([
  'TransactionCanceledException',
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'InternalServerError',
  'TimeoutError',
]);

/** What may be gone when asked again: the store's faults and busy moments, and lost connections. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (passing.has(error.name) || ('$fault' in error && error.$fault === 'server')) return true;
  return 'code' in error && typeof error.code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH)/.test(error.code);
}
