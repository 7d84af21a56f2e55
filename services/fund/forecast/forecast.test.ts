import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { tries } from '../../../test/support/effort.ts';
import { sum } from '../arithmetic/amounts.ts';
import { Forecast, Stress } from '../contract/forecast-schemas.ts';
import { availableOf } from '../ledger/book.ts';
import { arbitraryFacts, bookWith } from './arbitrary-pools.ts';
import { forecastOf } from './forecast.ts';
import { ratesOf, type Watched } from './rates.ts';
import { stressOf } from './stress.ts';
import { template } from './template.ts';

const options = { numRuns: tries(15, 500) };

test('the months come to the whole, balances are what is left of the money, and the same facts give the same', () => {
  fc.assert(
    fc.property(arbitraryFacts, (facts) => {
      const forecast = forecastOf(facts);
      expect(sum(forecast.months.map(({ expectedFen }) => expectedFen))).toBe(forecast.expectedFen);
      const last = forecast.months.at(-1);
      expect(last).toMatchObject({ expectedSoFarFen: forecast.expectedFen, p90Fen: forecast.p90Fen });
      for (const { balanceFen, balanceAtP90Fen, expectedSoFarFen, p90Fen } of forecast.months) {
        expect(balanceFen + expectedSoFarFen).toBe(availableOf(facts.book));
        expect(balanceAtP90Fen + p90Fen).toBe(availableOf(facts.book));
      }
      const short = forecast.months.find(({ balanceFen }) => balanceFen < 0n);
      expect(forecast.firstShort.expected).toBe(short?.through ?? null);
      // What is approved is paid for certain.
      expect(forecast.p10Fen >= forecast.approvedFen).toBe(true);
      expect(forecastOf({ ...facts, loans: facts.loans.toReversed() })).toEqual(forecast);
      expect(z.decode(Forecast, z.encode(Forecast, forecast))).toEqual(forecast);
      const stress = stressOf(facts);
      expect(z.decode(Stress, z.encode(Stress, stress))).toEqual(stress);
    }),
    options,
  );
});

test('a fund without loans has nothing to fear, and says so', () => {
  const facts = { fundId: 'xinyang', asOf: '2026-11-27', book: bookWith(1_000_000_000n), loans: [], underClaim: [] };
  const forecast = forecastOf({ ...facts, watched: [], lost: [], reportedNplBps: new Map(), handlingWorkingDays: 30 });
  expect(forecast).toMatchObject({ expectedFen: 0n, p90Fen: 0n, firstShort: { expected: null, atP90: null } });
  expect(forecast.sentences).toEqual([
    '在保 0 笔，余额 0 万元。',
    '未来十二个月预计代偿 0 万元；十次中有八次在 0 万元至 0 万元之间。',
    '可用余额 1000 万元：十二个月内，支出即使高到只有一成可能超过的程度也够用。',
    '违约率与损失率为本项目模板（尚无本地历史数据）。',
  ]);
});

const watchedLoans = (count: number, failed: number, since: string): Watched[] =>
  Array.from({ length: count }, (_loan, place) => ({ since, ...(place < failed && { failedOn: '2026-03-01' }) }));

test('the fund’s own rate holds once a hundred loans were watched for a year, with its counts; before, the template’s', () => {
  const few = ratesOf('2026-11-27', watchedLoans(99, 5, '2025-06-01'), []);
  expect(few.bands[0]).toMatchObject({ source: 'template', seen: 5, of: 99, defaultBps: 200n });
  const young = ratesOf('2026-11-27', watchedLoans(500, 5, '2025-11-28'), []);
  expect(young.bands[0]).toMatchObject({ source: 'template', seen: 0, of: 0 });
  // 5½ of 101 are 5.4455 %.
  const enough = ratesOf('2026-11-27', watchedLoans(100, 5, '2025-06-01'), []);
  expect(enough.bands[0]).toMatchObject({ source: 'own', seen: 5, of: 100, defaultBps: 545n });
  expect(enough.bands.slice(1).every(({ source }) => source === 'template')).toBe(true);
  expect(ratesOf('2026-11-27', watchedLoans(100, 0, '2025-06-01'), []).bands[0]?.defaultBps).toBe(50n);
});

test('a failure after the first year is not one of the first year', () => {
  const late = watchedLoans(100, 5, '2025-01-01');
  expect(ratesOf('2026-11-27', late, []).bands[0]).toMatchObject({ seen: 0, of: 100 });
});

test('the fund’s own loss holds once enough claims were filed', () => {
  const claims = Array.from({ length: template.ownLossFromClaims }, () => ({ outstandingFen: 300n, lossFen: 200n }));
  expect(ratesOf('2026-11-27', [], claims).lossAtClaim).toMatchObject({ source: 'own', lossBps: 6_667n, of: 20 });
  expect(ratesOf('2026-11-27', [], claims.slice(1)).lossAtClaim).toMatchObject({
    source: 'template',
    lossBps: template.lossAtClaimBps,
  });
});
