import type { RightKind } from '../contract/right-schemas.ts';

/** The numbers of valuation, with their basis as research has it (domain 6 and 9.1). */
export const valuationPolicy = {
  /** Of these rules and methods: what it says is stored with every valuation, so that it can be computed again. */
  methodVersion: '2026-1',
  /** A value holds so long from the day it is of; usual in appraisal (9.1 `valuation.validMonths`, 6 to 24). */
  validMonths: 12,
  /** Of each method whose inputs are not all known. A choice of ours: its P10 and P90 then move by a few percent at the most. */
  samples: 2_000,
  /** The part of the samples, in percent, that the low, the middle and the high value leave below. */
  percentiles: { low: 10, middle: 50, high: 90 },
} as const;

/**
 * Of its value a right may usually secure so much (质押率上限, 9.1 `pledge.ratioCapBps`): an invention, a utility model and
 * a trademark by a bank's product, the others by practice. A bank may go beyond with a reason.
 */
export const pledgeRatioCapBps: Record<RightKind, bigint> = {
  invention: 5_000n,
  'utility-model': 3_000n,
  design: 2_000n,
  trademark: 5_000n,
  copyright: 3_500n,
  software: 3_500n,
  'ic-layout': 3_000n,
  'licence-income': 6_000n,
};
