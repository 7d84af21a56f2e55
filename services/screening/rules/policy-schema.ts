import * as z from 'zod';

/** Named bounds: a policy is data from outside, and compiling it takes time and stack. */
export const MAX_RULES = 200;
export const MAX_PARTS = 50;
export const MAX_DEPTH = 12;
export const MAX_POINTS = 10_000;

/** A dotted path: `credit.taxGrade`; inside a quantifier relative to the item: `removedOn`. */
const Path = z
  .string()
  .max(200)
  .regex(/^[a-z][A-Za-z0-9]*(\.[a-z][A-Za-z0-9]*)*$/);
const Words = z.array(z.string().min(1).max(64)).min(1).max(MAX_PARTS);

/**
 * One question to one fact. A missing fact makes every operator *unknown*, except `present` and `absent`, which ask
 * just that. Dates are compared after `plusMonths` were added to the fact; `today` is the decision's legal date.
 */
export const Comparison = z.discriminatedUnion('op', [
  z.strictObject({ path: Path, op: z.enum(['present', 'absent']) }),
  z.strictObject({ path: Path, op: z.literal('equals'), value: z.union([z.string(), z.int(), z.boolean()]) }),
  z.strictObject({ path: Path, op: z.enum(['in', 'not-in']), value: z.union([Words, z.strictObject({ path: Path })]) }),
  z.strictObject({ path: Path, op: z.literal('begins-with'), value: Words }),
  z.strictObject({ path: Path, op: z.enum(['at-least', 'at-most']), value: z.int() }),
  z.strictObject({
    path: Path,
    plusMonths: z.int().min(0).max(600).optional(),
    op: z.enum(['on-or-before', 'on-or-after']),
    value: z.union([z.literal('today'), z.iso.date()]),
  }),
]);
export type Comparison = z.output<typeof Comparison>;

/** `some` and `none` ask the items of a list; an empty list is the fact "nothing recorded", a missing one unknown. */
export type Condition =
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { some: { of: string; where: Condition } }
  | { none: { of: string; where: Condition } }
  | Comparison;

export const Condition: z.ZodType<Condition, Condition> = z
  .lazy(() => {
    const parts = z.array(Condition).min(1).max(MAX_PARTS);
    const items = z.strictObject({ of: Path, where: Condition });
    return z.union([
      z.strictObject({ all: parts }),
      z.strictObject({ any: parts }),
      z.strictObject({ not: Condition }),
      z.strictObject({ some: items }),
      z.strictObject({ none: items }),
      Comparison,
    ]);
  })
  .meta({ id: 'ScreeningCondition' });

const Sentence = z.string().min(1).max(300);
const Id = z.string().regex(/^[a-z][a-z0-9-]{0,63}$/);
/** Versions name policies and overlays in paths and digests. */
export const Version = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/);
/** `collect` asks every row or rule; `first` stops at the first that decides. */
export const HitPolicy = z.enum(['collect', 'first']);

export const Rule = z.strictObject({
  id: Id,
  /** What the rule asks for, as people call it (中文). */
  title: Sentence,
  /** Where its facts mainly come from; it may read others besides. */
  source: z.enum(['credit', 'ip', 'nomination']),
  /** What a failed rule does: exclude at once, or have a person look. An unknown one is always looked at. */
  effect: z.enum(['exclude', 'review']),
  /** A rule whose `when` does not hold does not apply, and passes. */
  when: Condition.optional(),
  must: Condition,
  /** Said when it failed (中文). */
  reason: Sentence,
  /** What the enterprise or the county can do about it (中文). */
  hint: Sentence,
  /** The law, measure or design decision it rests on. */
  basis: Sentence,
});
export type Rule = z.output<typeof Rule>;

/**
 * Points for what speaks for an enterprise. `collect` adds up every row that holds, `first` takes the first row that
 * holds, in the order written (bands of age, grades). A row whose facts are missing gives nothing and is listed.
 */
export const ScoreTable = z.strictObject({
  id: Id,
  title: Sentence,
  hitPolicy: HitPolicy,
  rows: z
    .array(z.strictObject({ id: Id, title: Sentence, when: Condition, points: z.int().min(1).max(MAX_POINTS) }))
    .min(1)
    .max(MAX_PARTS),
  basis: Sentence,
});
export type ScoreTable = z.output<typeof ScoreTable>;

const Points = z.int().min(0).max(MAX_POINTS);
export const Tier = z.strictObject({ id: Id, title: Sentence, atLeast: Points });
export type Tier = z.output<typeof Tier>;

/**
 * A score ranks enterprises and never makes a failing rule good: the only thing it can do to an outcome is to send an
 * enterprise with fewer points than `floor` to a person.
 */
export const Scoring = z.strictObject({
  tables: z.array(ScoreTable).min(1).max(MAX_PARTS),
  /** The best first. */
  tiers: z.array(Tier).max(MAX_PARTS),
  floor: Points.optional(),
  /** How many points of its own a county may give. They are told apart and count for neither tier nor floor. */
  localAtMost: Points,
  local: z.array(ScoreTable).max(MAX_PARTS).optional(),
});
export type Scoring = z.output<typeof Scoring>;

/** The city departments that a policy can have asked beside the county: 第二部门意见. */
export const SecondOpinion = z.literal('development-reform');

export const Policy = z
  .strictObject({
    version: Version,
    /** The first legal date on which it decides, and the last; without a last one it holds until the next begins. */
    validFrom: z.iso.date(),
    validThrough: z.iso.date().optional(),
    title: Sentence,
    /** How its rules are asked; `collect` where it is not said. The outcome is the same, the trace is not. */
    hitPolicy: HitPolicy.optional(),
    rules: z.array(Rule).min(1).max(MAX_RULES),
    scoring: Scoring.optional(),
    /** Whose opinion an enterprise needs besides its county's: 发展改革部门. */
    secondOpinion: SecondOpinion.optional(),
  })
  .superRefine((policy, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    const ids = (items: readonly { id: string }[]) => items.map(({ id }) => id);
    const { tables = [], tiers = [], local = [] } = policy.scoring ?? {};
    const rows = [...tables, ...local].flatMap((table) => [table.id, ...ids(table.rows)]);
    if (repeats(ids(policy.rules))) refuse('rules', '规则编号不得重复');
    if (repeats([...ids(policy.rules), ...rows]) || repeats(ids(tiers))) refuse('scoring', '编号不得重复');
    if (tiers.some((tier, index) => tier.atLeast >= (tiers[index - 1]?.atLeast ?? Infinity))) {
      refuse('scoring', '分档应由高到低');
    }
    if (policy.validThrough !== undefined && policy.validThrough < policy.validFrom) {
      refuse('validThrough', '终止日不得早于起始日');
    }
  });
export type Policy = z.output<typeof Policy>;

function repeats(ids: readonly string[]): boolean {
  return new Set(ids).size !== ids.length;
}
