import { divideDown, divideUp } from '#packages/money';
import { isNonPerforming } from '#packages/classification';
import { atLeastZero, least, sum } from '../arithmetic/amounts.ts';
import { mostTimesBps, type Stress } from '../contract/forecast-schemas.ts';
import { balanceOf, type Book } from '../ledger/book.ts';
import { fundNetPaidBps } from '../ledger/exposure.ts';
import { levelOf } from '../ledger/suspension.ts';
import type { PoolLoan } from './pool.ts';

const wholeBps = 10_000n;

/** A bank's covered loans by their last reports. */
export type BankPool = { bankId: string; outstandingFen: bigint; nonPerformingFen: bigint };

export function banksOf(loans: readonly PoolLoan[]): BankPool[] {
  const ids = [...new Set(loans.map(({ bankId }) => bankId))].toSorted();
  return ids.map((bankId) => {
    const own = loans.filter((loan) => loan.bankId === bankId);
    const bad = own.filter(({ classification }) => isNonPerforming(classification));
    const total = (list: readonly PoolLoan[]) => sum(list.map(({ outstandingFen }) => outstandingFen));
    return { bankId, outstandingFen: total(own), nonPerformingFen: total(bad) };
  });
}

export function nplBpsOf({ outstandingFen, nonPerformingFen }: BankPool): bigint {
  return outstandingFen === 0n ? 0n : divideUp(nonPerformingFen * wholeBps, outstandingFen);
}

/** How far a book is from where its breaker warns and stops; null where its programme has none. */
export function breakerNow(
  book: Book,
  banks: readonly BankPool[],
  reportedNplBps: ReadonlyMap<string, bigint>,
): Stress['breaker'] {
  const limits = book.terms?.breaker;
  if (limits === undefined) return null;
  const { fundNetPaidBps: ofFund, bankNplBps: ofBank } = limits;
  const netBps = least(fundNetPaidBps(book), mostTimesBps);
  return {
    fund: {
      netPaidBps: netBps,
      warnBps: BigInt(ofFund.warn),
      stopBps: BigInt(ofFund.stop),
      level: levelOf(netBps, ofFund),
      untilWarnFen: payableBelow(book, BigInt(ofFund.warn)),
      untilStopFen: payableBelow(book, BigInt(ofFund.stop)),
    },
    banks: banks.map((bank) => {
      const reported = reportedNplBps.get(bank.bankId);
      const nplBps = reported ?? nplBpsOf(bank);
      return {
        ...bank,
        nplBps,
        measuredBy: reported === undefined ? ('covered-loans' as const) : ('bank-reports' as const),
        level: levelOf(nplBps, ofBank),
        untilWarnBps: atLeastZero(BigInt(ofBank.warn) - nplBps),
        untilStopBps: atLeastZero(BigInt(ofBank.stop) - nplBps),
      };
    }),
  };
}

/** The most that may still be paid net and leave the ratio, which is rounded up, below a level. */
export function payableBelow(book: Book, levelBps: bigint): bigint {
  if (levelBps === 0n) return 0n;
  return atLeastZero(divideDown(balanceOf(book, '3101') * (levelBps - 1n), wholeBps) - balanceOf(book, '9009'));
}
