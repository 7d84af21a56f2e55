import { addDays } from '#packages/calendar';
import { stands } from './bundle.ts';
import { firstMissing } from './report-months.ts';
import { lifeOf } from './rights/life.ts';
import { isListedOn, type Listing } from './store/listing.ts';
import type { Loan } from './store/loan.ts';
import type { Servicing } from './store/servicing.ts';
import { type Watch, watchChanges, type WatchedLoan, watchesOf, watchKey } from './watches.ts';

/**
 * So many watches are raised and cleared with one change of a loan: one raised takes three steps of the transaction, one
 * cleared takes five, and a bundle may have fifty rights. The rest waits for the next look, which is due at once then.
 */
export const watchesAtOnce = 6;

export type Looked = { servicing: Servicing; raised: Watch[]; cleared: Watch[] };

/** What is to be kept of a loan once somebody has looked at it on a day: its watches, and when to look again. */
export function look(
  loan: Loan,
  servicing: Servicing,
  { listing, today, at, atOnce }: { listing: Listing | undefined; today: string; at: string; atOnce: number },
): Looked {
  const { open, next } = watchesOf(watchedLoan(loan, servicing, listing, today), today);
  const changes = watchChanges<Watch>(servicing.watches, open);
  const [raised, cleared] = [changes.raised.slice(0, atOnce), changes.cleared.slice(0, atOnce)];
  const gone = new Set(cleared.map(watchKey));
  const isWhole = raised.length === changes.raised.length && cleared.length === changes.cleared.length;
  const lookOn = isWhole ? next : today;
  const { lookOn: _look, expects: _expects, ...rest } = servicing;
  return {
    raised,
    cleared,
    servicing: {
      ...rest,
      watches: [
        ...servicing.watches.filter((watch) => !gone.has(watchKey(watch))),
        ...raised.map((watch) => ({ ...watch, raisedAt: at })),
      ],
      ...(lookOn !== undefined && { lookOn }),
      ...(loan.ended === undefined && { expects: firstMissing({ filedOn: loan.filedOn, months: servicing.months }) }),
    },
  };
}

function watchedLoan(loan: Loan, { months }: Servicing, listing: Listing | undefined, today: string): WatchedLoan {
  const { filedOn, disbursedOn, maturesOn, rights, ended } = loan;
  return {
    stage: ended === undefined ? 'live' : ended.how === 'written-off' ? 'written-off' : 'over',
    filedOn,
    disbursedOn,
    maturesOn,
    months,
    rights: rights.filter(stands).map((right) => ({ ...right, expiresOn: lifeOf(right).earliest })),
    unlistedOn: unlistedOn(listing, today),
  };
}

/** Since when the borrower is off the list; past its last day it is off it before anybody says so. */
function unlistedOn(listing: Listing | undefined, today: string): string | undefined {
  const isOn: boolean = isListedOn(listing, today);
  if (listing === undefined || isOn) return undefined;
  return listing.status === 'listed' ? addDays(listing.validUntil, 1) : listing.since;
}
