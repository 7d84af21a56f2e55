import { divideDown } from '#packages/money';
import { sum } from '../arithmetic/amounts.ts';
import { type Forecast, mostTimesBps } from '../contract/forecast-schemas.ts';
import { availableOf, balanceOf } from '../ledger/book.ts';
import type { PoolFacts } from './facts.ts';
import { horizonMonths, monthOf, monthsAfter } from './months.ts';
import { expectedOf, rangesOf, type Risk } from './outflow.ts';
import { bandOf, handlingOf, payableIn, paymentOf } from './pool.ts';
import { type Rates, ratesOf } from './rates.ts';
import { template, years } from './template.ts';
import { tellForecast } from './tell-forecast.ts';

const wholeBps = 10_000n;

/**
 * What a fund will have to pay in the next twelve months, as far as today's loans and claims tell: no loan is added to
 * them and no money. The same facts give the same answer.
 */
export function forecastOf(facts: PoolFacts): Forecast {
  const { fundId, asOf, book, loans, underClaim } = facts;
  const months = monthsAfter(asOf);
  const rates = ratesOf(asOf, facts.watched, facts.lost);
  const approvedFen = balanceOf(book, '2201');
  const risks = risksOf(facts, rates);
  const expected = expectedOf(risks, years);
  const ranges = rangesOf(risks, years, template.trials);
  const availableFen = availableOf(book);

  const matures = loans.map(({ maturesOn }) => monthOf(months, maturesOn));
  const of = (place: number) => loans.filter((_loan, index) => matures[index] === place);
  const told = months.map((month, place) => {
    const maturing = of(place);
    const expectedSoFarFen = sum(expected.months.slice(0, place + 1));
    const range = ranges[place] ?? { p10Fen: 0n, p50Fen: 0n, p90Fen: 0n };
    const balanceFen = availableFen - expectedSoFarFen;
    const exposureFen = sum(
      loans.filter((_loan, index) => (matures[index] ?? 0) > place).map((loan) => loan.exposureFen),
    );
    return {
      ...month,
      maturing: { loans: maturing.length, outstandingFen: sum(maturing.map(({ outstandingFen }) => outstandingFen)) },
      expectedFen: expected.months[place] ?? 0n,
      expectedSoFarFen,
      ...range,
      balanceFen,
      balanceAtP90Fen: availableFen - range.p90Fen,
      exposureFen,
      leverageBps: ratioOf(exposureFen, balanceFen),
      coverageBps: ratioOf(balanceFen, exposureFen),
    };
  });
  const { p10Fen, p50Fen, p90Fen } = told[horizonMonths - 1] ?? { p10Fen: 0n, p50Fen: 0n, p90Fen: 0n };
  const forecast = {
    fundId,
    asOf,
    loans: loans.length,
    outstandingFen: sum(loans.map(({ outstandingFen }) => outstandingFen)),
    exposureFen: sum(loans.map(({ exposureFen }) => exposureFen)),
    approvedFen,
    underClaimFen: sum(underClaim.map(({ paysFen }) => paysFen)),
    expectedFen: sum(expected.months),
    p10Fen,
    p50Fen,
    p90Fen,
    beyondFen: expected.beyondFen,
    availableFen,
    firstShort: {
      expected: told.find(({ balanceFen }) => balanceFen < 0n)?.through ?? null,
      atP90: told.find(({ balanceAtP90Fen }) => balanceAtP90Fen < 0n)?.through ?? null,
    },
    months: told,
    rates: ratesTold(facts, rates),
  };
  return { ...forecast, sentences: tellForecast(forecast) };
}

/** Whatever may have to be paid: loans that may fail, claims that may be approved, and what is approved for certain. */
export function risksOf(facts: PoolFacts, rates: Rates): Risk[] {
  const { fundId, asOf, book, loans, underClaim } = facts;
  const months = monthsAfter(asOf);
  const handling = handlingOf(facts.handlingWorkingDays);
  const decided = (on: string) => {
    const shares = Array.from({ length: horizonMonths + 1 }, () => 0);
    shares[monthOf(months, on)] = Number(wholeBps);
    return shares;
  };
  return [
    ...loans.map((loan) => {
      const { code } = bandOf(loan);
      const band = rates.bands.find((one) => one.code === code);
      if (band === undefined) throw new Error(`no rate of ${code}`);
      return {
        key: `${fundId}/loan/${loan.loanId}`,
        paysFen: paymentOf(loan, rates.lossAtClaim.lossBps),
        likelyBps: band.defaultBps,
        byYear: band.byYear,
        payableBps: payableIn(loan, { asOf, months, handling }),
      };
    }),
    ...underClaim.map(({ claimId, paysFen, likelyBps, on }) => ({
      key: `${fundId}/claim/${claimId}`,
      paysFen,
      likelyBps,
      byYear: false,
      payableBps: decided(on ?? handling(asOf)),
    })),
    {
      key: `${fundId}/approved`,
      paysFen: balanceOf(book, '2201'),
      likelyBps: wholeBps,
      byYear: false,
      payableBps: decided(asOf),
    },
  ];
}

function ratesTold({ loans, handlingWorkingDays }: PoolFacts, rates: Rates): Forecast['rates'] {
  const codes = loans.map((loan) => bandOf(loan).code);
  return {
    template: template.name,
    bands: rates.bands.map(({ code, name, defaultBps, source, seen, of }) => {
      const own = loans.filter((_loan, place) => codes[place] === code);
      const outstandingFen = sum(own.map((loan) => loan.outstandingFen));
      return { code, name, defaultBps, source, seen, of, loans: own.length, outstandingFen };
    }),
    lossAtClaim: rates.lossAtClaim,
    years: [...years],
    handlingWorkingDays,
    trials: template.trials,
  };
}

/** In basis points, rounded down; null where there is nothing to divide by, or next to nothing. */
export function ratioOf(partFen: bigint, wholeFen: bigint): bigint | null {
  if (wholeFen <= 0n || partFen < 0n) return null;
  const ratio = divideDown(partFen * wholeBps, wholeFen);
  return ratio > mostTimesBps ? null : ratio;
}
