import type { ScreeningFacts } from '../facts.ts';
import type { Scalar } from './frames.ts';
import { compile, type CompiledPolicy } from './engine.ts';
import { isTold, type Owner, questionsOf, type World, worldOf } from './path-facts.ts';
import { waysToFloor } from './path-points.ts';
import { changesOf, cheapest, eitherOf, mayStay, type Way, type Ways, waysTo } from './path-search.ts';
import type { Rule } from './policy-schema.ts';
import type { Change } from './possible-changes.ts';
import { turningDays } from './turning-days.ts';

/** One thing to change: a fact, a right to obtain (`ip.assets[+0]`), or a source that must answer (`credit`). */
export type PathStep = {
  change: Change;
  path: string;
  /** The facts that change with it, and values that would do; none told where they are a matter of other words. */
  facts: readonly { path: string; suitable: readonly Scalar[] }[];
  /** The rules it serves that do not pass today, with what each advises (中文). */
  rules: readonly RuleHint[];
  /** The day from which those rules hold by themselves, if there is one. */
  holdsFrom?: string;
};
export type RuleHint = { ruleId: string; hint: string };

export type PathToYes =
  | {
      kind: 'path';
      /** The first legal date on which the steps give a pass: today, unless something has to be waited for. */
      on: string;
      /** The fewest that do it on that day. */
      steps: readonly PathStep[];
      /** Rules that do not pass today and need no step: they hold by themselves from that day. */
      waits: readonly (RuleHint & { from: string })[];
      /** False where there were too many ways to say that no path has fewer steps. */
      shortest: boolean;
    }
  /** No change that is possible leads to a pass. Told are the rules that stand in the way. */
  | { kind: 'none'; rules: readonly RuleHint[] };

/** Of the days on which time alone changes an answer so many are looked at. */
const MAX_DAYS = 200;

/**
 * What an enterprise would have to change to pass: on the first day on which that is possible, the smallest set of
 * changes. Only what can change is thought of as changed (`possible-changes.ts`); the rest waits for its day.
 */
export function pathToYes(compiled: CompiledPolicy, facts: ScreeningFacts, today: string): PathToYes {
  // Under the hit policy `first` most rules would not be asked; the outcome is the same.
  const all = compiled.data.hitPolicy === 'first' ? compile({ ...compiled.data, hitPolicy: 'collect' }) : compiled;
  if (all.evaluate(facts, today).outcome === 'pass') {
    return { kind: 'path', on: today, steps: [], waits: [], shortest: true };
  }
  const questions = questionsOf(compiled.data);
  const days = [today, ...turningDays(questions, facts, today, true).slice(0, MAX_DAYS)];
  const unmet = unmetOn(all, facts, today);
  const holds = daysOfHolding(all, facts, unmet, days);
  let blocking: readonly Rule[] = [];
  for (const on of days) {
    const world = worldOf(questions, facts, today, on);
    const waysOf = waysWithin(world);
    // A rule that nothing helped on the day before is asked first.
    if (blocking.some((rule) => waysOf(rule).ways.length === 0)) continue;
    blocking = compiled.data.rules.filter((rule) => waysOf(rule).ways.length === 0);
    if (blocking.length > 0) continue;
    const best = cheapest([...compiled.data.rules.map(waysOf), ...besidesRules(all, facts, world)]);
    if (best === undefined) continue;
    const still = unmetOn(all, facts, on);
    const steps = stepsOf(best.way, still, waysOf, holds);
    const waits = unmet.flatMap((rule) => {
      const from = holds.get(rule.id);
      return still.includes(rule) || from === undefined ? [] : [{ ...hintOf(rule), from }];
    });
    return { kind: 'path', on, steps, waits, shortest: best.sure };
  }
  return { kind: 'none', rules: (blocking.length > 0 ? blocking : unmet).map(hintOf) };
}

/** The first of the days on which each rule holds with the facts as they are. */
function daysOfHolding(
  compiled: CompiledPolicy,
  facts: ScreeningFacts,
  unmet: readonly Rule[],
  days: readonly string[],
): Map<string, string> {
  const holds = new Map<string, string>();
  for (const day of unmet.length > 0 ? days : []) {
    const still = unmetOn(compiled, facts, day);
    for (const rule of unmet) if (!holds.has(rule.id) && !still.includes(rule)) holds.set(rule.id, day);
  }
  return holds;
}

function unmetOn(compiled: CompiledPolicy, facts: ScreeningFacts, day: string): Rule[] {
  const { rules } = compiled.evaluate(facts, day);
  return compiled.data.rules.filter((_rule, at) => rules[at]?.outcome !== 'pass');
}

/** The ways to make a rule pass; found once for each rule. */
function waysWithin(world: World): (rule: Rule) => Ways {
  const known = new Map<Rule, Ways>();
  return (rule) => {
    const ways = known.get(rule) ?? waysToPass(rule, world);
    known.set(rule, ways);
    return ways;
  };
}

function waysToPass({ when, must }: Rule, world: World): Ways {
  const met = waysTo(must, true, world);
  return when === undefined ? met : eitherOf([waysTo(when, false, world), met]);
}

/** Whatever the rules ask, nothing passes below the floor, or while a source may not be asked or has not answered. */
function besidesRules({ data }: CompiledPolicy, facts: ScreeningFacts, world: World): Ways[] {
  const floor = data.scoring === undefined ? undefined : waysToFloor(data.scoring, world);
  const silent = (['credit', 'ip'] as const).filter((source) =>
    ['unavailable', 'no-consent'].includes(facts[source].kind),
  );
  const answers = silent.map((source) => waysTo({ path: source, op: 'present' }, true, world));
  return floor === undefined ? answers : [...answers, floor];
}

function stepsOf(
  best: Way,
  unmet: readonly Rule[],
  waysOf: (rule: Rule) => Ways,
  holds: ReadonlyMap<string, string>,
): PathStep[] {
  const owners = [...changesOf(best)].toSorted((one, other) => (one.path < other.path ? -1 : 1));
  return owners.map((owner): PathStep => {
    const facts = [...best].flatMap(([variable, bits]) => {
      if (variable.owner !== owner || variable.presence || mayStay(bits, variable.current)) return [];
      const suitable = variable.values.filter((_value, at) => mayStay(bits, at)).filter(isTold);
      return [{ path: variable.path, suitable }];
    });
    const served = unmet.filter((rule) => serves(owner, waysOf(rule)));
    const days = served.map((rule) => holds.get(rule.id) ?? '');
    const last = days.toSorted().at(-1);
    return {
      change: owner.change,
      path: owner.path,
      facts: facts.toSorted((one, other) => (one.path < other.path ? -1 : 1)),
      rules: served.map(hintOf),
      ...(last !== undefined && !days.includes('') && { holdsFrom: last }),
    };
  });
}

/** A change serves a rule if some way to make that rule pass takes it. */
function serves(owner: Owner, { ways }: Ways): boolean {
  return ways.some((way) => changesOf(way).has(owner));
}

function hintOf({ id, hint }: Rule): RuleHint {
  return { ruleId: id, hint };
}
