import { isDeepStrictEqual } from 'node:util';
import type { StreamChange } from '#packages/lambda/stream';
import type { Item, Key } from '#packages/table';
import { applyEntry, committed, emptyBook } from './book.ts';
import type { Entry } from './entry.ts';
import { type Block, blockPrefix, entryKey, ledgerPrefix, readBlock, readEntry } from './items.ts';
import { misfits } from './proof.ts';
import { type LedgerTable, readCommit, readCommitWith } from './read.ts';

/** What should not be in a book, or should not have happened to it; `key` is the item's. */
export type LedgerFinding = { key: Key; finding: string };

/**
 * Looks at what happened to the books, as the table's stream tells it: nothing of them is ever changed or deleted, each
 * new commit is what its entries make of the book that it follows, and each new entry is of a commit. It keeps nothing
 * and looks everything up that a batch does not bring, so that order and repetition make no difference.
 */
export async function watchLedger(table: LedgerTable, changes: readonly StreamChange[]): Promise<LedgerFinding[]> {
  const own = changes.filter(({ key }) => key.pk.startsWith(ledgerPrefix));
  const findings: LedgerFinding[] = [];
  const brought = new Map<string, Item>();
  for (const { change, key, item } of own) {
    if (change !== 'INSERT') findings.push({ key, finding: change === 'REMOVE' ? 'deleted' : 'changed' });
    else if (item !== undefined) brought.set(key.pk, item);
  }
  const inserted = own.filter(({ change }) => change === 'INSERT');
  const committedIds = new Set<string>();
  for (const { key, item } of inserted) {
    if (item === undefined || !key.sk.startsWith(blockPrefix)) continue;
    try {
      const block = readBlock(item);
      for (const id of block.ids) committedIds.add(entryKey(block.book.fundId, id).pk);
      findings.push(...(await wrongIn(table, block, brought)).map((finding) => ({ key, finding })));
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      findings.push({ key, finding: error.message });
    }
  }
  for (const { key, item } of inserted) {
    if (item?.['entry'] === undefined || committedIds.has(key.pk)) continue;
    try {
      const { fundId, id, at } = readEntry(item);
      const found = await readCommitWith(table, fundId, { id, at });
      if (found === undefined) findings.push({ key, finding: 'is of no commit' });
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      findings.push({ key, finding: error.message });
    }
  }
  return findings;
}

/** A fault of the store is tried again; what is there and cannot be read is a finding. */
function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && !('$metadata' in error) && !('code' in error);
}

async function wrongIn(table: LedgerTable, block: Block, brought: ReadonlyMap<string, Item>): Promise<string[]> {
  const { fundId, number } = block.book;
  const keys = block.ids.map((id) => entryKey(fundId, id));
  const missing = keys.filter(({ pk }) => !brought.has(pk));
  const [before, read] = await Promise.all([
    number === 1 ? emptyBook(fundId) : readCommit(table, fundId, { number: number - 1, at: followedAt(block) }),
    missing.length === 0 ? [] : table.getMany(missing),
  ]);
  const items = new Map([...brought, ...read.map((item): [string, Item] => [String(item['pk']), item])]);
  const wrong: string[] = [];
  let book = before;
  for (const [place, { pk }] of keys.entries()) {
    const item = items.get(pk);
    if (item === undefined) {
      wrong.push(`entry ${block.ids[place]} is not there`);
      continue;
    }
    const entry: Entry = readEntry(item);
    wrong.push(...misfits(book, entry, item));
    book = applyEntry(book, entry);
  }
  if (!isDeepStrictEqual(committed(before, book), block.book)) wrong.push('is not what its entries make');
  return wrong;
}

/** A commit's key begins with the time of the book that it follows. */
function followedAt({ key: { sk } }: Block): string {
  return sk.slice(blockPrefix.length, sk.lastIndexOf('#'));
}
