import { addDays } from '#packages/calendar';
import type { ScreeningFacts } from '../facts.ts';
import type { Scalar } from './conditions.ts';
import { compile, type CompiledPolicy } from './engine.ts';
import { addMonths } from './legal-date.ts';
import { isTold, type Owner, type Questions, questionsOf, type World, worldOf } from './path-facts.ts';
import { waysToFloor } from './path-points.ts';
import { bothOf, changesOf, costOf, eitherOf, mayStay, type Way, type Ways, waysTo } from './path-search.ts';
import type { Rule } from './policy-schema.ts';
import { type Change, possibleChanges } from './possible-changes.ts';

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
  const questions = questionsOf(compiled.data);
  const days = [today, ...turningDays(questions, facts, today)];
  const unmet = unmetOn(all, facts, today);
  const holds = new Map<string, string>();
  for (const day of days) {
    const still = unmetOn(all, facts, day);
    for (const { id } of unmet) if (!holds.has(id) && !still.some((rule) => rule.id === id)) holds.set(id, day);
  }
  const blocked = new Set(unmet);
  for (const on of days) {
    const world = worldOf(questions, facts, today, on);
    const wanted = waysToPass(all, facts, world);
    for (const { rule, ways } of wanted.rules) if (ways.ways.length > 0) blocked.delete(rule);
    const { ways, cut } = bothOf([...wanted.rules.map((rule) => rule.ways), ...wanted.others]);
    const [best] = ways.toSorted((one, other) => costOf(one) - costOf(other));
    if (best === undefined) continue;
    const still = unmetOn(all, facts, on);
    const steps = stepsOf(best, still, wanted.rules, holds);
    const waits = unmet.flatMap((rule) => {
      const from = holds.get(rule.id);
      return still.includes(rule) || from === undefined ? [] : [{ ...hintOf(rule), from }];
    });
    return { kind: 'path', on, steps, waits, shortest: !cut };
  }
  return { kind: 'none', rules: [...(blocked.size > 0 ? blocked : unmet)].map(hintOf) };
}

function unmetOn(compiled: CompiledPolicy, facts: ScreeningFacts, day: string): Rule[] {
  const { rules } = compiled.evaluate(facts, day);
  return compiled.data.rules.filter((_rule, at) => rules[at]?.outcome !== 'pass');
}

function waysToPass({ data }: CompiledPolicy, facts: ScreeningFacts, world: World) {
  const rules = data.rules.map((rule) => {
    const must = waysTo(rule.must, true, world);
    return { rule, ways: rule.when === undefined ? must : eitherOf([waysTo(rule.when, false, world), must]) };
  });
  const floor = data.scoring === undefined ? undefined : waysToFloor(data.scoring, world);
  // Whatever the rules ask, nothing passes while a source may not be asked or has not answered.
  const silent = (['credit', 'ip'] as const).filter((source) =>
    ['unavailable', 'no-consent'].includes(facts[source].kind),
  );
  const answers = silent.map((source) => waysTo({ path: source, op: 'present' }, true, world));
  return { rules, others: floor === undefined ? answers : [...answers, floor] };
}

function stepsOf(
  best: Way,
  unmet: readonly Rule[],
  wanted: readonly { rule: Rule; ways: Ways }[],
  holds: ReadonlyMap<string, string>,
): PathStep[] {
  return [...changesOf(best)].map((owner): PathStep => {
    const facts = [...best].flatMap(([variable, bits]) => {
      if (variable.owner !== owner || variable.presence || mayStay(bits, variable.current)) return [];
      const suitable = variable.values.filter((_value, at) => mayStay(bits, at)).filter(isTold);
      return [{ path: variable.path, suitable }];
    });
    const served = unmet.filter((rule) => serves(owner, wanted.find((one) => one.rule === rule)?.ways));
    const days = served.map((rule) => holds.get(rule.id) ?? '');
    const last = days.toSorted().at(-1);
    return {
      change: owner.change,
      path: owner.path,
      facts,
      rules: served.map(hintOf),
      ...(last !== undefined && !days.includes('') && { holdsFrom: last }),
    };
  });
}

/** A change serves a rule if some way to make that rule pass takes it. */
function serves(owner: Owner, ways: Ways | undefined): boolean {
  return ways?.ways.some((way) => changesOf(way).has(owner)) ?? false;
}

function hintOf({ id, hint }: Rule): RuleHint {
  return { ruleId: id, hint };
}

/**
 * The days after today on which time alone turns an answer: where a period of the facts' dates ends and the day after,
 * the same for what would happen today, and where a penalty's record can first be repaired.
 */
function turningDays({ comparisons }: Questions, facts: ScreeningFacts, today: string): string[] {
  const days = new Set<string>();
  const note = (day: string) => {
    if (day > today) days.add(day);
  };
  for (const [pattern, asked] of comparisons) {
    for (const comparison of asked) {
      if (comparison.op !== 'on-or-before' && comparison.op !== 'on-or-after') continue;
      if (comparison.value !== 'today') continue;
      for (const date of [today, ...valuesAt(facts, pattern)]) {
        if (typeof date !== 'string') continue;
        const end = addMonths(date, comparison.plusMonths ?? 0);
        note(comparison.op === 'on-or-before' ? end : addDays(end, 1));
      }
    }
  }
  for (const [pattern, { notBefore }] of Object.entries(possibleChanges)) {
    if (notBefore === undefined) continue;
    for (const item of valuesAt(facts, pattern.slice(0, pattern.lastIndexOf('.')))) {
      if (typeof item === 'object' && item !== null) note(notBefore({ ...item }) ?? today);
    }
  }
  return [...days].toSorted().slice(0, MAX_DAYS);
}

/** All values at a path with `[]` for the items of lists. */
function valuesAt(facts: ScreeningFacts, pattern: string): unknown[] {
  const { nomination, credit, ip } = facts;
  const root = {
    nomination: nomination.data,
    credit: 'data' in credit ? credit.data : {},
    ip: 'data' in ip ? ip.data : {},
  };
  let values: unknown[] = [root];
  for (const name of pattern.split('.')) {
    const key = name.replace('[]', '');
    const inner = values.map((value): unknown =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).find(([known]) => known === key)?.[1]
        : undefined,
    );
    values = name.endsWith('[]') ? inner.flat() : inner;
  }
  return values.filter((value) => value !== undefined);
}
