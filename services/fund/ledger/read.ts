import type { Item, Query, Table } from '#packages/table';
import { applyEntry, type Book, emptyBook } from './book.ts';
import type { Aggregate } from './command.ts';
import type { Entry } from './entry.ts';
import {
  afterMoment,
  aggregatePk,
  type Block,
  blockKeyAfter,
  blockPrefix,
  bookPk,
  entryKey,
  type Known,
  readAggregate,
  readBlock,
  readEntry,
  readKnown,
} from './items.ts';

/** The few calls of a table that the ledger makes. */
export type LedgerTable = Pick<Table, 'getMany' | 'page' | 'transact'>;

function blocks(fundId: string, from: string, to: string): Query {
  const values = { ':pk': bookPk(fundId), ':from': from, ':to': to };
  return { condition: { expression: 'pk = :pk AND sk BETWEEN :from AND :to', values } };
}

/** The book as it is. One request. */
export async function readBook(table: LedgerTable, fundId: string): Promise<Book> {
  const query = blocks(fundId, blockPrefix, `${blockPrefix}~`);
  const [item] = (await table.page({ ...query, newestFirst: true }, 1)).items;
  return item === undefined ? emptyBook(fundId) : readBlock(item).book;
}

/**
 * The book as it was at a moment, with everything booked by then. One request, whatever was booked before or since: the
 * last block that follows a book of that moment is either of that moment itself, or the first after it.
 */
export async function readBookAt(table: LedgerTable, fundId: string, at: string): Promise<Book> {
  const query = blocks(fundId, blockPrefix, afterMoment(at));
  const { items } = await table.page({ ...query, newestFirst: true }, 2);
  const found = items.map((item) => readBlock(item).book).find((book) => book.at <= at);
  return found ?? emptyBook(fundId);
}

/** The book as a commit left it, named by its number and time. One request. */
export async function readCommit(
  table: LedgerTable,
  fundId: string,
  { number, at }: { number: number; at: string },
): Promise<Book> {
  // It follows commit `number - 1`, whose time is this one's or earlier; no other does.
  const query = blocks(fundId, blockPrefix, blockKeyAfter({ fundId, at, number: number - 1 }).sk);
  const [item] = (await table.page({ ...query, newestFirst: true }, 1)).items;
  const book = item === undefined ? emptyBook(fundId) : readBlock(item).book;
  if (book.number !== number) throw new Error(`${fundId}: there is no commit ${number} of ${at}`);
  return book;
}

/** Commits of one moment are few: a slow clock, or a busy one. */
const commitsOfAMoment = 100;

