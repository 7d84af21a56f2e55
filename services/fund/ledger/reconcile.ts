import { type Entry, signedFen } from './entry.ts';
import type { Statement, StatementLine } from './statement.ts';

export type DifferenceCode =
  /** On the statement and not in the book. */
  | 'not-booked'
  /** In the book and not on the statement. */
  | 'not-on-statement'
  | 'amount-differs'
  | 'date-differs'
  /** The same amount on the same day, under another reference. */
  | 'reference-differs'
  | 'twice-on-statement'
  /** What the bank says is there is not what its own lines before come to. */
  | 'statement-does-not-add-up'
  /** What is left when every line is compared: the opening balances were not the same. */
  | 'balance-differs';

/** Fen that came in, negative what went out; `row` is the statement's, `seqs` are the journal's entries. */
export type Difference = {
  code: DifferenceCode;
  bankReference: string;
  bankFen?: bigint;
  bookFen?: bigint;
  row?: number;
  seqs?: number[];
};

type Booked = { bankReference: string; fen: bigint; valueDate: string; seqs: number[] };

/**
 * Holds a statement of one special account against the journal's entries of the same days. An entry that was taken back
 * counts with its correction: together they are nothing. `closingFen` is what the book has in the account at the end of
 * the last day. An empty answer says that bank and book agree line by line and in the end.
 */
export function reconcile(statement: Statement, entries: readonly Entry[], closingFen: bigint): Difference[] {
  const differences: Difference[] = [];
  const booked = movementsOf(entries, statement.depository);
  const lines = new Map<string, StatementLine>();
  for (const line of statement.lines) {
    const { bankReference, row } = line;
    if (lines.has(bankReference)) {
      differences.push({ code: 'twice-on-statement', bankReference, bankFen: fenOf(line), row });
    } else lines.set(bankReference, line);
  }
  const unbooked: StatementLine[] = [];
  for (const [bankReference, line] of lines) {
    const own = booked.get(bankReference);
    if (own === undefined) {
      unbooked.push(line);
      continue;
    }
    booked.delete(bankReference);
    const both = { bankReference, bankFen: fenOf(line), bookFen: own.fen, row: line.row, seqs: own.seqs };
    if (own.fen !== fenOf(line)) differences.push({ code: 'amount-differs', ...both });
    else if (own.valueDate !== line.bookedOn) differences.push({ code: 'date-differs', ...both });
  }
  for (const line of unbooked) {
    const { bankReference, row } = line;
    const alike = [...booked.values()].find(({ fen, valueDate }) => fen === fenOf(line) && valueDate === line.bookedOn);
    if (alike === undefined) {
      differences.push({ code: 'not-booked', bankReference, bankFen: fenOf(line), row });
      continue;
    }
    booked.delete(alike.bankReference);
    const both = { bankFen: fenOf(line), bookFen: alike.fen, row, seqs: alike.seqs };
    differences.push({ code: 'reference-differs', bankReference, ...both });
  }
  for (const { bankReference, fen, seqs } of booked.values()) {
    differences.push({ code: 'not-on-statement', bankReference, bookFen: fen, seqs });
  }
  return [...differences, ...balanceDifferences(statement, closingFen)];
}

function fenOf({ inFen, outFen }: StatementLine): bigint {
  return inFen - outFen;
}

/** What the entries move in a special account, by the bank's reference, which is what they speak of. */
function movementsOf(entries: readonly Entry[], depository: string): Map<string, Booked> {
  const bySeq = new Map(entries.map((entry) => [entry.seq, entry]));
  const movements = new Map<string, Booked>();
  for (const entry of entries) {
    let fen = 0n;
    for (const line of entry.lines) {
      if (line.account === '1002' && line.partyId === depository) fen += signedFen(line);
    }
    if (fen === 0n) continue;
    const about = entry.cause.type === 'correction' ? bySeq.get(entry.corrects?.seq ?? 0) : entry;
    const bankReference = (about ?? entry).cause.id;
    const before = movements.get(bankReference);
    movements.set(bankReference, {
      bankReference,
      fen: (before?.fen ?? 0n) + fen,
      valueDate: entry.valueDate,
      seqs: [...(before?.seqs ?? []), entry.seq],
    });
  }
  return new Map([...movements].filter(([, { fen }]) => fen !== 0n));
}

function balanceDifferences({ lines }: Statement, bookFen: bigint): Difference[] {
  const differences: Difference[] = [];
  let balance: bigint | undefined;
  for (const line of lines) {
    const expected = balance === undefined ? undefined : balance + fenOf(line);
    const { bankReference, balanceFen, row } = line;
    if (expected !== undefined && balanceFen !== undefined && balanceFen !== expected) {
      differences.push({ code: 'statement-does-not-add-up', bankReference, bankFen: balanceFen, row });
    }
    balance = balanceFen ?? expected;
  }
  const last = lines.at(-1);
  if (last !== undefined && balance !== undefined && balance !== bookFen) {
    const { bankReference, row } = last;
    differences.push({ code: 'balance-differs', bankReference, bankFen: balance, bookFen, row });
  }
  return differences;
}
