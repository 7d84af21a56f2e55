import { Digest, Id } from '#packages/words';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { CreditFacts, IpFacts, NominationFacts } from '../facts.ts';
import { Consent, count, Enterprise, RuleResult, Screening, ScreeningOutcome } from './schemas.ts';

const RuleOutcome = RuleResult.shape.outcome;
const RecordId = z.string().min(1).max(128);
const Purged = z.literal(true);

/** One answer of a source, by what identifies it. */
const KeptAnswer = z.strictObject({
  recordId: RecordId.optional(),
  observedAt: Instant.optional(),
  fetchedAt: Instant,
  /** Of the current one: when the source last said, or let us know, that this is still what it holds. */
  confirmedAt: Instant.optional(),
  /** SHA-256 (hex) of the bytes as they came. */
  digest: Digest.optional(),
  purged: Purged.optional(),
  /** The decisions that rest on it. */
  usedBy: z.array(Id),
});
export type KeptAnswer = z.output<typeof KeptAnswer>;

/** What one source is known to have said: all answers newest first, the facts of the last one. */
function sourceView<Facts extends z.ZodType>(facts: Facts) {
  return z.strictObject({
    title: z.string(),
    facts: facts.optional(),
    purged: Purged.optional(),
    answers: z.array(KeptAnswer),
  });
}

/** A fact that a rule looked at: its value, how many items a list has, that it is there, or that it is missing. */
const ReadFact = z.strictObject({
  source: z.enum(['nomination', 'credit', 'ip']),
  path: z.string(),
  value: z.union([z.string(), z.int(), z.boolean(), z.array(z.string())]).optional(),
  count: count.optional(),
  present: z.literal(true).optional(),
  missing: z.literal(true).optional(),
});
export type ReadFact = z.output<typeof ReadFact>;

const ExplainedRule = z.strictObject({
  ...RuleResult.shape,
  title: z.string().optional(),
  effect: z.enum(['exclude', 'review']).optional(),
  /** What the enterprise or the county can do about it; of rules that do not pass. */
  hint: z.string().optional(),
  read: z.array(ReadFact).optional(),
});
export type ExplainedRule = z.output<typeof ExplainedRule>;

const RuleHint = z.strictObject({ ruleId: z.string(), hint: z.string() });
const Step = z.strictObject({
  change: z.enum(['answer', 'state', 'correct', 'improve', 'restore', 'remove', 'repair', 'release', 'obtain']),
  path: z.string(),
  facts: z.array(z.strictObject({ path: z.string(), suitable: z.array(z.union([z.string(), z.int(), z.boolean()])) })),
  rules: z.array(RuleHint),
  holdsFrom: LegalDate.optional(),
});

/** The fewest things to change so that the enterprise passes, on the first day on which that is possible. */
export const PathView = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('path'),
    on: LegalDate,
    steps: z.array(Step),
    waits: z.array(z.strictObject({ ...RuleHint.shape, from: LegalDate })),
    shortest: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('none'), rules: z.array(RuleHint) }),
]);
export type PathView = z.output<typeof PathView>;

const Score = z.strictObject({ points: z.int(), possible: z.int(), tier: z.string().optional() });

const ExplainedDecision = z.strictObject({
  screeningId: Id,
  outcome: ScreeningOutcome,
  policyVersion: Id,
  day: LegalDate,
  decidedAt: Instant,
  factsDigest: Digest,
  rules: z.array(ExplainedRule),
  unknowns: z.array(z.strictObject({ path: z.string(), cause: z.string() })),
  score: Score.optional(),
  /** From the facts it rests on, as of today. */
  path: PathView.optional(),
  /** Whether the policy that decided says the same of the same facts today; not told where they are purged. */
  reproduced: z.boolean().optional(),
  purged: Purged.optional(),
});
export type ExplainedDecision = z.output<typeof ExplainedDecision>;

/** All that is known about one enterprise, and who looked at it. */
export const Passport = z.strictObject({
  uscc: Uscc,
  name: z.string(),
  state: z.string(),
  nomination: z.strictObject({ recordId: RecordId, observedAt: Instant, facts: NominationFacts }),
  nominations: Enterprise.shape.nominations,
  sources: z.strictObject({ credit: sourceView(CreditFacts), ip: sourceView(IpFacts) }),
  decision: ExplainedDecision.optional(),
  consent: z
    .strictObject({ ...Consent.omit({ uscc: true }).shape, since: Instant, withdrawnAt: Instant.optional() })
    .optional(),
  opinions: Enterprise.shape.opinions,
  listing: Enterprise.shape.listing,
  disputes: Enterprise.shape.disputes,
  looks: z.array(
    z.strictObject({
      at: Instant,
      role: z.string(),
      actorId: z.string(),
      what: z.string(),
      purpose: z.string().optional(),
    }),
  ),
  /** How to object to a record (异议): one call for each. */
  objection: z.strictObject({
    method: z.literal('POST'),
    path: z.literal('/v1/objections'),
    recordRefs: z.array(RecordId),
  }),
});
export type Passport = z.output<typeof Passport>;

/** The decision as it was taken, beside the one that the policy of a day gives on what was known by another. */
export const DecisionView = z.strictObject({
  uscc: Uscc,
  asOf: LegalDate,
  knownOn: LegalDate,
  recorded: Screening.optional(),
  replayed: z
    .strictObject({
      outcome: ScreeningOutcome,
      policyVersion: Id,
      rules: z.array(RuleResult),
      unknowns: z.array(z.strictObject({ path: z.string(), cause: z.string() })),
      score: Score.optional(),
      factsDigest: Digest,
    })
    .optional(),
  /** Why there is no replay. */
  facts: z.literal('purged').optional(),
  /** The rules on which the two differ; a rule that one of them does not have is told for the other only. */
  difference: z
    .array(z.strictObject({ ruleId: z.string(), recorded: RuleOutcome.optional(), replayed: RuleOutcome.optional() }))
    .optional(),
});
export type DecisionView = z.output<typeof DecisionView>;
