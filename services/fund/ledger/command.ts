import { createHash } from 'node:crypto';
import type { Write } from '#packages/table';
import type { Book } from './book.ts';
import type { Control } from './control.ts';
import { canonical } from '#packages/canonical';
import { type Entry, type Line, type Transfer } from './entry.ts';
import type { EntryKindName } from './entry-kinds.ts';

/** A thing with facts of its own beside the book, a loan or a claim: `sequence` counts its changes from 1. */
export type Aggregate = { sequence: number; value: unknown };
/** Those a command asked for; one that does not exist yet is missing. */
export type Aggregates = ReadonlyMap<string, Aggregate>;

/** An entry before it has its place in the journal. */
export type Draft = {
  /** The business event's name, unique in the fund for ever. */
  id: string;
  kind: EntryKindName;
  /** Of what the entry speaks: a loan, a claim, a bank's reference. */
  causeId: string;
  valueDate: string;
  transfers: readonly Transfer[];
  /** A correction has these lines in place of transfers. */
  lines?: readonly Line[];
  control?: Control;
  corrects?: { seq: number; hash: string };
  by?: string;
  approvedBy?: string;
  /**
   * The next states of aggregates, JSON; written only if nobody has moved them since they were read. One that the
   * command did not ask for is a new one. A command moves each of them once.
   */
  moves?: readonly { aggregate: string; value: unknown }[];
};

/**
 * The first draft has the command's own name; those of further ones must be as unique, so they hold it too. `kept` refusals are on record for ever, like entries: the same command gets the same no, whatever changed since.
 * Others are the answer of this moment only.
 */
export type Decision =
  | { kind: 'drafts'; drafts: readonly Draft[]; beside?: (entries: readonly Entry[]) => Write[] }
  | { kind: 'refused'; code: string; kept: boolean };

/**
 * Something to book, as a decision on the book as it stands. Pure: it may be asked again on another book, any number of
 * times. `content` is what must be the same for the command to be the same again. What `beside` gives is written in the
 * same transaction: the answer kept for the caller, an event; what a decision itself wants beside is made of its entries.
 */
export type Command = {
  id: string;
  content: unknown;
  aggregates?: (book: Book) => readonly string[];
  decide: (book: Book, aggregates: Aggregates) => Decision;
  beside?: (answer: Posted | Refused) => Write[];
};

export type Posted = { kind: 'posted'; entry: Entry; replayed: boolean };
export type Refused = { kind: 'refused'; code: string; replayed: boolean };
/** The same id was booked, or refused, with other content. */
export type AlreadyExists = { kind: 'already-exists' };
export type Answer = Posted | Refused | AlreadyExists;

const digests = new WeakMap<Command, string>();

export function contentDigest(command: Command): string {
  const known = digests.get(command);
  if (known !== undefined) return known;
  const digest = createHash('sha256').update(canonical(command.content)).digest('hex');
  digests.set(command, digest);
  return digest;
}

/** A refusal that is said and forgotten. */
export function no(code: string): Decision {
  return { kind: 'refused', code, kept: false };
}

export function drafts(...list: Draft[]): Decision {
  return { kind: 'drafts', drafts: list };
}
