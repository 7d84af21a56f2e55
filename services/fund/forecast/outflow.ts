import { createHash } from 'node:crypto';
import { divideDown, divideUp } from '#packages/money';
import { sum } from '../arithmetic/amounts.ts';
import { horizonMonths } from './months.ts';
import type { Year } from './template.ts';

/** Something that may have to be paid: once, in one of the months or beyond them. */
export type Risk = {
  /** Its own for ever, so that its draws stay what they are whatever stands beside it. */
  key: string;
  paysFen: bigint;
  likelyBps: bigint;
  /** Whether good and bad years change how likely it is. */
  byYear: boolean;
  /** By month, the last beyond the horizon; basis points that come to the whole. */
  payableBps: readonly number[];
};

const wholeBps = 10_000n;
/** A likelihood times a year's factor is counted in parts of this. */
const certain = wholeBps * wholeBps;

/** In parts of `certain`; never more than certain. */
function likelyIn({ likelyBps, byYear }: Risk, { timesBps }: Year): bigint {
  const likely = likelyBps * (byYear ? timesBps : wholeBps);
  return likely < certain ? likely : certain;
}

export type Expected = { months: bigint[]; beyondFen: bigint; totalFen: bigint };

/**
 * What is expected by month, exactly, rounded once: a month's amount is the difference of the sums so far, so the months
 * and what lies beyond them come to the total.
 */
export function expectedOf(risks: readonly Risk[], years: readonly Year[]): Expected {
  // In parts of weight × likelihood × share of the month.
  const parts = Array.from({ length: horizonMonths + 1 }, () => 0n);
  for (const risk of risks) {
    const likely = sum(years.map((year) => year.weightBps * likelyIn(risk, year)));
    for (const [place, share] of risk.payableBps.entries()) {
      if (share > 0) parts[place] = (parts[place] ?? 0n) + risk.paysFen * likely * BigInt(share);
    }
  }
  const whole = wholeBps * certain * wholeBps;
  let parted = 0n;
  let rounded = 0n;
  const amounts = parts.map((part) => {
    parted += part;
    const amount = divideDown(parted, whole) - rounded;
    rounded += amount;
    return amount;
  });
  return { months: amounts.slice(0, horizonMonths), beyondFen: amounts[horizonMonths] ?? 0n, totalFen: rounded };
}

export type Range = { p10Fen: bigint; p50Fen: bigint; p90Fen: bigint };

/**
 * What may have been paid by the end of each month, from so many draws of the whole pool. The draws are numbered, not
 * random: a risk's n-th draw follows from its key alone. So the same pool gives the same range, a loan more or less
 * changes only its own part, and a likelier or larger loss never lowers any of the amounts. Years come in just the
 * proportion of their weights.
 */
export function rangesOf(risks: readonly Risk[], years: readonly Year[], trials: number): Range[] {
  const drawn = risks.map((risk) => ({
    risk,
    ...keysOf(risk.key),
    thresholds: years.map((year) => Number((likelyIn(risk, year) * twoTo32) / certain)),
  }));
  const paidBy = Array.from({ length: horizonMonths }, (): bigint[] => []);
  for (let trial = 0; trial < trials; trial += 1) {
    const year = yearOf(years, trial, trials);
    const paid = Array.from({ length: horizonMonths + 1 }, () => 0n);
    for (const { risk, whether, when, thresholds } of drawn) {
      if (mixed(whether, trial) >= (thresholds[year] ?? 0)) continue;
      const place = placeOf(risk.payableBps, mixed(when, trial) % Number(wholeBps));
      paid[place] = (paid[place] ?? 0n) + risk.paysFen;
    }
    let soFar = 0n;
    for (const [place, amounts] of paidBy.entries()) {
      soFar += paid[place] ?? 0n;
      amounts.push(soFar);
    }
  }
  return paidBy.map(rangeOf);
}

function rangeOf(amounts: readonly bigint[]): Range {
  const inOrder = amounts.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0));
  const at = (percent: bigint) => inOrder[Number(divideUp(BigInt(inOrder.length) * percent, 100n)) - 1] ?? 0n;
  return { p10Fen: at(10n), p50Fen: at(50n), p90Fen: at(90n) };
}

function yearOf(years: readonly Year[], trial: number, trials: number): number {
  const reached = (BigInt(trial) * wholeBps) / BigInt(trials);
  let upTo = 0n;
  const place = years.findIndex(({ weightBps }) => reached < (upTo += weightBps));
  return place < 0 ? years.length - 1 : place;
}

function placeOf(payableBps: readonly number[], drawn: number): number {
  let upTo = 0;
  const place = payableBps.findIndex((share) => drawn < (upTo += share));
  return place < 0 ? horizonMonths : place;
}

const twoTo32 = 2n ** 32n;

function keysOf(key: string): { whether: number; when: number } {
  const digest = createHash('sha256').update(key).digest();
  return { whether: digest.readUInt32BE(0), when: digest.readUInt32BE(4) };
}

/** A number below 2³² for a key's n-th draw: the finaliser of MurmurHash3 over both. */
function mixed(key: number, trial: number): number {
  let hash = key ^ Math.imul(trial + 1, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
