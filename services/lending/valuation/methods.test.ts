import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import type { ValuationMethod } from '../contract/valuation-methods.ts';
import { likeliest } from './estimate.ts';
import { roundHalfUp } from './exact.ts';
import { worthBy } from './methods.ts';
import { discountedOracle, productOracle, roundedOracle } from './valuation-oracle.ts';

const numRuns = tries(150, 10_000);
const worth = (method: ValuationMethod, legalMonths?: bigint) =>
  roundHalfUp(worthBy(method, legalMonths, likeliest).value);
const counted = (method: ValuationMethod, legalMonths?: bigint) => worthBy(method, legalMonths, likeliest).counted;

type RevenueShare = Extract<ValuationMethod, { method: 'revenue-share' }>;
const example: RevenueShare = {
  method: 'revenue-share',
  revenueFen: [1_000_000_000n, 1_100_000_000n, 1_210_000_000n],
  shareBps: 500n,
  discount: { rateBps: 1_500n },
  economicLifeMonths: 36n,
};

describe('the worked examples', () => {
  test('revenue of 10, 11 and 12.1 million yuan at 5 % and 15 % over three years is 1,248,458.95 yuan', () => {
    expect(worth(example, 129n)).toBe(124_845_895n);
  });

  test('a rate built up of its parts is their sum', () => {
    const parts = {
      riskFreeBps: 250n,
      technologyBps: 350n,
      marketBps: 400n,
      fundingBps: 300n,
      managementBps: 200n,
    };
    expect(worth({ ...example, discount: parts }, 129n)).toBe(124_845_895n);
  });

  // The amounts were computed by another implementation, with fractions of any size.
  test('relief from royalty, with a last year of seven months', () => {
    const royalty: ValuationMethod = {
      method: 'royalty',
      revenueFen: [123_456_789n, 234_567_891n, 345_678_912n],
      royaltyBps: 321n,
      taxBps: 2_500n,
      discount: { rateBps: 1_234n },
      economicLifeMonths: 31n,
    };
    expect(worth(royalty, 240n)).toBe(10_544_609n);
  });

  test('licence income, with a contract that ends in its third year', () => {
    const licence: ValuationMethod = {
      method: 'licence-income',
      fees: [
        { feeFen: 100_000_001n, collectionBps: 9_500n },
        { feeFen: 100_000_003n, collectionBps: 8_800n },
        { feeFen: 99_999_999n, collectionBps: 7_001n },
      ],
      contractMonths: 29n,
      discount: { rateBps: 1_111n },
    };
    expect(worth(licence)).toBe(178_048_459n);
    expect(counted(licence)).toEqual({ months: 29n, endedBy: 'contract-term' });
  });

  test('market and cost', () => {
    const factors = [9_500n, 11_000n, 10_333n].map((factorBps, at) => ({ name: `系数${at}`, factorBps }));
    expect(worth({ method: 'market', referenceFen: 300_000_007n, factors, basis: '成交' })).toBe(323_939_558n);
    expect(worth({ method: 'cost', replacementFen: 150_000_001n, depreciationBps: 2_501n })).toBe(112_485_001n);
  });

  test('a bank’s own value is taken as it is', () => {
    const evidenceDigest = 'a'.repeat(64);
    const internal = {
      method: 'bank-internal',
      amountFen: 7n,
      basis: '模型',
      evidenceDigest,
      modelVersion: '3',
    } as const;
    expect(worth(internal)).toBe(7n);
  });
});

describe('income counts', () => {
  test.each<[string, bigint, bigint, number, { months: bigint; endedBy: string }]>([
    ['until the law ends the right', 20n, 36n, 3, { months: 20n, endedBy: 'legal-life' }],
    ['until nobody wants it any more', 129n, 20n, 3, { months: 20n, endedBy: 'economic-life' }],
    ['no further than it is given', 129n, 60n, 3, { months: 36n, endedBy: 'years-given' }],
    ['not at all of a right that is over', 0n, 60n, 3, { months: 0n, endedBy: 'legal-life' }],
  ])('%s', (_what, legalMonths, economicLifeMonths, years, expected) => {
    const method = { ...example, economicLifeMonths, revenueFen: example.revenueFen.slice(0, years) };
    expect(counted(method, legalMonths)).toEqual(expected);
  });

  test('of a right that is over nothing', () => {
    expect(worth(example, 0n)).toBe(0n);
  });
});

