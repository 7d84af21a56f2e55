import { addDays, addMonths } from '#packages/calendar';

/** How far a forecast looks ahead. */
export const horizonMonths = 12;

/** A month from a day on: the days after the one before ends, both named ones included. */
export type Month = { from: string; through: string };

export function monthsAfter(asOf: string): Month[] {
  return Array.from({ length: horizonMonths }, (_month, place) => ({
    from: addDays(addMonths(asOf, place), 1),
    through: addMonths(asOf, place + 1),
  }));
}

/** In which of the months a day lies: the first for days before, `horizonMonths` for days beyond. */
export function monthOf(months: readonly Month[], day: string): number {
  const place = months.findIndex(({ through }) => day <= through);
  return place < 0 ? horizonMonths : place;
}