/** The commit that an entry lies in, if any does. One request. */
export async function readCommitWith(
  table: LedgerTable,
  fundId: string,
  { id, at }: { id: string; at: string },
): Promise<Block | undefined> {
  const query = blocks(fundId, blockPrefix, afterMoment(at));
  for (const limit of [2, commitsOfAMoment]) {
    const { items } = await table.page({ ...query, newestFirst: true }, limit);
    const found = items.map(readBlock).find(({ ids }) => ids.includes(id));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is known under these names. One request per hundred. */
export async function readKnownIds(
  table: LedgerTable,
  fundId: string,
  ids: readonly string[],
  consistent: boolean,
): Promise<Map<string, Known>> {
  const keys = [...new Set(ids)].map((id) => entryKey(fundId, id));
  const names = new Map(keys.map(({ pk }, place) => [pk, [...new Set(ids)][place] ?? '']));
  const known = new Map<string, Known>();
  for (const item of await table.getMany(keys, consistent)) {
    known.set(names.get(String(item['pk'])) ?? '', readKnown(item));
  }
  return known;
}

/** The entry booked under a name, if any: how an answer is given again. */
export async function findEntry(table: LedgerTable, fundId: string, id: string): Promise<Entry | undefined> {
  const answer = (await readKnownIds(table, fundId, [id], true)).get(id)?.answer;
  return answer?.kind === 'posted' ? answer.entry : undefined;
}

/** An aggregate after its last change. One request. */
export async function findAggregate(
  table: LedgerTable,
  fundId: string,
  aggregate: string,
): Promise<Aggregate | undefined> {
  const condition = { expression: 'pk = :pk', values: { ':pk': aggregatePk(fundId, aggregate) } };
  const [item] = (await table.page({ condition, newestFirst: true }, 1)).items;
  return item && readAggregate(item);
}

const blocksPerPage = 50;
const entriesPerRequest = 100;

/** The commits after a book, in order; those of a moment up to `until` only. */
export async function* blocksAfter(
  table: LedgerTable,
  after: Pick<Book, 'fundId' | 'at' | 'number'>,
  until?: string,
): AsyncGenerator<Block> {
  const to = until === undefined ? `${blockPrefix}~` : afterMoment(until);
  let from = blockKeyAfter(after).sk;
  for (;;) {
    const { items, last } = await table.page(blocks(after.fundId, from, to), blocksPerPage);
    let book: Book | undefined;
    for (const item of items) {
      const block = readBlock(item);
      ({ book } = block);
      if (until === undefined || book.at <= until) yield block;
    }
    if (last === undefined || book === undefined) return;
    from = blockKeyAfter(book).sk;
  }
}

/** The entries after a book, in order, with the commit that each lies in. */
export async function* entriesAfter(
  table: LedgerTable,
  after: Pick<Book, 'fundId' | 'at' | 'number'>,
  until?: string,
): AsyncGenerator<{ item: Item; entry: Entry; block: Block; last: boolean }> {
  let batch: Block[] = [];
  let count = 0;
  for await (const block of blocksAfter(table, after, until)) {
    batch.push(block);
    count += block.ids.length;
    if (count < entriesPerRequest) continue;
    yield* entriesOf(table, after.fundId, batch);
    [batch, count] = [[], 0];
  }
  yield* entriesOf(table, after.fundId, batch);
}

async function* entriesOf(table: LedgerTable, fundId: string, batch: readonly Block[]) {
  const keys = batch.flatMap(({ ids }) => ids.map((id) => entryKey(fundId, id)));
  const found = new Map((await table.getMany(keys)).map((item) => [String(item['pk']), item]));
  for (const block of batch) {
    for (const [place, id] of block.ids.entries()) {
      const item = found.get(entryKey(fundId, id).pk);
      if (item === undefined) throw new Error(`${fundId}: entry ${id} of commit ${block.book.number} is not there`);
      yield { item, entry: readEntry(item), block, last: place === block.ids.length - 1 };
    }
  }
}

/** Where a page of the journal goes on: behind so many entries of the commit that follows this book. */
export type JournalPosition = { at: string; number: number; skip: number };

/** So many entries by `seq`, and where the next page starts. */
export async function readJournal(
  table: LedgerTable,
  fundId: string,
  pageSize: number,
  from: JournalPosition = { at: '', number: 0, skip: 0 },
): Promise<{ entries: Entry[]; next?: JournalPosition }> {
  const wanted: { block: Block; ids: string[] }[] = [];
  let { skip } = from;
  let count = 0;
  let after = { at: from.at, number: from.number };
  let next: JournalPosition | undefined;
  for await (const block of blocksAfter(table, { fundId, ...after })) {
    if (count === pageSize) {
      next = { ...after, skip: 0 };
      break;
    }
    const ids = block.ids.slice(skip, skip + pageSize - count);
    wanted.push({ block, ids });
    count += ids.length;
    if (skip + ids.length < block.ids.length) {
      next = { ...after, skip: skip + ids.length };
      break;
    }
    skip = 0;
    after = { at: block.book.at, number: block.book.number };
  }
  const entries: Entry[] = [];
  for await (const { entry } of entriesOf(
    table,
    fundId,
    wanted.map(({ block, ids }) => ({ ...block, ids })),
  )) {
    entries.push(entry);
  }
  return { entries, ...(next !== undefined && { next }) };
}

/**
 * The book by value date: what counted on that day, as known at a moment. What was booked later and dated back counts;
 * no entry is dated ahead of its booking, so the book of that day and the entries since are all that is needed.
 */
export async function readBookByValueDate(
  table: LedgerTable,
  fundId: string,
  valueDate: string,
  at: string,
  endOfValueDay: string,
): Promise<Book> {
  let book = await readBookAt(table, fundId, endOfValueDay < at ? endOfValueDay : at);
  for await (const { entry } of entriesAfter(table, book, at)) {
    if (entry.valueDate <= valueDate) book = applyEntry(book, entry);
  }
  return book;
}
