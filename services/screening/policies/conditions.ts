import type { Condition } from '../rules/policy-schema.ts';

/*
 * Conditions that the rules and the scores of a city policy share. A released version never changes: what a later one
 * sees differently it writes beside these.
 */

export const inForce: Condition = { path: 'status', op: 'equals', value: 'in-force' };
export const unpledged: Condition = { path: 'pledged', op: 'equals', value: false };
export const invention: Condition = { path: 'kind', op: 'equals', value: 'invention' };
/** An invention's twenty years from its filing are not over; on the day that completes them it is free. */
export const withinTerm: Condition = {
  not: { path: 'filedOn', plusMonths: 240, op: 'on-or-before', value: 'today' },
};

/** Finance (J66–J69), real estate (K70) and tobacco (C16) by GB/T 4754; a prefix covers every class below it. */
export const restrictedIndustries = ['J', 'K', 'C16'];

/** An entry of a list counts from the day it is listed until the day before it is removed. */
export const onDisplay: Condition = {
  all: [{ path: 'listedOn', op: 'on-or-before', value: 'today' }, notYet('removedOn')],
};

type Gravity = 'minor' | 'general' | 'serious';

/** The first day of the rule that grades display by gravity (信用修复管理办法); older records keep the older rule. */
const gradedFrom = '2026-04-01';
const lastUngraded = '2026-03-31';
/** Months that a penalty is shown where its record names no last day: the longest the law allows. */
const displayMonths: Record<'graded' | 'ungraded', Record<Gravity, number>> = {
  graded: { minor: 3, general: 12, serious: 36 },
  // 国家发展改革委令第58号 and 市场监督管理行政处罚信息公示规定: a small fine three months, all else three years.
  ungraded: { minor: 3, general: 36, serious: 36 },
};

/** A penalty counts from its decision until it is repaired, and through the last day of its display. */
export function penaltyOnDisplay(gravity: Gravity): Condition {
  const within = (months: number): Condition => ({
    path: 'decidedOn',
    plusMonths: months,
    op: 'on-or-after',
    value: 'today',
  });
  return {
    all: [
      { path: 'gravity', op: 'equals', value: gravity },
      { path: 'decidedOn', op: 'on-or-before', value: 'today' },
      notYet('repairedOn'),
      {
        any: [
          {
            all: [
              { path: 'displayUntil', op: 'present' },
              { path: 'displayUntil', op: 'on-or-after', value: 'today' },
            ],
          },
          {
            all: [
              { path: 'displayUntil', op: 'absent' },
              { path: 'decidedOn', op: 'on-or-after', value: gradedFrom },
              within(displayMonths.graded[gravity]),
            ],
          },
          {
            all: [
              { path: 'displayUntil', op: 'absent' },
              { path: 'decidedOn', op: 'on-or-before', value: lastUngraded },
              within(displayMonths.ungraded[gravity]),
            ],
          },
        ],
      },
    ],
  };
}

function notYet(path: string): Condition {
  return { any: [{ path, op: 'absent' }, { not: { path, op: 'on-or-before', value: 'today' } }] };
}
