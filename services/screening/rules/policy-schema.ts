import * as z from 'zod';

/** Named bounds: a policy is data from outside, and compiling it takes time and stack. */
export const MAX_RULES = 200;
export const MAX_PARTS = 50;
export const MAX_DEPTH = 12;

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

export const Rule = z.strictObject({
  id: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
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

export const Policy = z
  .strictObject({
    version: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/),
    validFrom: z.iso.date(),
    title: Sentence,
    rules: z.array(Rule).min(1).max(MAX_RULES),
  })
  .refine((policy) => new Set(policy.rules.map((rule) => rule.id)).size === policy.rules.length, {
    path: ['rules'],
    message: 'rule ids must be unique',
  });
export type Policy = z.output<typeof Policy>;
