import { deflateRawSync, inflateRawSync } from 'node:zlib';
import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import type { Item, Key } from '#packages/table';
import { type Book, bookText, readBook } from './book.ts';
import type { Aggregate, Answer } from './command.ts';
import { canonical } from '#packages/canonical';
import { Entry } from './entry.ts';

/*
 * How a book lies in the table. Nothing is ever updated or deleted: every item is put where none was, so that a policy
 * may deny everything else for keys that begin so.
 *
 *   LEDGER#<fund>                B#<at>#<number>   the book after one more commit, and the names of its entries
 *   LEDGER#<fund>#ENTRY#<id>     ENTRY             an entry, or a refusal for good, under its business event's name
 *   LEDGER#<fund>#OF#<aggregate> S#<sequence>      an aggregate after its so-manieth change
 *
 * A block's key names the book that it follows, by time and number. So two that follow the same book meet on one key;
 * and since time never runs backwards in a book, the book at any moment is found by one query, without an index.
 */
export const ledgerPrefix = 'LEDGER#';
export const blockPrefix = 'B#';
const statePrefix = 'S#';
const digits = 12;

export function bookPk(fundId: string): string {
  return `${ledgerPrefix}${fundId}`;
}

function place(at: string, number: number): string {
  return `${blockPrefix}${at}#${String(number).padStart(digits, '0')}`;
}

/** The one place where the commit after this book can lie. */
export function blockKeyAfter({ fundId, at, number }: Pick<Book, 'fundId' | 'at' | 'number'>): Key {
  return { pk: bookPk(fundId), sk: place(at, number) };
}

/** After all blocks that follow a book of this moment or an earlier one, and before all others. */
export function afterMoment(at: string): string {
  return `${blockPrefix}${at}#~`;
}

export function entryKey(fundId: string, id: string): Key {
  return { pk: `${ledgerPrefix}${fundId}#ENTRY#${id}`, sk: 'ENTRY' };
}

export function aggregatePk(fundId: string, aggregate: string): string {
  return `${ledgerPrefix}${fundId}#OF#${aggregate}`;
}

export function aggregateKey(fundId: string, aggregate: string, sequence: number): Key {
  return { pk: aggregatePk(fundId, aggregate), sk: `${statePrefix}${String(sequence).padStart(digits, '0')}` };
}

const Ids = jsonText(z.array(z.string()));
/** The names are deflated: they are most of a full commit, and its size is what writing and reading it costs. */
const StoredBlock = z.object({ pk: z.string(), sk: z.string(), book: z.string(), ids: z.instanceof(Uint8Array) });
/** A commit: the book after it, and which entries it added, in order. */
export type Block = { key: Key; book: Book; ids: string[] };

export function blockItem(from: Book, book: Book, ids: readonly string[]) {
  return { ...blockKeyAfter(from), book: bookText(book), ids: deflateRawSync(JSON.stringify(ids)) };
}

export function readBlock(item: Item): Block {
  const { pk, sk, book, ids } = StoredBlock.parse(item);
  return { key: { pk, sk }, book: readBook(book), ids: Ids.parse(inflateRawSync(ids).toString()) };
}

const Stored = z.object({
  /** Digest of the command's content; empty on the further entries of a command. */
  content: z.string(),
  writer: z.string(),
  entry: z.string().optional(),
  hash: z.string().optional(),
  refused: z.string().optional(),
});

/** What is known under a business event's name. */
export type Known = { content: string; writer: string; answer: Exclude<Answer, { kind: 'already-exists' }> };

/** The text that the hash was taken of, and the hash. */
export function entryItem({ fundId, id, hash }: Entry, text: string, content: string, writer: string) {
  return { ...entryKey(fundId, id), entry: text, hash, content, writer };
}

/** A no for good, with the number of the last entry of the book that it was said of. */
export function refusalItem(book: Book, id: string, content: string, code: string, writer: string) {
  return { ...entryKey(book.fundId, id), refused: code, afterSeq: book.seq, content, writer };
}

export function readKnown(item: Item): Known {
  const { content, writer, refused } = Stored.parse(item);
  if (refused !== undefined) return { content, writer, answer: { kind: 'refused', code: refused, replayed: true } };
  return { content, writer, answer: { kind: 'posted', entry: readEntry(item), replayed: true } };
}

const EntryFields = jsonText(z.record(z.string(), z.unknown()));

/** The entry of an item, with the hash that is stored beside its text: whether they fit is the proof's to find out. */
export function readEntry(item: Item): Entry {
  return Entry.parse({ ...EntryFields.parse(item['entry']), hash: item['hash'] });
}

export function aggregateItem(fundId: string, aggregate: string, { sequence, value }: Aggregate) {
  return { ...aggregateKey(fundId, aggregate, sequence), sequence, state: canonical(value) };
}

const StoredState = z.object({ sequence: z.int().positive(), state: jsonText(z.unknown()) });

export function readAggregate(item: Item): Aggregate {
  const { sequence, state } = StoredState.parse(item);
  return { sequence, value: state };
}
