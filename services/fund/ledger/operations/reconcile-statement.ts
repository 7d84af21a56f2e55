import { addDays, endOfDay } from '#packages/calendar';
import { done, type Outcome, refused } from '#packages/outcome';
import { balanceOf } from '../book.ts';
import { stateBalance } from '../close.ts';
import type { Entry } from '../entry.ts';
import { type Ledger, post } from '../post.ts';
import { entriesAfter, readBook, readBookAt, readBookByValueDate } from '../read.ts';
import { type Difference, reconcile } from '../reconcile.ts';
import { type BadRow, readStatement } from '../statement.ts';

type Reconciled = { differences: Difference[]; lines: number };

/**
 * Compares a bank's statement with the book over its days, and puts the balance that the bank states into the journal,
 * so that a disagreement is on record too.
 */
export function reconcileStatement(ledger: Ledger) {
  return async (request: {
    fundId: string;
    depository: string;
    csv: string;
    by?: string;
  }): Promise<Outcome<Reconciled, 'statement_unreadable'> & { rows?: BadRow[] }> => {
    const { fundId, depository, csv, by } = request;
    const { table } = ledger;
    const read = readStatement(csv, depository);
    if (read.kind === 'unreadable') return { ...refused('statement_unreadable'), rows: read.rows };
    const { lines } = read.statement;
    const days = lines.map(({ bookedOn }) => bookedOn).toSorted();
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return done({ differences: [], lines: 0 });

    const { at } = await readBook(table, fundId);
    const before = await readBookAt(table, fundId, endOfDay(addDays(first, -1)));
    const entries: Entry[] = [];
    for await (const { entry } of entriesAfter(table, before, at || undefined)) {
      if (entry.valueDate >= first && entry.valueDate <= last) entries.push(entry);
    }
    const ended = await readBookByValueDate(table, fundId, last, at, endOfDay(last));
    const differences = reconcile(read.statement, entries, balanceOf(ended, '1002', depository));
    const stated = lines.at(-1)?.balanceFen;
    if (stated !== undefined) {
      await post(ledger, fundId, [
        stateBalance({ depository, on: last, balanceFen: stated, ...(by !== undefined && { by }) }),
      ]);
    }
    return done({ differences, lines: lines.length });
  };
}
