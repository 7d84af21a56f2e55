import assert from 'node:assert/strict';
import { instantOf, legalDateOf } from '#packages/calendar';
import { absent, type Key, maxTransactionSteps, type Write } from '#packages/table';
import { applyEntry, type Book, breachOf, committed } from './book.ts';
import { type Aggregate, type Answer, type Command, contentDigest, type Draft } from './command.ts';
import { Entry, entryProblems, hashed, linesOf, type Unhashed } from './entry.ts';
import { aggregateItem, blockItem, blockKeyAfter, entryItem, refusalItem } from './items.ts';

/** What a command comes to on this book, once `writes` are written. */
export type Planned = { command: Command; answer: Answer };

/**
 * `planned` are the first of the commands, as many as fit in one transaction; `steps` says how many of `writes` are the
 * ledger's own, the rest are what commands want beside. Without writes the answers hold as they are.
 */
export type Plan = { planned: Planned[]; writes: Write[]; steps: number };

export type Facts = {
  book: Book;
  aggregates: Map<string, Aggregate>;
  /** Loaded, whether or not they exist. */
  loaded: ReadonlySet<string>;
};

/**
 * Decides commands one after another, each on the book that the ones before leave, and says what to write: every entry
 * under its own name, if nobody has used it; every changed aggregate under its next number, if nobody has taken it; and
 * the book as it is then, in the one place that can follow the book it was made from. Who loses a race on any of them
 * has written nothing.
 */
export function planBatch(facts: Facts, commands: readonly Command[], now: Date, writer: string): Plan {
  const { book: from } = facts;
  // A clock behind the last entry's does not turn the journal's time back.
  const at = from.at > instantOf(now) ? from.at : instantOf(now);
  const aggregates = new Map(facts.aggregates);
  const own: Write[] = [];
  const beside: Write[] = [];
  const planned: Planned[] = [];
  const ids: string[] = [];
  let book = from;

  for (const command of commands) {
    const wanted = command.aggregates?.(book) ?? [];
    if (!wanted.every((name) => facts.loaded.has(name))) break;
    const done = tryCommand({ book, aggregates }, command, at);
    const steps: Write[] = [];
    const digest = contentDigest(command);
    if (done.kind === 'entries') {
      for (const [place, { entry, text }] of done.entries.entries()) {
        steps.push(put(entryItem(entry, text, place === 0 ? digest : '', writer)));
      }
      for (const [name, next] of done.moved) steps.push(put(aggregateItem(from.fundId, name, next)));
    } else if (done.kept) steps.push(put(refusalItem(book, command.id, digest, done.code, writer)));
    const answer = answerOf(done);
    const wanting = done.kind === 'entries' ? done.beside : [];
    const more = [...wanting, ...(command.beside?.(answer) ?? [])];
    // One place is the block's.
    if (own.length + beside.length + steps.length + more.length + 1 > maxTransactionSteps) {
      assert(planned.length > 0, `${command.id} alone is more than a transaction holds`);
      break;
    }
    if (steps.length > 0) beside.push(...more);
    own.push(...steps);
    planned.push({ command, answer });
    if (done.kind !== 'entries') continue;
    book = done.book;
    ids.push(...done.entries.map(({ entry }) => entry.id));
    for (const [name, next] of done.moved) aggregates.set(name, next);
  }

  if (own.length === 0) return { planned, writes: [], steps: 0 };
  // What is refused for good was true of the newest book: the place after it must still be free.
  const head: Write =
    ids.length === 0
      ? { kind: 'check', key: blockKeyAfter(from), condition: absent }
      : put(blockItem(from, committed(from, book), ids));
  return { planned, writes: [head, ...own, ...beside], steps: own.length + 1 };
}

function put(item: Key & Record<string, unknown>): Write {
  return { kind: 'put', item, condition: absent };
}

type Hashed = ReturnType<typeof hashed>;
type Tried =
  | { kind: 'entries'; entries: [Hashed, ...Hashed[]]; book: Book; moved: Map<string, Aggregate>; beside: Write[] }
  | { kind: 'refused'; code: string; kept: boolean };

function tryCommand(
  facts: { book: Book; aggregates: ReadonlyMap<string, Aggregate> },
  command: Command,
  at: string,
): Tried {
  const decision = command.decide(facts.book, facts.aggregates);
  if (decision.kind === 'refused') return decision;
  const [first] = decision.drafts;
  assert(first?.id === command.id, 'the first entry of a command has its name');
  const moved = new Map<string, Aggregate>();
  const entries: Hashed[] = [];
  let { book } = facts;
  for (const draft of decision.drafts) {
    const made = hashed(unhashedOf(book, draft, at));
    const { entry } = made;
    if (entry.valueDate > legalDateOf(at)) return { kind: 'refused', code: 'value-date-in-future', kept: false };
    // What could not be read again must never be written.
    Entry.parse(entry);
    assert.deepEqual(entryProblems(entry), [], `${draft.id} is not an entry`);
    const next = applyEntry(book, entry);
    const breach = breachOf(book, next, entry);
    if (breach !== undefined) return { kind: 'refused', code: breach, kept: false };
    entries.push(made);
    book = next;
    for (const { aggregate, value } of draft.moves ?? []) {
      assert(!moved.has(aggregate), 'a command moves an aggregate once');
      moved.set(aggregate, { sequence: (facts.aggregates.get(aggregate)?.sequence ?? 0) + 1, value });
    }
  }
  const [head, ...rest] = entries;
  assert(head !== undefined);
  const beside = decision.beside?.(entries.map(({ entry }) => entry)) ?? [];
  return { kind: 'entries', entries: [head, ...rest], book, moved, beside };
}

function unhashedOf(book: Book, draft: Draft, at: string): Unhashed {
  const { id, kind, causeId, valueDate, control, corrects, by, approvedBy } = draft;
  return {
    fundId: book.fundId,
    seq: book.seq + 1,
    id,
    at,
    valueDate,
    cause: { type: kind, id: causeId },
    lines: [...(draft.lines ?? linesOf(kind, draft.transfers))],
    // A closing books the last day of the very period it closes.
    ...(valueDate <= (book.closedThrough ?? '') && { late: true }),
    ...(by !== undefined && { by }),
    ...(approvedBy !== undefined && { approvedBy }),
    ...(corrects !== undefined && { corrects }),
    ...(control !== undefined && { control }),
    prevHash: book.headHash,
  };
}

function answerOf(done: Tried): Exclude<Answer, { kind: 'already-exists' }> {
  if (done.kind === 'refused') return { kind: 'refused', code: done.code, replayed: false };
  return { kind: 'posted', entry: done.entries[0].entry, replayed: false };
}
