import type { PatentKind } from './patent-number.ts';

/** A rule's number, the day from which it applies, and where it is written. */
type Dated = { from: string; value: number; basis: string };

/** Years of protection, counted from the day of filing, by when that day was. */
export const patentTermYears: Record<PatentKind, readonly [Dated, ...Dated[]]> = {
  invention: [{ from: '1985-04-01', value: 20, basis: '专利法第四十二条' }],
  'utility-model': [{ from: '1985-04-01', value: 10, basis: '专利法第四十二条' }],
  design: [
    { from: '1985-04-01', value: 10, basis: '专利法（2008 年修正）第四十二条' },
    { from: '2021-06-01', value: 15, basis: '专利法（2020 年修正）第四十二条' },
  ],
};

/** The term of what was filed on a day. */
export function patentTermOf(kind: PatentKind, filedOn: string): Dated {
  const rules = patentTermYears[kind];
  return rules.findLast(({ from }) => from <= filedOn) ?? rules[0];
}

/**
 * An invention's term may be compensated (专利权期限补偿), by five years at the most for a new medicine; so its register
 * may state a later end than the day of filing does.
 */
export const compensation = { maxYears: 5, basis: '专利法第四十二条第二款、第三款' } as const;

export const trademarkTerm = {
  years: 10,
  /** The renewal is asked for in the months before the end, or, against a fee, in those behind it. */
  renewalMonthsBefore: 12,
  graceMonths: 6,
  basis: '商标法第三十九条、第四十条',
} as const;

/** Of legal persons: until the end of the fiftieth year after the first publication. */
export const authorsTerm = { years: 50, basis: '著作权法第二十三条；计算机软件保护条例第十四条' } as const;

export const layoutTerm = {
  years: 10,
  /** From the creation, whatever was filed when. */
  absoluteYears: 15,
  /** A layout in use for longer than this can no longer be filed. */
  useBeforeFilingYears: 2,
  basis: '集成电路布图设计保护条例第十二条、第十七条',
} as const;

/** How far a right should live beyond the loan's maturity; less is a warning (domain research 9.1). */
export const lifeMarginMonths = 12;

/** Annual fees: the months in which an overdue one may still be paid, and the surcharge of each of them. */
export const annualFee = {
  lateMonths: 6,
  surchargeBpsPerMonth: 500n,
  basis: '专利法实施细则第一百一十五条',
} as const;
