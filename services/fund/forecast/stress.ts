import { divideDown, divideUp, shareOf } from '#packages/money';
import { atLeastZero, least, sum } from '../arithmetic/amounts.ts';
import { burdensOf } from '../arithmetic/claim.ts';
import { entitlementsOfClaim, payClaim } from '../arithmetic/pay.ts';
import { recover } from '../arithmetic/recover.ts';
import { settle } from '../arithmetic/settle.ts';
import { mostTimesBps, type Stress, type StressCell } from '../contract/forecast-schemas.ts';
import { availableOf, balanceOf, type Book } from '../ledger/book.ts';
import { netPaidBps } from '../ledger/exposure.ts';
import { type Level, levelOf } from '../ledger/suspension.ts';
import { breakerNow, type BankPool, banksOf, nplBpsOf } from './breaker.ts';
import type { PoolFacts } from './facts.ts';
import { ratioOf } from './forecast.ts';
import { claimOf, type PoolLoan, publicOf } from './pool.ts';
import { tellStress } from './tell-stress.ts';
import { stressGrid } from './template.ts';

const wholeBps = 10_000n;

/** A pool as a stress test takes it: what all of it would cost, and where the fund stands before. */
export type StressedPool = {
  owedFen: bigint;
  /** What is left of that for the fund to bear, by recovery rate. */
  burdenFen: (recoveryBps: bigint) => bigint;
  exposureFen: bigint;
  startFen: bigint;
  netPaidFen: bigint;
  capitalFen: bigint;
  banks: readonly BankPool[];
  breaker: NonNullable<Book['terms']>['breaker'];
};

/** Each default rate of the grid with each recovery rate: what is paid, what is left, where the breaker stops. */
export function stressOf(facts: PoolFacts): Stress {
  const { fundId, asOf, book, loans } = facts;
  const pool = stressedPool(facts);
  const { defaultsBps, recoveriesBps } = stressGrid;
  const stress = {
    fundId,
    asOf,
    loans: loans.length,
    outstandingFen: sum(loans.map(({ outstandingFen }) => outstandingFen)),
    exposureFen: pool.exposureFen,
    availableFen: availableOf(book),
    startFen: pool.startFen,
    leverageBps: ratioOf(pool.exposureFen, pool.startFen),
    coverageBps: ratioOf(pool.startFen, pool.exposureFen),
    cells: defaultsBps.flatMap((defaultBps) =>
      recoveriesBps.map((recoveryBps) => cellOf(pool, defaultBps, recoveryBps)),
    ),
    reached: recoveriesBps.map((recoveryBps) => ({
      recoveryBps,
      warnAtBps: leastDefault((cell) => cell.fundLevel !== 'fine', pool, recoveryBps),
      stopAtBps: leastDefault((cell) => cell.fundLevel === 'stop', pool, recoveryBps),
      shortAtBps: leastDefault((cell) => cell.shortFen > 0n, pool, recoveryBps),
    })),
    breaker: breakerNow(book, pool.banks, facts.reportedNplBps),
  };
  return { ...stress, sentences: tellStress(stress) };
}

/** The pool after everything that is claimed already is paid in full. */
export function stressedPool({ book, loans, underClaim }: PoolFacts): StressedPool {
  const claimedFen = balanceOf(book, '2201') + sum(underClaim.map(({ paysFen }) => paysFen));
  const burdens = new Map<bigint, bigint>();
  return {
    owedFen: sum(loans.map(owedOn)),
    burdenFen(recoveryBps) {
      const known = burdens.get(recoveryBps) ?? sum(loans.map((loan) => burdenOn(loan, recoveryBps)));
      burdens.set(recoveryBps, known);
      return known;
    },
    exposureFen: sum(loans.map(({ exposureFen }) => exposureFen)),
    startFen: atLeastZero(availableOf(book) - claimedFen),
    netPaidFen: balanceOf(book, '9009') + claimedFen,
    capitalFen: balanceOf(book, '3101'),
    banks: banksOf(loans),
    breaker: book.terms?.breaker,
  };
}

/** What the public parties owe on the loan if all of it is lost; by the arithmetic of real claims. */
export function owedOn(loan: PoolLoan): bigint {
  const claim = claimOf(loan, wholeBps);
  return claim === undefined ? 0n : publicOf(claim, entitlementsOfClaim(claim));
}

/** What they bear of it once so much of the pledged part is recovered and an advance is settled. */
export function burdenOn(loan: PoolLoan, recoveryBps: bigint): bigint {
  const claim = claimOf(loan, wholeBps);
  if (claim === undefined) return 0n;
  const { state: paid } = payClaim(claim, {});
  const grossFen = shareOf(claim.basis.ipFen, recoveryBps);
  const { state: recovered } = recover(claim, paid, { grossFen, costsFen: 0n });
  const { state } = recovered.phase === 'advanced' ? settle(claim, recovered, {}) : { state: recovered };
  return publicOf(claim, burdensOf(claim, state).parties);
}

export function cellOf(pool: StressedPool, defaultBps: bigint, recoveryBps: bigint): StressCell {
  const { startFen, netPaidFen, capitalFen, breaker, banks } = pool;
  const owedFen = shareOf(pool.owedFen, defaultBps);
  const paidFen = least(owedFen, startFen);
  const borneFen = pool.owedFen === 0n ? 0n : divideDown(pool.burdenFen(recoveryBps) * paidFen, pool.owedFen);
  const fundLeftFen = startFen - borneFen;
  const exposureLeftFen = pool.exposureFen - shareOf(pool.exposureFen, defaultBps);
  const ofFund = (fen: bigint) => least(netPaidBps(netPaidFen + fen, capitalFen), mostTimesBps);
  const level = (bps: bigint): Level => (breaker === undefined ? 'fine' : levelOf(bps, breaker.fundNetPaidBps));
  return {
    defaultBps,
    recoveryBps,
    owedFen,
    paidFen,
    shortFen: owedFen - paidFen,
    backFen: paidFen - borneFen,
    fundLeftFen,
    exposureLeftFen,
    leverageBps: ratioOf(exposureLeftFen, fundLeftFen),
    coverageBps: ratioOf(fundLeftFen, exposureLeftFen),
    netPaidBps: ofFund(borneFen),
    fundLevel: level(ofFund(borneFen)),
    peakLevel: level(ofFund(paidFen)),
    banksStopped: banks.filter((bank) => {
      const failing = divideUp((bank.outstandingFen - bank.nonPerformingFen) * defaultBps, wholeBps);
      const npl = nplBpsOf({ ...bank, nonPerformingFen: bank.nonPerformingFen + failing });
      return breaker !== undefined && levelOf(npl, breaker.bankNplBps) === 'stop';
    }).length,
  };
}

/** The smallest default rate at which something is so; what is so stays so at higher ones. */
function leastDefault(is: (cell: StressCell) => boolean, pool: StressedPool, recoveryBps: bigint): bigint | null {
  const at = (defaultBps: bigint) => is(cellOf(pool, defaultBps, recoveryBps));
  if (!at(wholeBps)) return null;
  let [below, reached] = [-1n, wholeBps];
  while (reached - below > 1n) {
    const between = (reached + below) / 2n;
    if (at(between)) reached = between;
    else below = between;
  }
  return reached;
}
