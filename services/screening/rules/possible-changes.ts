import { addMonths } from './legal-date.ts';

/*
 * What an enterprise, its county or a source can change about the facts, as data. All else is as it is: a date that lies
 * in the past, the gravity of a penalty, the day on which a list will let go. Only time changes what those mean.
 */

/**
 * How a fact comes to be another one: `answer` a source that was silent, `state` a fact it had not recorded, `correct` a
 * mistake in the county's or the register's entry, `improve` a grade, `restore` a registration or a right, `remove` from
 * a list, `repair` a penalty's record, `release` a pledge, `obtain` a right.
 */
export type Change =
  | 'answer'
  | 'state'
  | 'correct'
  | 'improve'
  | 'restore'
  | 'remove'
  | 'repair'
  | 'release'
  | 'obtain';

export type PossibleChange = {
  change: Change;
  /** The values it can take: any, just these, or the day on which something that had no date yet happens. */
  to: 'any' | 'day' | readonly (string | boolean)[];
  /** Only where it now has one of these values. */
  from?: readonly string[];
  /** The first legal date on which it can happen, from the other facts of the same item. */
  notBefore?: (item: Readonly<Record<string, unknown>>) => string | undefined;
};

/** By the path of the fact; the items of a list are written `[]`. */
export const possibleChanges: Readonly<Record<string, PossibleChange>> = {
  'nomination.sizeClass': { change: 'correct', to: 'any' },
  'nomination.industryCode': { change: 'correct', to: 'any' },
  'credit.registration.status': { change: 'restore', to: ['active'] },
  'credit.registration.divisionCode': { change: 'correct', to: 'any' },
  'credit.registration.industryCode': { change: 'correct', to: 'any' },
  'credit.taxGrade': { change: 'improve', to: 'any' },
  'credit.publicCreditGrade': { change: 'improve', to: 'any' },
  'credit.lists[].removedOn': { change: 'remove', to: 'day' },
  'credit.abnormal[].removedOn': { change: 'remove', to: 'day' },
  'credit.penalties[].repairedOn': { change: 'repair', to: 'day', notBefore: repairableFrom },
  'ip.assets[].status': { change: 'restore', to: ['in-force'], from: ['fee-overdue'] },
  'ip.assets[].pledged': { change: 'release', to: [false] },
};

/** What a source that answered may have left out, and could still record. */
export const statable: ReadonlySet<string> = new Set([
  'credit.registration',
  'credit.taxGrade',
  'credit.publicCreditGrade',
]);

/** What an item may be without. */
export const leftOut: ReadonlySet<string> = new Set(['removedOn', 'displayUntil', 'repairedOn']);

/** Lists that can grow by what the enterprise does. */
export const obtainable: ReadonlySet<string> = new Set(['ip.assets']);

/** Months for which a penalty must be shown before its record can be repaired: 国办发〔2025〕22号, before it 令第58号. */
const shownAtLeast: Readonly<Record<string, number>> = { minor: 0, general: 3, serious: 12 };
const shownAtLeastBefore: Readonly<Record<string, number>> = { minor: 3, general: 3, serious: 12 };

function repairableFrom({ gravity, decidedOn }: Readonly<Record<string, unknown>>): string | undefined {
  if (typeof gravity !== 'string' || typeof decidedOn !== 'string') return undefined;
  const months = decidedOn < '2026-04-01' ? shownAtLeastBefore : shownAtLeast;
  return addMonths(decidedOn, months[gravity] ?? 0);
}
