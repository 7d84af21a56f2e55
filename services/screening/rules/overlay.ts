import * as z from 'zod';
import { tryCompile } from './engine.ts';
import { Condition, MAX_RULES, Policy, Rule, Scoring, SecondOpinion, Version } from './policy-schema.ts';
import { said } from './problem-words.ts';
import { relaxations } from './relaxations.ts';

/**
 * What a county asks for on top of the city's core policy. Every form it can take makes a decision the same or worse:
 * rules of its own, a further condition or a graver effect for a core rule, higher thresholds. A rule under a core
 * rule's id restates it whole, and is taken where its form proves that it is at least as strict.
 */
export const Overlay = z.strictObject({
  version: Version,
  /** The version of the core policy that it lies upon. */
  base: Version,
  /** The division whose nominations it judges. */
  divisionCode: z.string().regex(/^\d{6}$/),
  validFrom: z.iso.date(),
  validThrough: z.iso.date().optional(),
  title: z.string().min(1).max(300),
  rules: z.array(Rule).max(MAX_RULES),
  tighten: z
    .array(z.strictObject({ ruleId: Rule.shape.id, and: Condition.optional(), effect: Rule.shape.effect.optional() }))
    .max(MAX_RULES),
  scoring: z
    .strictObject({
      floor: Scoring.shape.floor,
      /** New thresholds of the core's tiers. */
      tiers: z
        .array(z.strictObject({ id: Rule.shape.id, atLeast: z.int().min(0) }))
        .max(50)
        .optional(),
      /** Points of the county's own, told apart from the city's. */
      local: Scoring.shape.local,
    })
    .optional(),
  /** Asks for the opinion of a second department; where the city asks for it, it is asked for anyhow. */
  secondOpinion: SecondOpinion.optional(),
});
export type Overlay = z.output<typeof Overlay>;

/**
 * What is wrong with an overlay (中文), and where: no rule where it is the overlay as a whole. `relaxes`: it may be
 * well-formed, and would make a decision milder, or cannot be shown not to.
 */
export type OverlayProblem = { kind: 'relaxes' | 'malformed'; ruleId?: string; message: string };

export type Combination =
  | { kind: 'combined'; policy: Policy }
  | { kind: 'refused'; problems: readonly OverlayProblem[] };

/**
 * The policy that decides in the overlay's county, or every reason why the overlay would relax the core. The outcome of
 * the combined policy is never better than the core's, in the order pass > review > stale > exclude.
 */
export function combine(core: Policy, overlay: Overlay): Combination {
  const merged = merge(core, overlay);
  const relaxed = relaxations(core, merged).map((one) => ({ kind: 'relaxes' as const, ...one }));
  const problems = [...misplaced(core, overlay), ...relaxed];
  if (problems.length > 0) return { kind: 'refused', problems };
  const parsed = Policy.safeParse(merged);
  if (!parsed.success) {
    const told = parsed.error.issues.map(({ path, message }) => {
      const [part, index] = path;
      const rule = part === 'rules' && typeof index === 'number' ? merged.rules[index] : undefined;
      return {
        kind: 'malformed' as const,
        ...(rule !== undefined && { ruleId: rule.id }),
        message: `合并后的规则不合格式：${path.join('.')} ${message}`,
      };
    });
    return { kind: 'refused', problems: told };
  }
  const compilation = tryCompile(parsed.data);
  if (compilation.kind === 'compiled') return { kind: 'combined', policy: parsed.data };
  return { kind: 'refused', problems: compilation.problems.map((one) => ({ kind: 'malformed', ...said(one) })) };
}

function misplaced(core: Policy, { base, tighten, scoring }: Overlay): OverlayProblem[] {
  const problems: OverlayProblem[] = [];
  const refuse = (message: string, ruleId?: string) =>
    problems.push({ kind: 'malformed', message, ...(ruleId !== undefined && { ruleId }) });
  if (base !== core.version) refuse(`基于 ${base} 版，不是 ${core.version} 版`);
  for (const { ruleId, and, effect } of tighten) {
    if (!core.rules.some(({ id }) => id === ruleId)) refuse('市级策略没有这条规则', ruleId);
    if (and === undefined && effect === undefined) refuse('没有写明收紧什么', ruleId);
  }
  if (scoring !== undefined && core.scoring === undefined) refuse('市级策略没有评分，县级不得另设');
  for (const { id } of scoring?.tiers ?? []) {
    if (!core.scoring?.tiers.some((tier) => tier.id === id)) refuse('市级策略没有这个分档', id);
  }
  return problems;
}

function merge(core: Policy, overlay: Overlay): Policy {
  const { validFrom, rules, tighten } = overlay;
  const restated = core.rules.map((rule) => rules.find(({ id }) => id === rule.id) ?? rule);
  const own = rules.filter(({ id }) => !core.rules.some((rule) => rule.id === id));
  const [firstEnd] = [core.validThrough, overlay.validThrough].filter((day) => day !== undefined).toSorted();
  const scoring = core.scoring === undefined ? undefined : mergeScoring(core.scoring, overlay.scoring);
  const secondOpinion = core.secondOpinion ?? overlay.secondOpinion;
  return {
    version: `${core.version}~${overlay.version}`,
    validFrom: validFrom > core.validFrom ? validFrom : core.validFrom,
    ...(firstEnd !== undefined && { validThrough: firstEnd }),
    title: overlay.title,
    ...(core.hitPolicy !== undefined && { hitPolicy: core.hitPolicy }),
    rules: [...tighten.reduce((all, one) => all.map((rule) => tightened(rule, one)), restated), ...own],
    ...(scoring !== undefined && { scoring }),
    ...(secondOpinion !== undefined && { secondOpinion }),
  };
}

function tightened(rule: Rule, { ruleId, and, effect }: Overlay['tighten'][number]): Rule {
  if (rule.id !== ruleId) return rule;
  const must = and === undefined ? rule.must : { all: ['all' in rule.must ? rule.must.all : rule.must, and].flat() };
  return { ...rule, must, ...(effect !== undefined && { effect }) };
}

function mergeScoring(core: Scoring, overlay: Overlay['scoring']): Scoring {
  const { floor, tiers = [], local } = overlay ?? {};
  return {
    ...core,
    tiers: core.tiers.map((tier) => ({
      ...tier,
      atLeast: tiers.find(({ id }) => id === tier.id)?.atLeast ?? tier.atLeast,
    })),
    ...(floor !== undefined && { floor }),
    ...(local !== undefined && { local }),
  };
}
