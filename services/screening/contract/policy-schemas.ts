import { Id } from '#packages/words';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { DivisionCode, Uscc } from '#packages/identifiers';
import { city2 } from '../policies/city-2.ts';
import { city2Cases } from '../policies/city-2-cases.ts';
import { PolicyCase } from '../rules/coverage.ts';
import { FiledCore, FiledOverlay } from '../rules/filed-policy.ts';
import { count, ParkId, ScreeningOutcome } from './schemas.ts';

const ScreeningPolicy = FiledCore.meta({
  id: 'ScreeningPolicy',
  description: '市级筛选政策',
  example: { ...city2, version: 'city-2027', validFrom: '2027-01-01', cases: city2Cases.slice(0, 2) },
});
const ScreeningOverlay = FiledOverlay.meta({
  id: 'ScreeningOverlay',
  description: '县区附加规则：只能收紧，不能放宽；有 base 的就是附加规则',
  example: {
    version: '411502-2027',
    base: 'city-2',
    divisionCode: '411502',
    validFrom: '2027-01-01',
    title: '浉河区附加规则',
    rules: [],
    tighten: [{ ruleId: 'tax-grade-good', and: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B'] } }],
    secondOpinion: 'development-reform',
  },
});
/** A policy or an overlay as it is filed and read: told apart by `base`. */
export const AnyPolicy = z.union([ScreeningPolicy, ScreeningOverlay]);

/** What is said of a policy beside its rules. */
export const PolicySummary = z.strictObject({
  version: Id,
  kind: z.enum(['core', 'overlay']),
  status: z.enum(['draft', 'released']),
  title: z.string(),
  /** Of an overlay. */
  divisionCode: DivisionCode.optional(),
  base: Id.optional(),
  validFrom: LegalDate,
  validThrough: LegalDate.optional(),
  /** Left out of the policies that come with the software. */
  draftedAt: Instant.optional(),
  releasedAt: Instant.optional(),
  releasedOn: LegalDate.optional(),
  /** The later of `validFrom` and the day of the release. */
  effectiveFrom: LegalDate.optional(),
});
export type PolicySummary = z.output<typeof PolicySummary>;

const Warning = z.strictObject({ code: z.string(), message: z.string() });
export type PolicyWarning = z.output<typeof Warning>;

export const ListedPolicy = z.strictObject({
  ...PolicySummary.shape,
  /** Whether it decides today. */
  inForce: z.boolean(),
  warnings: z.array(Warning),
});
export type ListedPolicy = z.output<typeof ListedPolicy>;

const Tally = z.strictObject({ id: Id, pass: count, fail: count, unknown: count, notAsked: count });
const Expectation = PolicyCase.shape.expect;
/** What the cases kept beside a policy say of it. */
export const PolicyCoverage = z.strictObject({
  cases: count,
  outcomes: z.strictObject({ pass: count, review: count, exclude: count, stale: count }),
  rules: z.array(Tally),
  /** The rows of the score tables. */
  rows: z.array(Tally),
  /** Rules that no case brought to a pass or a fail, and rules that no case failed. */
  neverDecided: z.array(Id),
  neverFailed: z.array(Id),
  results: z.array(z.strictObject({ name: z.string(), met: z.boolean(), expected: Expectation, actual: Expectation })),
});
export type PolicyCoverage = z.output<typeof PolicyCoverage>;

export const ReleasedPolicy = z.strictObject({
  ...PolicySummary.shape,
  warnings: z.array(Warning),
  coverage: PolicyCoverage,
});

const Balance = { gained: count, lost: count, unchanged: count };
/** What a policy would change for the enterprises of today; kept for a day, and nothing is decided by it. */
export const PolicyImpact = z.strictObject({
  impactId: Id,
  version: Id,
  /** The version in force with which it was compared. */
  against: Id,
  status: z.enum(['running', 'done']),
  /** Enterprises that would pass and do not, that pass and would not, and all others. */
  ...Balance,
  byDivision: z.array(z.strictObject({ divisionCode: DivisionCode, ...Balance })),
  byPark: z.array(z.strictObject({ parkId: ParkId, ...Balance })),
  /** Those gained and lost, the first by `uscc`. */
  items: z.array(
    z.strictObject({
      uscc: Uscc,
      divisionCode: DivisionCode,
      parkId: ParkId.optional(),
      from: ScreeningOutcome,
      to: ScreeningOutcome,
      /** The rules that stand, or stood, in the way. */
      reasons: z.array(z.string()),
    }),
  ),
  itemsLeftOut: count,
});
export type PolicyImpact = z.output<typeof PolicyImpact>;
