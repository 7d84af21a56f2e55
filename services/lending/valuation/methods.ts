import type { Discount, ValuationMethod } from '../contract/valuation-methods.ts';
import { likeliest, type Estimate, type Pick } from './estimate.ts';
import { bps, presentValue, product, type Ratio, whole } from './exact.ts';

const monthsOfYear = 12n;

/** What may end an income. The first of equally early ones is named. */
type End = 'legal-life' | 'economic-life' | 'contract-term' | 'years-given';
export type Counted = { months: bigint; endedBy: End };
export type Worth = { value: Ratio; counted?: Counted };

/**
 * What a right is worth by one method, exactly; `pick` says which number counts where an input is estimated. Sources:
 * domain 6.2. Income is counted at the end of each year, and of the last year the part that its months are.
 */
export function worthBy(method: ValuationMethod, legalMonths: bigint | undefined, pick: Pick): Worth {
  switch (method.method) {
    // V = Σ Rₜ · k ÷ (1 + r)ᵗ over n = min(legal life, economic life).
    case 'revenue-share':
      return income(method, legalMonths, bps(pick('shareBps', method.shareBps)), pick);
    // V = Σ Rₜ · royalty · (1 − tax) ÷ (1 + r)ᵗ.
    case 'royalty': {
      const afterTax = bps(whole - pick('taxBps', method.taxBps));
      return income(method, legalMonths, product(bps(pick('royaltyBps', method.royaltyBps)), afterTax), pick);
    }
    // V = Σ fee · collection probability ÷ (1 + r)ᵗ, never beyond the contract's term.
    case 'licence-income': {
      const counted = earliest(method.fees.length, [
        ['contract-term', method.contractMonths],
        ['legal-life', legalMonths],
      ]);
      const yearly = method.fees.map(({ feeFen, collectionBps }) =>
        product(amount(pick('feeFen', feeFen)), bps(pick('collectionBps', collectionBps))),
      );
      return { value: presentValue(within(counted, yearly), rateOf(method.discount, pick)), counted };
    }
    // V = reference price · Π adjustment factors.
    case 'market': {
      const factors = method.factors.map(({ factorBps }, at) => bps(pick(`factors/${at}`, factorBps)));
      return { value: factors.reduce(product, amount(pick('referenceFen', method.referenceFen))) };
    }
    // V = replacement cost · (1 − depreciation).
    case 'cost': {
      const left = whole - pick('depreciationBps', method.depreciationBps);
      return { value: product(amount(pick('replacementFen', method.replacementFen)), bps(left)) };
    }
    case 'bank-internal':
      return { value: amount(pick('amountFen', method.amountFen)) };
  }
}

/** The discount rate with every part at its likeliest. */
export function likeliestRate(discount: Discount): bigint {
  return rateOf(discount, likeliest);
}

function income(
  method: Extract<ValuationMethod, { method: 'revenue-share' | 'royalty' }>,
  legalMonths: bigint | undefined,
  share: Ratio,
  pick: Pick,
): Worth {
  const counted = earliest(method.revenueFen.length, [
    ['legal-life', legalMonths],
    ['economic-life', pick('economicLifeMonths', method.economicLifeMonths)],
  ]);
  const yearly = method.revenueFen.map((year) => amount(pick('revenueFen', year)));
  const value = presentValue(within(counted, yearly), rateOf(method.discount, pick));
  return { value: product(value, share), counted };
}

function rateOf(discount: Discount, pick: Pick): bigint {
  return Object.entries<Estimate>(discount).reduce((rate, [part, estimate]) => rate + pick(part, estimate), 0n);
}

function earliest(years: number, ends: readonly [End, bigint | undefined][]): Counted {
  let counted: Counted = { months: BigInt(years) * monthsOfYear, endedBy: 'years-given' };
  for (const [endedBy, months] of ends.toReversed()) {
    if (months !== undefined && months <= counted.months) counted = { months, endedBy };
  }
  return counted;
}

/** The yearly amounts that fall into so many months. */
function within({ months }: Counted, yearly: readonly Ratio[]): Ratio[] {
  return yearly.flatMap((amountOfYear, year) => {
    const left = months - BigInt(year) * monthsOfYear;
    if (left <= 0n) return [];
    const part = { numerator: left < monthsOfYear ? left : monthsOfYear, denominator: monthsOfYear };
    return [product(amountOfYear, part)];
  });
}

function amount(fen: bigint): Ratio {
  return { numerator: fen, denominator: 1n };
}
