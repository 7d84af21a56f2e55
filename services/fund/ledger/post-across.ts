import assert from 'node:assert/strict';
import { ReceiptTaken, Unsettled } from '#packages/commit';
import { maxTransactionSteps, type Write } from '#packages/table';
import type { Answer, Command } from './command.ts';
import type { Entry } from './entry.ts';
import { planBatch } from './plan.ts';
import { again, attempts, isPassing, type Ledger, pauseAfter } from './post.ts';
import { readBook, readKnownIds } from './read.ts';

/** One command for one of the books. */
export type Part = { fundId: string; command: Command };

/** All are booked, each in its own book and in the order of the parts, or none is, because of the book that it names. */
export type AcrossAnswer =
  | { kind: 'posted'; entries: Entry[]; replayed: boolean }
  | { kind: 'refused'; fundId: string; code: string }
  | { kind: 'already-exists'; fundId: string };

/**
 * Books one command in each of several books, all or none: the next commit of every book is a step of one transaction,
 * under the same conditions as in `post`. A commit of any of the books meanwhile, or an answer that was lost, is borne by
 * looking at all of them again. `beside` is written in the same transaction. Such commands rest on their book alone, and
 * their refusals are not kept.
 * @throws Unsettled after too many attempts: it may be booked by then, in all books, and is answered when asked again.
 */
export async function postAcross(
  ledger: Ledger,
  parts: readonly Part[],
  beside: (entries: readonly Entry[]) => Write[] = () => [],
): Promise<AcrossAnswer> {
  const names = parts.map(({ fundId }) => fundId);
  assert(new Set(names).size === names.length, 'a posting across books has one part for each');
  const writer = ledger.newWriter();
  let failure: unknown;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    try {
      const answer = await postOnce(ledger, parts, beside, { writer, consistent: attempt > 0 });
      if (answer !== undefined) return answer;
    } catch (error) {
      if (!isPassing(error)) throw error;
      failure = error;
    }
    await pauseAfter(ledger, attempt);
  }
  throw new Unsettled(`${names.join(', ')}: not booked after ${attempts} attempts`, { cause: failure });
}

type Attempt = { writer: string; consistent: boolean };

async function postOnce(
  ledger: Ledger,
  parts: readonly Part[],
  beside: (entries: readonly Entry[]) => Write[],
  { writer, consistent }: Attempt,
): Promise<AcrossAnswer | undefined> {
  const { table, plan = planBatch } = ledger;
  const [books, before] = await Promise.all([
    Promise.all(parts.map(({ fundId }) => readBook(table, fundId))),
    answersBefore(ledger, parts, writer, consistent),
  ]);
  if (before !== undefined) return before;
  const own: Write[] = [];
  const entries: Entry[] = [];
  for (const [place, { fundId, command }] of parts.entries()) {
    const book = books[place];
    assert(book !== undefined && command.aggregates === undefined && command.beside === undefined);
    const { planned, writes } = plan(
      { book, aggregates: new Map(), loaded: new Set() },
      [command],
      ledger.now(),
      writer,
    );
    const answer = planned[0]?.answer;
    assert(answer !== undefined && (answer.kind === 'posted' || writes.length === 0), 'a refusal that is not kept');
    if (answer.kind === 'refused') {
      // It must not be the effect of its own yes, booked before and not seen above.
      return (await answersBefore(ledger, parts, writer, true)) ?? { kind: 'refused', fundId, code: answer.code };
    }
    assert(answer.kind === 'posted');
    own.push(...writes);
    entries.push(answer.entry);
  }
  const all = [...own, ...beside(entries)];
  assert(all.length <= maxTransactionSteps, 'a posting across books is one transaction');
  const written = await table.transact(all);
  if (written.kind === 'written') return { kind: 'posted', entries, replayed: false };
  if (written.steps.every((step) => step >= own.length)) throw new ReceiptTaken();
  return undefined;
}

/** What is known of the parts' names, if anything. What one book has alone is no part of this. */
async function answersBefore(
  { table }: Ledger,
  parts: readonly Part[],
  writer: string,
  consistent: boolean,
): Promise<AcrossAnswer | undefined> {
  const answers = await Promise.all(
    parts.map(async ({ fundId, command }): Promise<Answer | undefined> => {
      const known = (await readKnownIds(table, fundId, [command.id], consistent)).get(command.id);
      return known && again(known, command, writer);
    }),
  );
  const other = answers.findIndex((answer) => answer !== undefined && answer.kind !== 'posted');
  if (other >= 0) return { kind: 'already-exists', fundId: parts[other]?.fundId ?? '' };
  const posted = answers.flatMap((answer) => (answer?.kind === 'posted' ? [answer] : []));
  // Some alone: a read that came too early for the others.
  if (posted.length < parts.length) return undefined;
  return {
    kind: 'posted',
    entries: posted.map(({ entry }) => entry),
    replayed: posted.some(({ replayed }) => replayed),
  };
}
