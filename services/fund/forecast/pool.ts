import { addDays } from '#packages/calendar';
import { addWorkingDays } from '#packages/calendar/working-days';
import { shareOf } from '#packages/money';
import { type Classification, classifications, isNonPerforming } from '#packages/classification';
import { sum } from '../arithmetic/amounts.ts';
import { basisOf } from '../arithmetic/basis.ts';
import { type Claim, openClaim } from '../arithmetic/claim.ts';
import { payClaim } from '../arithmetic/pay.ts';
import type { SharingTerms } from '../contract/programme-schemas.ts';
import { horizonMonths, type Month, monthOf } from './months.ts';
import { type Band, bands, template } from './template.ts';

/** A live covered loan as a forecast sees it, by its last report. */
export type PoolLoan = {
  loanId: string;
  bankId: string;
  /** Of the version that covers it, as far as they are known before a claim. */
  terms: SharingTerms;
  triggerOverdueDays: number;
  outstandingFen: bigint;
  ipPartBps: bigint;
  annualRateBps: bigint;
  classification: Classification;
  overdueDays: number;
  maturesOn: string;
  /** What of the fund's capacity it takes. */
  exposureFen: bigint;
};

export function bandOf({ classification, overdueDays }: Pick<PoolLoan, 'classification' | 'overdueDays'>): Band {
  const grade = classifications.indexOf(classification);
  const met = bands.findLast(
    ({ from, fromOverdueDays }) =>
      (from === undefined && fromOverdueDays === undefined) ||
      (from !== undefined && grade >= classifications.indexOf(from)) ||
      (fromOverdueDays !== undefined && overdueDays >= fromOverdueDays),
  );
  if (met === undefined) throw new Error('the first band takes every loan');
  return met;
}

/** The claim that the loan would bring, had it lost so much of its principal; undefined where it is not eligible. */
export function claimOf(loan: PoolLoan, lossBps: bigint): Claim | undefined {
  const { terms, outstandingFen, ipPartBps, annualRateBps } = loan;
  const facts = { outstandingFen, ipPartBps, annualRateBps };
  const { ipFen } = basisOf(terms, facts);
  const netRecoveredBeforeFen = ipFen - shareOf(ipFen, lossBps);
  const claim = openClaim(terms, { ...facts, netRecoveredBeforeFen });
  return claim === 'ip-share-below-min' ? undefined : claim;
}

/** What the public parties pay on that claim, an advance where the programme pays one; by the arithmetic of real claims. */
export function paymentOf(loan: PoolLoan, lossBps: bigint): bigint {
  const claim = claimOf(loan, lossBps);
  return claim === undefined ? 0n : publicOf(claim, paidBy(claim));
}

function paidBy(claim: Claim): bigint[] {
  return payClaim(claim, {}).state.parties.map(({ paidFen }) => paidFen);
}

export function publicOf({ terms }: Claim, amounts: readonly bigint[]): bigint {
  return sum(amounts.filter((_amount, place) => terms.parties[place]?.kind === 'public'));
}

/** When a payment follows the day on which a claim may be filed. */
export type Handling = (claimableOn: string) => string;

/** So many working days from filing to payment; each day is counted once. */
export function handlingOf(workingDays: number): Handling {
  const known = new Map<string, string>();
  return (day) => {
    const before = known.get(day);
    if (before !== undefined) return before;
    const { date } = addWorkingDays(day, workingDays);
    known.set(day, date);
    return date;
  };
}

const wholeBps = 10_000;

/**
 * In which months a default of the loan would be paid for, in basis points that come to the whole; the last place is
 * beyond the horizon. What is overdue or past its maturity has only the rest of the trigger's days before it; what is
 * current fails at its maturity or, evenly, in one of the months until then.
 */
export function payableIn(
  loan: PoolLoan,
  { asOf, months, handling }: { asOf: string; months: readonly Month[]; handling: Handling },
): number[] {
  const shares = Array.from({ length: horizonMonths + 1 }, () => 0);
  const add = (defaultOn: string, share: number, daysLeft: number) => {
    const place = monthOf(months, handling(addDays(defaultOn, daysLeft)));
    shares[place] = (shares[place] ?? 0) + share;
  };
  const { classification, overdueDays, maturesOn, triggerOverdueDays } = loan;
  if (isNonPerforming(classification)) add(asOf, wholeBps, 0);
  else if (overdueDays > 0 || maturesOn <= asOf) {
    add(asOf, wholeBps, Math.max(triggerOverdueDays - overdueDays, 0));
  } else {
    const maturity = monthOf(months, maturesOn);
    const before = months.slice(0, maturity + 1);
    const evenly = maturity < horizonMonths ? wholeBps - template.atMaturityBps : wholeBps;
    for (const [place, { through }] of before.entries()) {
      const share = cumulative(evenly, place + 1, before.length) - cumulative(evenly, place, before.length);
      add(through < maturesOn ? through : maturesOn, share, triggerOverdueDays);
    }
    if (maturity < horizonMonths) add(maturesOn, template.atMaturityBps, triggerOverdueDays);
  }
  return shares;
}

function cumulative(total: number, part: number, parts: number): number {
  return Math.floor((total * part) / parts);
}
