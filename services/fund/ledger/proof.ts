import { isDeepStrictEqual } from 'node:util';
import type { Item } from '#packages/table';
import { applyEntry, type Book, bookText, committed, emptyBook, trialBalance } from './book.ts';
import { canonical } from '#packages/canonical';
import { type Entry, entryProblems, hashOf } from './entry.ts';
import { entriesAfter, type LedgerTable, readBook, readCommit } from './read.ts';

export type Proof = {
  /** All that were ever booked. */
  entries: number;
  headHash: string;
  trialBalance: bigint;
  verified: boolean;
  /** The last day that is closed and sealed; null before the first seal. */
  sealedThrough: string | null;
  /** What does not fit, for people to look at; at most some. */
  findings: string[];
};

const mostFindings = 20;

/**
 * Computes a fund's book anew from its entries since the last seal, or from the first: every hash from its text, every
 * link, every balance, and the snapshot of every commit; and compares it with the book as it is. What lies before the
 * seal is proved by its root, and by the offline command.
 */
export async function proveBook(table: LedgerTable, fundId: string): Promise<Proof> {
  const head = await readBook(table, fundId);
  const from = head.sealedIn === undefined ? emptyBook(fundId) : await readCommit(table, fundId, head.sealedIn);
  const findings: string[] = [];
  let book: Book = from;
  let before: Book = from;
  try {
    for await (const { item, entry, block, last } of entriesAfter(table, from, head.at || undefined)) {
      // Booked since the book was read: the next proof's.
      if (entry.seq > head.seq) break;
      findings.push(...misfits(book, entry, item));
      book = applyEntry(book, entry);
      if (!last) continue;
      book = committed(before, book);
      before = book;
      if (!isDeepStrictEqual(book, block.book))
        findings.push(`commit ${block.book.number} is not what its entries make`);
      if (findings.length >= mostFindings) break;
    }
  } catch (error) {
    findings.push(error instanceof Error ? error.message : String(error));
  }
  if (bookText(book) !== bookText(head)) findings.push('the book is not what its entries make');
  const sum = trialBalance(book);
  return {
    entries: book.seq,
    headHash: book.headHash,
    trialBalance: sum,
    verified: findings.length === 0 && sum === 0n,
    sealedThrough: head.sealed?.through ?? null,
    findings: findings.slice(0, mostFindings),
  };
}

/** What of an entry does not fit the book that it follows, or itself. */
export function misfits(book: Book, entry: Entry, item: Item): string[] {
  const { hash, ...rest } = entry;
  const name = `entry ${entry.seq}`;
  const found: string[] = [];
  if (item['entry'] !== canonical(rest)) found.push(`${name} is not in canonical form`);
  if (hash !== hashOf(rest)) found.push(`${name} has another hash`);
  if (entry.fundId !== book.fundId) found.push(`${name} is another fund's`);
  if (entry.seq !== book.seq + 1) found.push(`${name} does not follow ${book.seq}`);
  if (entry.prevHash !== book.headHash) found.push(`${name} does not follow the entry before`);
  if (entry.at < book.at) found.push(`${name} is earlier than the entry before`);
  if (Boolean(entry.late) !== entry.valueDate <= (book.closedThrough ?? '')) found.push(`${name} is late, or is not`);
  return [...found, ...entryProblems(rest).map((problem) => `${name}: ${problem}`)];
}
