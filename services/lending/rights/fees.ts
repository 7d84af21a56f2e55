import { addDays, addMonths } from '#packages/calendar';
import type { RightKind } from '../contract/right-schemas.ts';
import { annualFee, patentTermOf } from './life-policy.ts';
import type { PatentKind } from './patent-number.ts';

type FeeFacts = { kind: RightKind; filedOn?: string | undefined; feePaidUntil?: string | undefined };

/** An annual fee (年费): for which year of the patent, until when without and with a surcharge, and whether it is paid. */
export type FeeDue = { patentYear: number; dueOn: string; lateUntil: string; paid: boolean | 'unknown' };

/** Only patents have annual fees. */
export function patentKindOf(kind: RightKind): PatentKind | undefined {
  return kind === 'invention' || kind === 'utility-model' || kind === 'design' ? kind : undefined;
}

/**
 * The fees that fall due from one day to another, both included: each year's on the anniversary of filing, before it
 * begins. The first year's and what came before the grant are paid with the grant.
 */
export function feesDue({ kind, filedOn, feePaidUntil }: FeeFacts, from: string, until: string): FeeDue[] {
  const patent = patentKindOf(kind);
  if (patent === undefined || filedOn === undefined) return [];
  return Array.from({ length: patentTermOf(patent, filedOn).value - 1 }, (_year, before): FeeDue => {
    const dueOn = addMonths(filedOn, 12 * (before + 1));
    // What covers the day before the anniversary covers the year that ends then, and not the next.
    const paid = feePaidUntil === undefined ? 'unknown' : feePaidUntil > dueOn;
    return { patentYear: before + 2, dueOn, lateUntil: addMonths(dueOn, annualFee.lateMonths), paid };
  }).filter(({ dueOn }) => dueOn >= from && dueOn <= until);
}

/**
 * How it stands with a patent's fees on a day. One overdue may be paid with a surcharge for half a year; then the right
 * has ended, and has so since the day the fee was due.
 */
export type FeeState =
  | { kind: 'no-fees' | 'unknown' | 'paid' }
  | { kind: 'overdue'; dueOn: string; lateUntil: string; surchargeBps: bigint }
  | { kind: 'ended'; dueOn: string };

export function feeStateOn(right: FeeFacts, on: string): FeeState {
  if (patentKindOf(right.kind) === undefined) return { kind: 'no-fees' };
  const { feePaidUntil } = right;
  if (feePaidUntil === undefined) return { kind: 'unknown' };
  const dueOn = firstUnpaid(right, feePaidUntil);
  if (dueOn === undefined || on <= dueOn) return { kind: 'paid' };
  const lateUntil = addMonths(dueOn, annualFee.lateMonths);
  if (on > lateUntil) return { kind: 'ended', dueOn };
  return { kind: 'overdue', dueOn, lateUntil, surchargeBps: surchargeOf(dueOn, on) };
}

/** 5 % of the full fee for each whole month that it is late; the sixth month is the last. */
function surchargeOf(dueOn: string, on: string): bigint {
  let months = 0;
  while (months < annualFee.lateMonths && on > addMonths(dueOn, months + 1)) months += 1;
  return BigInt(months) * annualFee.surchargeBpsPerMonth;
}

/** The day on which the next fee is due, or nothing once the last year is paid. */
function firstUnpaid(right: FeeFacts, feePaidUntil: string): string | undefined {
  if (right.filedOn === undefined) return addDays(feePaidUntil, 1);
  return feesDue(right, '1900-01-01', '9999-12-31').find(({ paid }) => paid !== true)?.dueOn;
}
