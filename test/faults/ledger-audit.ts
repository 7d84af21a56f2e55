import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { applyEntry, type Book, emptyBook } from '../../services/fund/ledger/book.ts';
import { canonical } from '#packages/canonical';
import { type Entry, entryProblems, hashOf } from '../../services/fund/ledger/entry.ts';
import { coverRefusal } from '../../services/fund/ledger/exposure.ts';
import { blockKeyAfter, bookPk, entryKey, readBlock, readEntry } from '../../services/fund/ledger/items.ts';
import type { Item } from '../../packages/table.ts';
import type { Said } from './ledger-world.ts';
import { leverage, quotaFen } from './ledger-story.ts';

/** All that must be true of a fund's items, whatever happened on the way. Answers what is not. */
export function auditFund(items: readonly Item[], fundId: string, said: readonly Said[], sureReads: boolean): string[] {
  const wrong: string[] = [];
  const pk = bookPk(fundId);
  const byKey = new Map(items.map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]));
  const find = (key: { pk: string; sk: string }) => byKey.get(`${key.pk} ${key.sk}`);

  // The commits make one chain, with nothing beside it.
  let book: Book = emptyBook(fundId);
  const books = [book];
  const entries: Entry[] = [];
  const blocks = items.filter((item) => item['pk'] === pk).length;
  for (let item = find(blockKeyAfter(book)); item !== undefined; item = find(blockKeyAfter(book))) {
    const block = readBlock(item);
    let folded = book;
    for (const id of block.ids) {
      const stored = find(entryKey(fundId, id));
      if (stored?.['entry'] === undefined) {
        wrong.push(`entry ${id} of commit ${block.book.number} is not there`);
        continue;
      }
      const entry = readEntry(stored);
      const { hash, ...rest } = entry;
      if (hash !== hashOf(rest)) wrong.push(`${id}: hash`);
      if (entry.prevHash !== folded.headHash) wrong.push(`${id}: not after the entry before`);
      if (entry.seq !== folded.seq + 1) wrong.push(`${id}: number ${entry.seq} after ${folded.seq}`);
      if (entry.at < folded.at) wrong.push(`${id}: time runs back`);
      wrong.push(...entryProblems(rest).map((problem) => `${id}: ${problem}`));
      folded = applyEntry(folded, entry);
      entries.push(entry);
      books.push(folded);
    }
    if (!isDeepStrictEqual({ ...folded, number: book.number + 1 }, block.book)) {
      wrong.push(`commit ${block.book.number} is not what its entries make`);
    }
    ({ book } = block);
    if (books.length > 10_000) return [...wrong, 'a circle'];
  }
  if (book.number !== blocks) wrong.push(`${blocks} commits, ${book.number} in the chain`);
  const stored = items.filter((item) => item['entry'] !== undefined && String(item['pk']).startsWith(`${pk}#`));
  if (stored.length !== entries.length) wrong.push(`${stored.length} entries stored, ${entries.length} in the journal`);
  if (new Set(entries.map(({ id }) => id)).size !== entries.length) wrong.push('an id booked twice');

  wrong.push(...limitsBroken(entries), ...loansWrong(items, fundId, entries));
  wrong.push(...answersWrong(said, find, fundId, sureReads), ...refusalsWrong(items, pk, books, said));
  return wrong;
}

/** With sums of its own: nothing below zero, no cover beyond capacity or quota or while suspended. */
function limitsBroken(entries: readonly Entry[]): string[] {
  const wrong: string[] = [];
  const sums = new Map<string, number>();
  const of = (...codes: string[]) => {
    let sum = 0;
    for (const [key, fen] of sums) if (codes.some((code) => key.startsWith(code))) sum += fen;
    return sum;
  };
  let suspended = false;
  const banks = new Set<string>();
  let terms = false;
  for (const entry of entries) {
    for (const line of entry.lines) {
      const key = `${line.account}/${line.partyId ?? ''}`;
      sums.set(key, (sums.get(key) ?? 0) + ('debitFen' in line ? line.debitFen : -line.creditFen));
    }
    if (of('1', '2', '3', '4', '5') !== 0) wrong.push(`${entry.id}: the book does not balance`);
    for (const [key, fen] of sums) {
      const debit = /^(1|5|3102|900[13579])/.test(key);
      if (debit ? fen < 0 : fen > 0) wrong.push(`${entry.id}: ${key} is beyond zero`);
    }
    const available = of('1002', '1003', '2202', '2203', '2204');
    if (available < 0) wrong.push(`${entry.id}: ${available} available`);
    if (entry.cause.type === 'exposure-reserved') {
      const bank = entry.lines[0]?.partyId ?? '';
      if (!terms || of('9001', '9005') > Math.max(0, available + of('2201')) * leverage) {
        wrong.push(`${entry.id}: beyond the capacity`);
      }
      if (bank === 'bank-b' && of('9001/bank-b', '9005/bank-b') > quotaFen) wrong.push(`${entry.id}: beyond the quota`);
      if (suspended || banks.has(bank)) wrong.push(`${entry.id}: covered while suspended`);
    }
    const { control } = entry;
    if (control === undefined) continue;
    if ('terms' in control) terms = true;
    if ('suspend' in control && control.suspend.bankId === undefined) suspended = true;
    if ('suspend' in control && control.suspend.bankId !== undefined) banks.add(control.suspend.bankId);
    if ('resume' in control) suspended = false;
  }
  return wrong;
}