const fen = fc.bigInt(0n, 1n << 46n);
const bps = fc.bigInt(0n, 10_000n);
const months = fc.bigInt(1n, 240n);
const arbitraryIncome = fc.record({
  revenueFen: fc.array(fen, { minLength: 1, maxLength: 20 }),
  rateBps: bps,
  economicLifeMonths: months,
  legalMonths: fc.bigInt(0n, 240n),
  shareBps: bps,
});
const shareOf = ({ revenueFen, rateBps, economicLifeMonths, shareBps, legalMonths }: Income) =>
  worth({ method: 'revenue-share', revenueFen, shareBps, discount: { rateBps }, economicLifeMonths }, legalMonths);
type Income = typeof arbitraryIncome extends fc.Arbitrary<infer One> ? One : never;

describe('to the fen as with fractions added one by one', () => {
  test('revenue share and relief from royalty', () => {
    fc.assert(
      fc.property(arbitraryIncome, bps, (income, taxBps) => {
        const { revenueFen, rateBps, economicLifeMonths, legalMonths, shareBps } = income;
        const count = Number(legalMonths < economicLifeMonths ? legalMonths : economicLifeMonths);
        const years = (factorsBps: bigint[]) => revenueFen.map((one) => ({ fen: one, factorsBps }));
        expect(shareOf(income)).toBe(roundedOracle(discountedOracle(years([shareBps]), rateBps, count)));
        const common = { revenueFen, discount: { rateBps }, economicLifeMonths };
        expect(worth({ method: 'royalty', ...common, royaltyBps: shareBps, taxBps }, legalMonths)).toBe(
          roundedOracle(discountedOracle(years([shareBps, 10_000n - taxBps]), rateBps, count)),
        );
      }),
      { numRuns: tries(60, 5_000) },
    );
  });

  test('licence income', () => {
    const fees = fc.array(fc.record({ feeFen: fen, collectionBps: bps }), { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(fees, bps, months, fc.option(months), (all, rateBps, contractMonths, legal) => {
        const legalMonths = legal ?? undefined;
        const count = legalMonths === undefined || contractMonths < legalMonths ? contractMonths : legalMonths;
        const years = all.map(({ feeFen, collectionBps }) => ({ fen: feeFen, factorsBps: [collectionBps] }));
        const method = { method: 'licence-income', fees: all, contractMonths, discount: { rateBps } } as const;
        expect(worth(method, legalMonths)).toBe(roundedOracle(discountedOracle(years, rateBps, Number(count))));
      }),
      { numRuns: tries(60, 5_000) },
    );
  });

  test('market and cost', () => {
    const factor = fc.bigInt(1n, 100_000n);
    fc.assert(
      fc.property(fen, fc.array(factor, { maxLength: 20 }), bps, (amount, all, depreciationBps) => {
        const factors = all.map((factorBps, at) => ({ name: String(at), factorBps }));
        expect(worth({ method: 'market', referenceFen: amount, factors, basis: '成交' })).toBe(
          roundedOracle(productOracle(amount, all)),
        );
        expect(worth({ method: 'cost', replacementFen: amount, depreciationBps })).toBe(
          roundedOracle(productOracle(amount, [10_000n - depreciationBps])),
        );
      }),
      { numRuns },
    );
  });
});

describe('a value', () => {
  test('is not less with more revenue, a larger share, a longer life or a lower rate', () => {
    fc.assert(
      fc.property(arbitraryIncome, fen, (income, more) => {
        const value = shareOf(income);
        const { revenueFen, shareBps, rateBps, legalMonths, economicLifeMonths } = income;
        const [first = 0n, ...others] = revenueFen;
        const better: Partial<Income>[] = [
          { revenueFen: [first + more, ...others] },
          { revenueFen: [...revenueFen, more] },
          { shareBps: shareBps < 10_000n ? shareBps + 1n : shareBps },
          { rateBps: rateBps > 0n ? rateBps - 1n : rateBps },
          { legalMonths: legalMonths + 1n },
          { economicLifeMonths: economicLifeMonths + 1n },
        ];
        for (const change of better) expect(shareOf({ ...income, ...change }) >= value).toBe(true);
      }),
      { numRuns },
    );
  });

  test('of a licence never counts what is due after the contract', () => {
    const arbitraryFees = fc.array(fen, { minLength: 1, maxLength: 10 });
    fc.assert(
      fc.property(arbitraryFees, arbitraryFees, bps, (due, after, rateBps) => {
        const licence = (feesFen: bigint[]): ValuationMethod => ({
          method: 'licence-income',
          fees: feesFen.map((feeFen) => ({ feeFen, collectionBps: 9_000n })),
          contractMonths: BigInt(due.length * 12),
          discount: { rateBps },
        });
        expect(worth(licence([...due, ...after]))).toBe(worth(licence(due)));
        expect(worth(licence(due)) <= due.reduce((sum, one) => sum + one, 0n)).toBe(true);
      }),
      { numRuns },
    );
  });
});
