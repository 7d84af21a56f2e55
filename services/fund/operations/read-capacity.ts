import type { Operation } from '#packages/lambda/http';
import { divideUp } from '#packages/money';
import { done, refused } from '#packages/outcome';
import type { BankCapacity, Capacity, Measured, routes } from '../contract.ts';
import { type Book, capacityOf, exposureOf } from '../ledger/book.ts';
import { fundNetPaidBps } from '../ledger/exposure.ts';
import { readBook } from '../ledger/read.ts';
import { levelOf } from '../ledger/suspension.ts';
import { type Reading, readingsOf } from '../store/breaker.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';

/** By the book and the banks' last reports, as they are now. */
export function getCapacity({ table }: Deps): Operation<typeof routes.getCapacity> {
  return async ({ params: { fundId }, caller }) => {
    const [head, book, readings] = await Promise.all([
      getFundHead(table, fundId),
      readBook(table, fundId),
      readingsOf(table, fundId),
    ]);
    if (head === undefined) return refused('not_found');
    const banks = caller.kind === 'partner' ? [caller.partnerId] : banksOf(book, readings);
    return done(capacityView(book, banks, readings));
  };
}

/** Every bank of which the fund knows something. */
function banksOf(book: Book, readings: ReadonlyMap<string, Reading>): string[] {
  const covered = Object.keys(book.balances).flatMap((key) => /^900[15]\/(.+)$/.exec(key)?.[1] ?? []);
  const named = [...Object.keys(book.terms?.bankQuotaFen ?? {}), ...book.suspendedBanks, ...readings.keys()];
  return [...new Set([...covered, ...named])].toSorted((one, other) => (one < other ? -1 : 1));
}

function capacityView(book: Book, banks: readonly string[], readings: ReadonlyMap<string, Reading>): Capacity {
  const { fundId, terms, suspendedSeq } = book;
  const [capacityFen, exposureFen] = [capacityOf(book), exposureOf(book)];
  const roomFen = positive(capacityFen - exposureFen);
  const limits = terms?.breaker;
  return {
    fundId,
    ...(terms !== undefined && { programmeVersion: terms.programmeVersion }),
    leverage: terms?.leverage ?? 0,
    capacityFen,
    exposureFen,
    roomFen,
    usedBps: capacityFen === 0n ? null : Number(divideUp(exposureFen * 10_000n, capacityFen)),
    suspended: suspendedSeq !== undefined,
    byBank: banks.map((bankId) => bankView(book, bankId, roomFen, readings.get(bankId))),
    ...(limits !== undefined && { netPaid: measured(fundNetPaidBps(book), limits.fundNetPaidBps) }),
  };
}

function bankView(book: Book, bankId: string, fundRoomFen: bigint, reading: Reading | undefined): BankCapacity {
  const exposureFen = exposureOf(book, bankId);
  const quota = book.terms?.bankQuotaFen?.[bankId];
  const own = quota === undefined ? fundRoomFen : positive(BigInt(quota) - exposureFen);
  const limits = book.terms?.breaker;
  return {
    bankId,
    exposureFen,
    ...(quota !== undefined && { quotaFen: BigInt(quota) }),
    roomFen: own < fundRoomFen ? own : fundRoomFen,
    suspended: book.suspendedBanks.includes(bankId),
    ...(limits !== undefined && reading !== undefined && { npl: measured(reading.bankNplBps, limits.bankNplBps) }),
  };
}

function measured(bps: bigint, limits: { warn: number; stop: number }): Measured {
  const { warn: warnBps, stop: stopBps } = limits;
  const toStopBps = Number(positive(BigInt(stopBps) - bps));
  return { bps: Number(bps), warnBps, stopBps, level: levelOf(bps, limits), toStopBps };
}

function positive(fen: bigint): bigint {
  return fen > 0n ? fen : 0n;
}
