import assert from 'node:assert/strict';
import { type Command, drafts } from './command.ts';
import { type Entry, reversed } from './entry.ts';
import { isEntryKind, type EntryKindName } from './entry-kinds.ts';

/** Entries of loans and claims have facts beside the book: they are put right by acts of their own, which know them. */
const correctable: ReadonlySet<EntryKindName> = new Set([
  'contribution-called',
  'contribution-received',
  'contribution-return-approved',
  'contribution-returned',
  'interest-credited',
  'fee-charged',
  'receipt-unidentified',
  'receipt-identified',
]);

export function isCorrectable(entry: Entry): boolean {
  const { type } = entry.cause;
  return isEntryKind(type) && correctable.has(type);
}

/**
 * Takes an entry back by the same lines the other way round: the entry itself stays. It is booked now, with the day of
 * the original, and names it by number and hash. An entry is taken back once.
 */
export function takeBack(entry: Entry, who: { by?: string; approvedBy?: string } = {}): Command {
  assert(isCorrectable(entry), `${entry.cause.type} is not taken back like this`);
  const id = `correction:${entry.seq}`;
  const corrects = { seq: entry.seq, hash: entry.hash };
  return {
    id,
    content: { kind: 'correction', ...corrects },
    decide: () =>
      drafts({
        id,
        kind: 'correction',
        causeId: String(entry.seq),
        valueDate: entry.valueDate,
        transfers: [],
        lines: reversed(entry.lines),
        corrects,
        ...who,
      }),
  };
}

/** A command as it should have been in place of what a correction took back: its own name is taken by the mistake. */
export function bookAnew(command: Command, correction: Entry): Command {
  assert(correction.corrects !== undefined);
  const id = `${command.id}~${correction.seq}`;
  const corrects = { seq: correction.seq, hash: correction.hash };
  return {
    ...command,
    id,
    decide: (book, aggregates) => {
      const decision = command.decide(book, aggregates);
      if (decision.kind === 'refused') return decision;
      const [first, ...rest] = decision.drafts;
      assert(first !== undefined);
      return drafts({ ...first, id, corrects }, ...rest);
    },
  };
}
