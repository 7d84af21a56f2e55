import { addDays } from '#packages/calendar';
import { divideDown } from '#packages/money';
import { balanceKey, type Entry, move, signedFen } from './entry.ts';
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

/** What is below a fen is kept in these parts of one. */
export const partsOfFen = 1_000_000_000n;

/**
 * By contributor, in parts of a fen: how much of what was shared so far is still due to it, or below zero how much it
 * had too early. Together it is nothing.
 */
export type Carried = ReadonlyMap<string, bigint>;

/**
 * Shares an amount by weight, with what earlier sharings left below a fen: so that over the years nobody gains or loses
 * by the rounding. Each gets the whole fen of its part and of what it carries, what is left over goes to whoever then
 * has most due. Nobody's share is below zero, and who has no weight gets nothing and keeps what it carries.
 */
export function shareCarried(amount: bigint, weights: Weights, carried: Carried) {
  const due = new Map(carried);
  const shares = new Map<string, bigint>();
  const parts = shareByWeight(amount * partsOfFen, weights);
  const give = (name: string, fen: bigint) => {
    shares.set(name, (shares.get(name) ?? 0n) + fen);
    due.set(name, (due.get(name) ?? 0n) - fen * partsOfFen);
  };
  const names = [...parts.keys()].filter((name) => weights.get(name) !== 0n).toSorted();
  for (const name of names) {
    due.set(name, (due.get(name) ?? 0n) + (parts.get(name) ?? 0n));
    const part = due.get(name) ?? 0n;
    give(name, part > 0n ? divideDown(part, partsOfFen) : 0n);
  }
  const next = (from: readonly string[], better: (one: bigint, other: bigint) => boolean) =>
    from.reduce((best, name) => (better(due.get(name) ?? 0n, due.get(best) ?? 0n) ? name : best));
  let left = names.length === 0 ? 0n : amount - sumOf(shares);
  for (; left > 0n; left -= 1n) {
    const name = next(names, (one, other) => one > other);
    give(name, 1n);
  }
  for (; left < 0n; left += 1n) {
    const having = names.filter((name) => (shares.get(name) ?? 0n) > 0n);
    const name = next(having, (one, other) => one < other);
    give(name, -1n);
  }
  return { shares, carried: new Map([...due].filter(([, parts]) => parts !== 0n)) };
}

function sumOf(fen: ReadonlyMap<string, bigint>): bigint {
  return [...fen.values()].reduce((sum, one) => sum + one, 0n);
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
  /** The closing entry before, which says what is carried on. */
  before?: Entry | undefined;
  by?: string;
  approvedBy?: string;
}): Command {
  const { through, known, ended, weights, before, by, approvedBy } = closing;
  const id = closeId(through);
  const people = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
  return {
    id,
    content: { kind: 'period-closed', through },
    decide: (book) => {
      if (book.seq !== known.seq) return no('book-moved');
      if (through <= (book.closedThrough ?? '')) return no('already-closed');
      const income = shareSide(ended, ['4101', '4201'], weights, carriedIn(before, '3103'));
      const loss = shareSide(ended, ['5101', '5102'], weights, carriedIn(before, '3102'));
      const transfers = [
        ...income.moves.map(({ account, name, fen }) => move([account], ['3103', name], fen)),
        ...loss.moves.map(({ account, name, fen }) => move(['3102', name], [account], fen)),
      ];
      const carried = { ...carriedOn('3103', income.carried), ...carriedOn('3102', loss.carried) };
      const control = { closedThrough: through, ...(Object.keys(carried).length > 0 && { carried }) };
      return drafts({ id, kind: 'period-closed', causeId: through, valueDate: through, transfers, control, ...people });
    },
  };
}

type Move = { account: string; name: string; fen: bigint };

/** Shares what stands on some accounts together, and takes it from one after the other. */
function shareSide(ended: Book, codes: readonly string[], weights: Weights, carriedBefore: Carried) {
  const sources = codes.map((account) => ({ account, fen: positive(balanceOf(ended, account)) }));
  const amount = sources.reduce((sum, { fen }) => sum + fen, 0n);
  const { shares, carried } = shareCarried(amount, weights, carriedBefore);
  const moves: Move[] = [];
  for (const [name, share] of shares) {
    let open = share;
    for (const source of sources) {
      const fen = open < source.fen ? open : source.fen;
      moves.push({ account: source.account, name, fen });
      source.fen -= fen;
      open -= fen;
    }
  }
  return { moves, carried };
}

function carriedIn(before: Entry | undefined, account: string): Carried {
  const control = before?.control;
  const all = control !== undefined && 'closedThrough' in control ? control.carried : undefined;
  return new Map(
    Object.entries(all ?? {}).flatMap(([key, parts]): [string, bigint][] => {
      const [code, name = ''] = key.split('/');
      return code === account ? [[name, BigInt(parts)]] : [];
    }),
  );
}

function carriedOn(account: string, carried: Carried): Record<string, number> {
  return Object.fromEntries([...carried].map(([name, parts]) => [balanceKey([account, name]), Number(parts)]));
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