/** What is left of each loan's cover is what its entries leave, and its changes are numbered without a gap. */
function loansWrong(items: readonly Item[], fundId: string, entries: readonly Entry[]): string[] {
  const wrong: string[] = [];
  const prefix = `${bookPk(fundId)}#OF#loan:`;
  const states = new Map<string, Item[]>();
  for (const item of items) {
    const pk = String(item['pk']);
    if (pk.startsWith(prefix))
      states.set(pk.slice(prefix.length), [...(states.get(pk.slice(prefix.length)) ?? []), item]);
  }
  for (const [loanId, list] of states) {
    const sorted = list.toSorted((one, other) => Number(one['sequence']) - Number(other['sequence']));
    if (sorted.some((item, place) => item['sequence'] !== place + 1)) wrong.push(`${loanId}: its changes have a gap`);
    const mine = entries.filter(({ cause }) => cause.id === loanId);
    if (mine.filter(({ cause }) => cause.type === 'exposure-released').length !== sorted.length) {
      wrong.push(`${loanId}: changes without an entry`);
    }
    const left = (code: string) =>
      mine
        .flatMap(({ lines }) => lines)
        .filter(({ account }) => account === code)
        .reduce((sum, line) => sum + ('debitFen' in line ? line.debitFen : -line.creditFen), 0);
    const state = JSON.parse(String(sorted.at(-1)?.['state'])) as Record<string, number>;
    if (state['exposureFen'] !== left('9001') || state['principalFen'] !== left('9003')) {
      wrong.push(`${loanId}: not what its entries leave`);
    }
  }
  return wrong;
}

/** Whatever was answered stands: a yes names the entry that is there, and is never followed by a no. */
function answersWrong(
  said: readonly Said[],
  find: (key: { pk: string; sk: string }) => Item | undefined,
  fundId: string,
  sureReads: boolean,
): string[] {
  const wrong: string[] = [];
  const yes = new Map<string, string>();
  for (const { command, answer } of said) {
    const item = find(entryKey(fundId, command.id));
    const content = createHash('sha256').update(canonical(command.content)).digest('hex');
    const name = `${command.id} ${content}`;
    if (answer.kind === 'posted') {
      if (item?.['hash'] !== answer.entry.hash) wrong.push(`${command.id}: answered with an entry that is not there`);
      if (item?.['content'] !== content) wrong.push(`${command.id}: answered with the entry of other content`);
      yes.set(name, answer.entry.hash);
    } else if (answer.kind === 'refused') {
      if (yes.has(name) && sureReads) wrong.push(`${command.id}: booked, then refused`);
      if (command.id.startsWith('cover:') && item?.['refused'] !== answer.code)
        wrong.push(`${command.id}: lost refusal`);
    } else if (item === undefined || item['content'] === content) {
      wrong.push(`${command.id}: said to exist otherwise, and does not`);
    }
  }
  return wrong;
}

/** A no for good was true of the book that it names. */
function refusalsWrong(items: readonly Item[], pk: string, books: readonly Book[], said: readonly Said[]): string[] {
  const wrong: string[] = [];
  for (const item of items) {
    const own = String(item['pk']);
    if (item['refused'] === undefined || !own.startsWith(`${pk}#ENTRY#`)) continue;
    const id = own.slice(`${pk}#ENTRY#`.length);
    const content = said.find(({ command }) => command.id === id)?.command.content as
      | { bankId: string; exposureFen: number }
      | undefined;
    const book = books[Number(item['afterSeq'])];
    if (content === undefined || book === undefined) wrong.push(`${id}: refused on a book that never was`);
    else if (coverRefusal(book, { ...content, exposureFen: BigInt(content.exposureFen) }) !== item['refused']) {
      wrong.push(`${id}: refused without a reason`);
    }
  }
  return wrong;
}
