import * as z from 'zod';
import { divideUp, StoredFen } from '#packages/money';
import { balanceOf, type Book, capacityOf, exposureOf } from './book.ts';
import { type Command, type Decision, drafts } from './command.ts';
import type { CoverRefusal } from '../contract/cover-schemas.ts';
import { type Entry, move, signedFen } from './entry.ts';

export type Cover = {
  loanId: string;
  bankId: string;
  /** What the fund answers for: its share of the eligible principal. */
  exposureFen: bigint;
  principalFen: bigint;
  /** Of the filing. */
  valueDate: string;
};

export function coverId(loanId: string): string {
  return `cover:${loanId}`;
}

/**
 * Takes a loan's part of the fund's capacity and of its bank's quota, or says for good why not. One loan, one answer:
 * whatever happens to the fund later, the same loan gets the same answer again.
 */
export function reserveExposure(cover: Cover): Command {
  const { loanId, bankId, exposureFen, principalFen, valueDate } = cover;
  const id = coverId(loanId);
  const transfers = [
    move(['9001', bankId], ['9002', bankId], exposureFen),
    move(['9003', bankId], ['9004', bankId], principalFen),
  ];
  return {
    id,
    content: {
      kind: 'exposure-reserved',
      ...cover,
      exposureFen: Number(exposureFen),
      principalFen: Number(principalFen),
    },
    decide: (book) => {
      const code = coverRefusal(book, cover);
      if (code !== undefined) return { kind: 'refused', code, kept: true };
      return drafts({ id, kind: 'exposure-reserved', causeId: loanId, valueDate, transfers });
    },
  };
}

export function coverRefusal(book: Book, cover: Pick<Cover, 'bankId' | 'exposureFen'>): CoverRefusal | undefined {
  const { bankId, exposureFen } = cover;
  if (book.suspendedSeq !== undefined) return 'fund-suspended';
  if (book.suspendedBanks.includes(bankId)) return 'bank-suspended';
  const quota = book.terms?.bankQuotaFen?.[bankId];
  if (quota !== undefined && exposureOf(book, bankId) + exposureFen > BigInt(quota)) return 'bank-quota-exhausted';
  if (exposureOf(book) + exposureFen > capacityOf(book)) return 'capacity-exhausted';
  return undefined;
}

/** What is left of a loan's cover. */
export const LoanCover = z.strictObject({ exposureFen: StoredFen, principalFen: StoredFen });
export type LoanCover = z.output<typeof LoanCover>;

export function loanAggregate(loanId: string): string {
  return `loan:${loanId}`;
}

/** What the fund took on for a loan, from the entry by which it did. */
export function coverOf({ cause, lines }: Entry): { loanId: string; bankId: string } & LoanCover {
  const on = (code: string) => lines.find(({ account }) => account === code);
  const fenOn = (code: string) => {
    const line = on(code);
    return line === undefined ? 0n : signedFen(line);
  };
  const bankId = on('9003')?.partyId ?? on('9001')?.partyId ?? '';
  return { loanId: cause.id, bankId, exposureFen: fenOn('9001'), principalFen: fenOn('9003') };
}

export type Release = {
  /** A report's date, a renewal: what tells this release from the loan's others. */
  reference: string;
  valueDate: string;
  /** How much principal was repaid; without it all that is left. */
  repaidFen?: bigint;
  /** What the programme may still have to pay on the principal that is left: where it caps, a share of it is too little. */
  leastFen?: bigint;
};

/**
 * Gives back the cover of principal that was repaid, in proportion, what is covered rounded up so that never too much
 * is given back, and never below `leastFen`; the last repayment gives back all that is left. More than is left is
 * `more-than-covered`.
 */
export function releaseExposure(reserved: Entry, release: Release): Command {
  const cover = coverOf(reserved);
  const { loanId, bankId } = cover;
  const { reference, valueDate, repaidFen, leastFen = 0n } = release;
  const id = `release:${loanId}:${reference}`;
  const aggregate = loanAggregate(loanId);
  const said =
    repaidFen === undefined
      ? {}
      : { repaidFen: Number(repaidFen), ...(leastFen > 0n && { leastFen: Number(leastFen) }) };
  return {
    id,
    content: { kind: 'exposure-released', loanId, reference, valueDate, ...said },
    aggregates: () => [aggregate],
    decide: (_book, aggregates): Decision => {
      const known = aggregates.get(aggregate);
      const left: LoanCover = known === undefined ? cover : LoanCover.parse(known.value);
      const principal = repaidFen ?? left.principalFen;
      if (left.principalFen === 0n) return { kind: 'refused', code: 'nothing-covered', kept: false };
      if (principal > left.principalFen) return { kind: 'refused', code: 'more-than-covered', kept: false };
      const keeps = left.principalFen - principal;
      const exposureLeft = keeps === 0n ? 0n : exposureKept(left, keeps, leastFen);
      const transfers = [
        move(['9002', bankId], ['9001', bankId], left.exposureFen - exposureLeft),
        move(['9004', bankId], ['9003', bankId], principal),
      ];
      const value = { exposureFen: Number(exposureLeft), principalFen: Number(keeps) };
      const kind = 'exposure-released';
      return drafts({ id, kind, causeId: loanId, valueDate, transfers, moves: [{ aggregate, value }] });
    },
  };
}

function exposureKept(left: LoanCover, keepsFen: bigint, leastFen: bigint): bigint {
  const share = divideUp(left.exposureFen * keepsFen, left.principalFen);
  const kept = share > leastFen ? share : leastFen;
  return kept < left.exposureFen ? kept : left.exposureFen;
}

/** Of all that the fund took in, how much it has paid out and not got back; basis points, rounded up. */
export function fundNetPaidBps(book: Book): bigint {
  return netPaidBps(balanceOf(book, '9009'), balanceOf(book, '3101'));
}

export function netPaidBps(paidFen: bigint, capitalFen: bigint): bigint {
  if (paidFen === 0n) return 0n;
  return capitalFen === 0n ? 10_000n : divideUp(paidFen * 10_000n, capitalFen);
}
