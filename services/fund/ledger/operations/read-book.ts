import { endOfDay } from '#packages/calendar';
import { done, type Outcome } from '#packages/outcome';
import { type AccountBalance, accountBalances, availableOf, cashOf, exposureOf } from '../book.ts';
import { type Proof, proveBook } from '../proof.ts';
import { type LedgerTable, readBook, readBookAt, readBookByValueDate } from '../read.ts';

export type Balances = {
  fundId: string;
  at: string;
  cashFen: bigint;
  availableFen: bigint;
  exposureFen: bigint;
  accounts: AccountBalance[];
};

/** A fund's balances at a moment, now if none is named: one request. By value date: also the entries booked since that day. */
export function readBalances(table: LedgerTable) {
  return async (
    fundId: string,
    query: { at?: string | undefined; valueDate?: string | undefined },
    now: Date,
  ): Promise<Outcome<Balances, never>> => {
    const { valueDate } = query;
    const newest = query.at === undefined ? await readBook(table, fundId) : undefined;
    // A clock ahead of this one may have booked what is newest.
    const at = query.at ?? [now.toISOString(), newest?.at ?? ''].toSorted().at(-1) ?? '';
    const book =
      valueDate === undefined
        ? (newest ?? (await readBookAt(table, fundId, at)))
        : await readBookByValueDate(table, fundId, valueDate, at, endOfDay(valueDate));
    const [cashFen, availableFen, exposureFen] = [cashOf(book), availableOf(book), exposureOf(book)];
    return done({ fundId, at, cashFen, availableFen, exposureFen, accounts: accountBalances(book) });
  };
}

/** The proof as the contract has it; what was found, if anything, is for the log and an alarm. */
export function readProof(table: LedgerTable) {
  return async (fundId: string): Promise<Outcome<Proof, never>> => done(await proveBook(table, fundId));
}
