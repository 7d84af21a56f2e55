import { type Book } from '../ledger/book.ts';
import type { PoolLoan } from './pool.ts';
import type { Lost, Watched } from './rates.ts';

/** A claim that may cost the fund more than is booked as owed; `on` is when, where it is not once it is handled. */
export type UnderClaim = { claimId: string; paysFen: bigint; likelyBps: bigint; on?: string };

/** All that a forecast and a stress test rest on. */
export type PoolFacts = {
  fundId: string;
  asOf: string;
  book: Book;
  loans: readonly PoolLoan[];
  underClaim: readonly UnderClaim[];
  watched: readonly Watched[];
  lost: readonly Lost[];
  /** What share of a bank's loans is bad, as its reports have it; where a bank has not said, its covered loans tell. */
  reportedNplBps: ReadonlyMap<string, bigint>;
  /** Working days from a claim's filing to its payment. */
  handlingWorkingDays: number;
};
