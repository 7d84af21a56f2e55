import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { DivisionCode, Uscc } from '#packages/identifiers';
import { Digest, Id, Reason, Version } from '#packages/words';
import { ConsentGrant, Nomination } from '../nomination.ts';

// By these names the document calls them.
export { Digest, Id, PathVersion, Reason, Version } from '#packages/words';

export const ParkId = Id;

export const ScreeningOutcome = z.enum(['pass', 'review', 'exclude', 'stale']);
export type ScreeningOutcome = z.output<typeof ScreeningOutcome>;

export const EntryStatus = z.enum(['listed', 'suspended', 'removed', 'expired']);
export type EntryStatus = z.output<typeof EntryStatus>;

/** Who in a county says its opinion: the IP office always, a second department where the policy asks for it. */
export const SecondDepartment = z.enum(['development-reform']);
export const Department = z.enum(['ip-office', ...SecondDepartment.options]);
export type Department = z.output<typeof Department>;

export const RuleResult = z.strictObject({
  id: z.string(),
  outcome: z.enum(['pass', 'fail', 'unknown']),
  reason: z.string(),
  evidence: z.array(z.strictObject({ source: z.string(), recordId: z.string(), observedAt: z.string() })),
});

export const Screening = z.strictObject({
  screeningId: Id,
  outcome: ScreeningOutcome,
  policyVersion: Id,
  rules: z.array(RuleResult),
  /** Facts that a rule asked for and nobody has said, and why not. */
  unknowns: z.array(z.strictObject({ path: z.string(), cause: z.string() })).optional(),
  /** Of policies that give points. */
  score: z.strictObject({ points: z.int(), possible: z.int(), tier: z.string().optional() }).optional(),
  factsDigest: Digest,
  /** Which answer of each source it rests on. */
  facts: z.record(z.string(), z.strictObject({ fetchedAt: Instant, recordId: z.string().optional() })).optional(),
  /** The legal date for which it was decided. */
  day: LegalDate.optional(),
  decidedAt: Instant,
  runId: Id,
});
export type Screening = z.output<typeof Screening>;

export const Consent = z.strictObject({
  uscc: Uscc,
  consentId: Id,
  status: z.enum(['live', 'not-begun', 'expired', 'withdrawn']),
  ...ConsentGrant.shape,
});

export const Opinion = z.strictObject({
  divisionCode: DivisionCode,
  department: Department,
  opinion: z.enum(['recommend', 'reject']),
  reason: Reason,
  outcome: ScreeningOutcome,
  screeningId: Id,
  at: Instant,
});

const Listing = z.strictObject({
  status: EntryStatus,
  version: Version,
  listedOn: LegalDate,
  validUntil: LegalDate,
  reason: z.string().optional(),
});

export const Enterprise = z.strictObject({
  ...Nomination.shape,
  state: z.string(),
  warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
  nominations: z.array(z.strictObject({ divisionCode: DivisionCode, parkId: ParkId.optional(), nominatedAt: Instant })),
  consent: Consent.omit({ uscc: true }).optional(),
  screening: z
    .strictObject({
      screeningId: Id,
      outcome: ScreeningOutcome,
      policyVersion: Id,
      /** Rules that failed or stayed unknown. */
      reasons: z.array(z.string()),
      decidedAt: Instant,
    })
    .optional(),
  opinions: z.array(Opinion),
  /** Records that the enterprise objects to and nobody has decided on yet. */
  disputes: z.array(z.strictObject({ objectionId: Id, recordRef: z.string() })),
  listing: Listing.optional(),
});
export type Enterprise = z.output<typeof Enterprise>;

export const Finding = z.strictObject({ row: z.int().positive(), code: z.string(), message: z.string() });
export type Finding = z.output<typeof Finding>;

export const EnterpriseImport = z.strictObject({
  importId: Id,
  status: z.enum(['running', 'done', 'failed']),
  rows: z.int().nonnegative(),
  accepted: z.int().nonnegative(),
  unchanged: z.int().nonnegative(),
  rejected: z.array(Finding),
  warnings: z.array(Finding),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});
export type EnterpriseImport = z.output<typeof EnterpriseImport>;

export const RunScope = z.strictObject({
  divisionCode: DivisionCode.optional(),
  parkId: ParkId.optional(),
  usccs: z.array(Uscc).min(1).max(500).optional(),
});
export type RunScope = z.output<typeof RunScope>;

export const count = z.int().nonnegative();
export const ScreeningRun = z.strictObject({
  runId: Id,
  status: z.enum(['running', 'done']),
  scope: RunScope,
  policyVersion: Id,
  counts: z.strictObject({
    total: count,
    pass: count,
    review: count,
    exclude: count,
    stale: count,
    /** Those of the total that kept the decision they had. */
    unchanged: count,
  }),
  startedAt: Instant,
});
export type ScreeningRun = z.output<typeof ScreeningRun>;

/** A record that an enterprise objects to, with the last days on which each step is due (working days). */
export const Objection = z.strictObject({
  objectionId: Id,
  uscc: Uscc,
  recordRef: z.string(),
  statement: z.string(),
  status: z.enum(['open', 'decided']),
  filedAt: Instant,
  /** Ours to decide alone by then; with the provider's help by `decideBy`, whose answer is due by `providerReplyBy`. */
  ownCheckBy: LegalDate,
  providerReplyBy: LegalDate,
  decideBy: LegalDate,
  /** A year's holidays are not published yet: weekends only were counted. */
  provisional: z.boolean(),
  decision: z.enum(['upheld', 'corrected', 'noted']).optional(),
  reason: z.string().optional(),
  decidedAt: Instant.optional(),
  /** Of an open one: the clock that has run out, told by the day on which it is read. */
  overdue: z.enum(['own-check', 'decision']).optional(),
});
export type Objection = z.output<typeof Objection>;

export const Named = z.array(z.strictObject({ uscc: Uscc, reason: Reason })).max(500);

export const WhitelistVersion = z.strictObject({
  version: Version,
  status: z.enum(['proposed', 'published']),
  entries: count,
  digest: Digest,
  proposedAt: Instant,
  publishedOn: LegalDate.optional(),
  /** Named in `confirm` but not entered, and why. */
  leftOut: z.array(z.strictObject({ uscc: Uscc, reason: z.string() })),
});
export type WhitelistVersion = z.output<typeof WhitelistVersion>;

export const WhitelistLine = z.strictObject({ uscc: Uscc, listedOn: LegalDate, validUntil: LegalDate });

export const WhitelistEntry = z.strictObject({
  uscc: Uscc,
  name: z.string(),
  status: EntryStatus,
  disputed: z.boolean(),
  listedOn: LegalDate,
  validUntil: LegalDate,
  version: Version,
});
export type WhitelistEntry = z.output<typeof WhitelistEntry>;
