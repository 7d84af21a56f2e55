import { type Book, emptyBook } from './book.ts';
import { canonical } from '#packages/canonical';
import { entriesAfter, type LedgerTable, readBook } from './read.ts';

/**
 * A fund's whole journal as JSON lines, for whoever is to check it without us: each entry in its RFC 8785 form, as
 * `GET …/journal` has it, then what it is said to come to.
 */
export async function* exportJournal(table: LedgerTable, fundId: string): AsyncGenerator<string> {
  const head = await readBook(table, fundId);
  for await (const { entry } of entriesAfter(table, emptyBook(fundId), head.at || undefined)) {
    if (entry.seq > head.seq) break;
    yield `${canonical(entry)}\n`;
  }
  yield `${canonical({ summary: summaryOf(head) })}\n`;
}

function summaryOf({ fundId, seq, headHash, at, balances, sealed }: Book) {
  const texts = Object.fromEntries(Object.entries(balances).map(([key, fen]) => [key, fen.toString()]));
  return { fundId, entries: seq, headHash, at, balances: texts, ...(sealed !== undefined && { sealed }) };
}
