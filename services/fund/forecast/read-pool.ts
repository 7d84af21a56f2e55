import { todayOf } from '#packages/calendar';
import type { Table } from '#packages/table';
import { atLeastZero } from '../arithmetic/amounts.ts';
import { publicTotals } from '../claims/booking.ts';
import { firstDueFen } from '../claims/decide.ts';
import { publicDueFen } from '../claims/entitled.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import { type FundProgramme, knownTerms } from '../contract.ts';
import { readBook } from '../ledger/read.ts';
import { claimDaysOn } from '../claim-days.ts';
import { getClaims } from '../store/claim.ts';
import { readingsOf } from '../store/breaker.ts';
import { allLoansOf, asItStands, type CoveredLoan, type LiveLoan } from '../store/covered-loan.ts';
import { getProgrammeItem, readProgramme } from '../store/fund.ts';
import type { PoolFacts, UnderClaim } from './facts.ts';
import type { PoolLoan } from './pool.ts';
import type { Watched } from './rates.ts';
import { template } from './template.ts';

/**
 * What a forecast rests on: the book, every loan that the fund ever covered (those that are over tell how often loans
 * fail), the programmes by which they are covered, the banks' own ratios. The cost is that of reading them:
 * a page of loans a request, a hundred claims a request.
 */
export async function readPool(table: Table, fundId: string, now: Date): Promise<PoolFacts> {
  const asOf = todayOf(now);
  const [book, readings] = await Promise.all([readBook(table, fundId), readingsOf(table, fundId)]);
  const programmes = programmesRead(table, fundId);
  const loans: PoolLoan[] = [];
  const watched: Watched[] = [];
  const claimed: string[] = [];
  for await (const covered of allLoansOf(table, fundId)) {
    watched.push(...watchedOf(covered));
    // Under claim it is what the claim comes to, and no loan that may fail.
    if (covered.claimId !== undefined) claimed.push(covered.claimId);
    else if (covered.cover === 'covered') {
      const loan = asItStands(covered);
      loans.push(poolLoan(loan, await programmes(loan.programmeVersion)));
    }
  }
  const claims = await getClaims(table, claimed);
  const { initialReviewWorkingDays, committeeWorkingDays, paymentWorkingDays } = claimDaysOn(asOf);
  return {
    fundId,
    asOf,
    book,
    loans,
    underClaim: claims.flatMap(underClaimOf),
    watched,
    lost: claims.map(({ filed: { lossPrincipalFen, netRecoveredFen = 0n } }) => ({
      outstandingFen: lossPrincipalFen,
      lossFen: atLeastZero(lossPrincipalFen - netRecoveredFen),
    })),
    reportedNplBps: new Map([...readings].map(([bankId, { bankNplBps }]) => [bankId, bankNplBps])),
    handlingWorkingDays: initialReviewWorkingDays + committeeWorkingDays + paymentWorkingDays,
  };
}

function programmesRead(table: Table, fundId: string): (version: number) => Promise<FundProgramme> {
  const known = new Map<number, Promise<FundProgramme>>();
  async function read(version: number): Promise<FundProgramme> {
    const item = await getProgrammeItem(table, fundId, version);
    if (item === undefined) throw new Error(`${fundId} has no programme ${version}`);
    return readProgramme(item);
  }
  return (version) => {
    const reading = known.get(version) ?? read(version);
    known.set(version, reading);
    return reading;
  };
}

function poolLoan(loan: LiveLoan, programme: FundProgramme): PoolLoan {
  const { loanId, bankId, outstandingFen, ipPartBps, annualRateBps, exposureFen } = loan;
  const { classification, overdueDays, maturesOn } = loan;
  return {
    loanId,
    bankId,
    terms: knownTerms(programme),
    triggerOverdueDays: programme.triggerOverdueDays,
    outstandingFen,
    ipPartBps,
    annualRateBps,
    classification,
    overdueDays,
    maturesOn,
    exposureFen,
  };
}

/** A claim that may still cost something beside what is booked as owed: undecided, or an advance not settled yet. */
function underClaimOf(claim: StoredClaim): UnderClaim[] {
  const { claimId, status, terms, entitlement, state, settleBy } = claim;
  if (status === 'filed') return [{ claimId, paysFen: firstDueFen(claim), likelyBps: template.approvalBps }];
  if (status !== 'advanced' || state === undefined) return [];
  const { paid, back, owed } = publicTotals(claim, state);
  const paysFen = atLeastZero(publicDueFen(terms, entitlement) - (paid - back) - owed);
  // What is recovered until then makes it less.
  return [{ claimId, paysFen, likelyBps: 10_000n, ...(settleBy !== undefined && { on: settleBy }) }];
}

/** A loan is watched from the day on which the fund took it in. It fails when it first meets what a claim may rest on. */
function watchedOf({ cover, registeredOn, filedOn, nonPerformingSince, overdueSince, ended }: CoveredLoan): Watched[] {
  if (registeredOn === undefined || (cover !== 'covered' && cover !== 'released')) return [];
  const writtenOffOn = ended?.how === 'written-off' ? ended.on : undefined;
  const [failedOn] = [nonPerformingSince, overdueSince, writtenOffOn].filter((day) => day !== undefined).toSorted();
  return [{ since: registeredOn > filedOn ? registeredOn : filedOn, failedOn }];
}
