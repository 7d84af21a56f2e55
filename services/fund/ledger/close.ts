import { addDays } from '#packages/calendar';
import { divideDown } from '#packages/money';
import { type Entry, move, signedFen, type Transfer } from './entry.ts';
import { balanceOf, type Book } from './book.ts';
import { type Command, drafts, no } from './command.ts';
import type { Seal } from './control.ts';

/** Fen of capital, times the days that it was there: by what contributors share a period's income and losses. */
export type Weights = ReadonlyMap<string, bigint>;

/**
 * What each contributor had in the fund over a period, from the day after `since` to `through`. `opening` is the book by
 * value date at the end of `since`; of the entries those dated within the period count, each from its own day on.
 */
export function capitalDays(
  opening: Book,
  entries: Iterable<Entry>,
  period: { since: string; through: string },
): Weights {
  const { since, through } = period;
  const weights = new Map<string, bigint>();
  const add = (contributor: string, fen: bigint, days: bigint) =>
    weights.set(contributor, (weights.get(contributor) ?? 0n) + fen * days);
  for (const key of Object.keys(opening.balances)) {
    const [code, contributor] = key.split('/');
    if (code === '3101' && contributor !== undefined) {
      add(contributor, balanceOf(opening, '3101', contributor), daysBetween(since, through));
    }
  }
  for (const { valueDate, lines } of entries) {
    if (valueDate <= since || valueDate > through) continue;
    for (const line of lines) {
      if (line.account !== '3101' || line.partyId === undefined) continue;
      add(line.partyId, -signedFen(line), daysBetween(addDays(valueDate, -1), through));
    }
  }
  return new Map([...weights].filter(([, weight]) => weight > 0n));
}

function daysBetween(since: string, through: string): bigint {
  return BigInt(Math.round((Date.parse(through) - Date.parse(since)) / 86_400_000));
}

/**
 * Shares an amount by weight, to the fen: everybody gets the whole part, and what is left over goes, one fen each, to
 * the largest remainders; of equal ones to the first by name. Together it is the amount.
 */
export function shareByWeight(amount: bigint, weights: Weights): Map<string, bigint> {
  const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0n);
  if (total === 0n) return new Map();
  const parts = [...weights].map(([name, weight]) => {
    const fen = divideDown(amount * weight, total);
    return { name, fen, rest: amount * weight - fen * total };
  });
  let left = amount - parts.reduce((sum, { fen }) => sum + fen, 0n);
  const byRest = parts.toSorted((one, other) => {
    if (one.rest !== other.rest) return one.rest > other.rest ? -1 : 1;
    return one.name < other.name ? -1 : 1;
  });
  return new Map(
    byRest.map(({ name, fen }) => {
      const more = left > 0n ? 1n : 0n;
      left -= more;
      return [name, fen + more];
    }),
  );
}

export function closeId(through: string): string {
  return `close:${through}`;
}

/**
 * Closes a period: its income and its losses, by value date, become the contributors', and no later entry counts into
 * it. `known` is the book that all was computed from; on any other one it answers `book-moved`.
 */
export function closePeriod(closing: {
  through: string;
  known: Book;
  /** The book by value date at the end of `through`. */
  ended: Book;
  weights: Weights;
  by?: string;
  approvedBy?: string;
}): Command {
  const { through, known, ended, weights, by, approvedBy } = closing;
  const id = closeId(through);
  const people = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
  return {
    id,
    content: { kind: 'period-closed', through },
    decide: (book) => {
      if (book.seq !== known.seq) return no('book-moved');
      if (through <= (book.closedThrough ?? '')) return no('already-closed');
      const transfers = closingTransfers(ended, weights);
      const control = { closedThrough: through };
      return drafts({ id, kind: 'period-closed', causeId: through, valueDate: through, transfers, control, ...people });
    },
  };
}

function closingTransfers(ended: Book, weights: Weights): Transfer[] {
  const transfers: Transfer[] = [];
  for (const income of ['4101', '4201'] as const) {
    for (const [name, fen] of shareByWeight(positive(balanceOf(ended, income)), weights)) {
      transfers.push(move([income], ['3103', name], fen));
    }
  }
  for (const loss of ['5101', '5102'] as const) {
    for (const [name, fen] of shareByWeight(positive(balanceOf(ended, loss)), weights)) {
      transfers.push(move(['3102', name], [loss], fen));
    }
  }
  return transfers;
}

/** By value date an account may be beyond zero, where what came in is dated later than what was taken back. */
function positive(fen: bigint): bigint {
  return fen < 0n ? 0n : fen;
}

export function sealId(through: string): string {
  return `seal:${through}`;
}

/** Puts the root of a closed period on record, inside the next one. What was sealed cannot change without its root. */
export function sealPeriod(seal: Seal, valueDate: string): Command {
  const id = sealId(seal.through);
  return {
    id,
    content: { kind: 'period-sealed', seal },
    decide: () =>
      drafts({ id, kind: 'period-sealed', causeId: seal.through, valueDate, transfers: [], control: { seal } }),
  };
}

/** What a bank's statement says is in a special account; said in the journal whether or not the book agrees. */
export function stateBalance(stated: { depository: string; on: string; balanceFen: bigint; by?: string }): Command {
  const { depository, on, balanceFen, by } = stated;
  // A statement that is put right says another balance of the same day: both are on record.
  const id = `stated:${depository}:${on}:${balanceFen}`;
  const control = { stated: { depository, balanceFen: Number(balanceFen) } };
  return {
    id,
    content: { kind: 'balance-stated', on, ...control.stated },
    decide: () =>
      drafts({
        id,
        kind: 'balance-stated',
        causeId: depository,
        valueDate: on,
        transfers: [],
        control,
        ...(by !== undefined && { by }),
      }),
  };
}
