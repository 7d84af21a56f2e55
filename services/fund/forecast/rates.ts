import { addMonths } from '#packages/calendar';
import { divideUp } from '#packages/money';
import { type Band, bands, template } from './template.ts';

/** A loan that the fund has covered: since when, and when it failed, if it did. */
export type Watched = { since: string; failedOn?: string | undefined };
/** What was outstanding when a claim was filed, and what of it was lost. */
export type Lost = { outstandingFen: bigint; lossFen: bigint };

export type Counted = { source: 'template' | 'own'; seen: number; of: number };
export type Rates = {
  bands: (Band & Counted)[];
  lossAtClaim: { lossBps: bigint } & Counted;
};

const wholeBps = 10_000n;
/** A year in which a loan is watched. */
const watchedMonths = 12;

/**
 * The rates of a forecast: the fund's own where it has seen enough, else the template's. Every loan begins as a
 * performing one, so that is what the fund can tell of itself: of the loans that it took in at least a year ago, how many
 * failed within their first year. Half a case more is counted than was seen, so that nothing seen is not nothing to fear.
 */
export function ratesOf(asOf: string, watched: readonly Watched[], lost: readonly Lost[]): Rates {
  const old = watched.filter(({ since }) => addMonths(since, watchedMonths) <= asOf);
  const failed = old.filter(
    ({ since, failedOn }) => failedOn !== undefined && failedOn <= addMonths(since, watchedMonths),
  ).length;
  const enough = old.length >= template.ownRateFromLoans;
  const ownBps = divideUp(BigInt(2 * failed + 1) * wholeBps, BigInt(2 * old.length + 2));
  return {
    bands: bands.map((band, place) =>
      place === 0
        ? {
            ...band,
            ...(enough && { defaultBps: ownBps }),
            source: enough ? 'own' : 'template',
            seen: failed,
            of: old.length,
          }
        : { ...band, source: 'template', seen: 0, of: 0 },
    ),
    lossAtClaim: lossOf(lost),
  };
}

function lossOf(lost: readonly Lost[]): Rates['lossAtClaim'] {
  const outstanding = lost.reduce((total, { outstandingFen }) => total + outstandingFen, 0n);
  const loss = lost.reduce((total, { lossFen }) => total + lossFen, 0n);
  const enough = lost.length >= template.ownLossFromClaims && outstanding > 0n;
  const ownBps = enough ? divideUp(loss * wholeBps, outstanding) : 0n;
  return {
    lossBps: enough ? (ownBps < wholeBps ? ownBps : wholeBps) : template.lossAtClaimBps,
    source: enough ? 'own' : 'template',
    seen: lost.length,
    of: lost.length,
  };
}
