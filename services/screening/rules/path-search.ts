import { type DayTable, predicate } from './conditions.ts';
import { factVocabulary } from './fact-vocabulary.ts';
import type { Item, Owner, Variable, World } from './path-facts.ts';
import type { Comparison, Condition } from './policy-schema.ts';
import { fieldAt } from './vocabulary.ts';

/**
 * One way to make something true: for each fact that matters the values it may have, as bits. Facts that are not named
 * may have any. It costs nothing where every fact may stay as it is.
 */
export type Way = ReadonlyMap<Variable, bigint>;

/** Every way that no other one makes needless, the cheapest first, and what the cheapest given up would cost at least. */
export type Ways = { ways: readonly Way[]; givenUpFrom: number };

/** So many ways are followed at once; of more the dearest are given up. */
const MAX_WAYS = 128;

const always: Ways = { ways: [new Map()], givenUpFrom: Infinity };
const never: Ways = { ways: [], givenUpFrom: Infinity };

/** All the ways to bring a condition to a sure yes, or to a sure no. */
export function waysTo(condition: Condition, wanted: boolean, world: World, item?: Item): Ways {
  const part = (inner: Condition) => waysTo(inner, wanted, world, item);
  if ('all' in condition) return wanted ? bothOf(condition.all.map(part)) : eitherOf(condition.all.map(part));
  if ('any' in condition) return wanted ? eitherOf(condition.any.map(part)) : bothOf(condition.any.map(part));
  if ('not' in condition) return waysTo(condition.not, !wanted, world, item);
  if ('some' in condition) return waysInList(condition.some, wanted, world);
  if ('none' in condition) return waysInList(condition.none, !wanted, world);
  const variable = world.variable(condition.path, item);
  return among(variable, answers(condition, variable, world, item), wanted);
}

/** `wanted`: that some item of the list is so; or that none is. */
function waysInList({ of, where }: { of: string; where: Condition }, wanted: boolean, world: World): Ways {
  const list = world.variable(of);
  const there = among(
    list,
    list.values.map((value) => value !== undefined),
    true,
  );
  const each = world.items(of).map((item) => {
    const so = waysTo(where, wanted, world, item);
    if (item.exists === undefined) return so;
    const exists = among(item.exists, [false, true], true);
    return wanted ? bothOf([exists, so]) : eitherOf([among(item.exists, [false, true], false), so]);
  });
  return bothOf([there, wanted ? eitherOf(each) : bothOf(each)]);
}

/** What a comparison answers for each value of the fact; nothing for a missing one, unless it asks just that. */
function answers(comparison: Comparison, { values }: Variable, world: World, item?: Item): (boolean | undefined)[] {
  if (!('value' in comparison)) return values.map((value) => (value !== undefined) === (comparison.op === 'present'));
  if ((comparison.op === 'in' || comparison.op === 'not-in') && !Array.isArray(comparison.value)) {
    const words = world.texts(comparison.value.path);
    const included = comparison.op === 'in';
    return values.map((value) =>
      value === undefined ? undefined : words?.some((word) => word === value) === included && words !== undefined,
    );
  }
  const list = item === undefined ? undefined : fieldAt(factVocabulary, item.pattern.slice(0, -2));
  const fields = list?.type === 'list' ? list.fields : factVocabulary;
  const days: DayTable = { limits: [], limitsOn: [] };
  const holds = predicate(comparison, fieldAt(fields, comparison.path), days);
  days.limits = days.limitsOn.map((limit) => limit(world.on));
  return values.map((value) => (value === undefined ? undefined : holds?.(value)));
}

function among(variable: Variable, answered: readonly (boolean | undefined)[], wanted: boolean): Ways {
  let bits = 0n;
  for (const [at, answer] of answered.entries()) if (answer === wanted) bits |= 1n << BigInt(at);
  if (bits === 0n) return never;
  return bits === allOf(variable) ? always : { ways: [new Map([[variable, bits]])], givenUpFrom: Infinity };
}

function allOf({ values }: Variable): bigint {
  return (1n << BigInt(values.length)) - 1n;
}

export function eitherOf(parts: readonly Ways[]): Ways {
  return fewest(
    parts.flatMap(({ ways }) => ways),
    Math.min(...parts.map(({ givenUpFrom }) => givenUpFrom)),
  );
}

/** A whole costs no less than each of its parts, so what was given up in a part bounds the whole as well. */
export function bothOf(parts: readonly Ways[]): Ways {
  let all = always;
  for (const { ways, givenUpFrom } of parts.toSorted((one, other) => one.ways.length - other.ways.length)) {
    const joined = all.ways.flatMap((left) => ways.map((right) => join(left, right)));
    all = fewest(
      joined.filter((way) => way !== undefined),
      Math.min(all.givenUpFrom, givenUpFrom),
    );
  }
  return all;
}

function join(left: Way, right: Way): Way | undefined {
  const joined = new Map(left);
  for (const [variable, bits] of right) {
    const common = bits & (left.get(variable) ?? bits);
    if (common === 0n) return undefined;
    joined.set(variable, common);
  }
  return joined;
}

/** Leaves out every way that asks for all that another one asks for. */
function fewest(ways: readonly Way[], givenUpFrom: number): Ways {
  if (ways.length < 2) return { ways, givenUpFrom };
  const cheap = ways.map((way) => ({ way, cost: costOf(way) })).toSorted((one, other) => one.cost - other.cost);
  const kept: Way[] = [];
  for (const { way, cost } of cheap) {
    if (kept.some((other) => demandsLess(other, way))) continue;
    if (kept.length === MAX_WAYS) return { ways: kept, givenUpFrom: Math.min(givenUpFrom, cost) };
    kept.push(way);
  }
  return { ways: kept, givenUpFrom };
}

function demandsLess(left: Way, right: Way): boolean {
  for (const [variable, bits] of left) {
    const other = right.get(variable);
    if (other === undefined || (other & ~bits) !== 0n) return false;
  }
  return true;
}

/** Whatever must be changed for it. */
export function changesOf(way: Way): Set<Owner> {
  const owners = new Set<Owner>();
  for (const [{ owner, current }, bits] of way) {
    if (owner !== undefined && !mayStay(bits, current)) owners.add(owner);
  }
  return owners;
}

/** Whether the value that a fact has now is among those it may have. */
export function mayStay(bits: bigint, current: number): boolean {
  return current >= 0 && ((bits >> BigInt(current)) & 1n) === 1n;
}

/** How many changes, and among as many rather those of what is there than of what would have to be obtained. */
export function costOf(way: Way): number {
  let cost = 0;
  for (const { obtained } of changesOf(way)) cost += obtained ? 1.001 : 1;
  return cost;
}

/**
 * The cheapest way to have all of it, and whether it is sure that none is cheaper. Parts that depend on no common change
 * are solved apart: their costs add up, and their ways need not be multiplied.
 */
export function cheapest(parts: readonly Ways[]): { way: Way; sure: boolean } | undefined {
  if (parts.some(({ ways }) => ways.length === 0)) return undefined;
  const whole = new Map<Variable, bigint>();
  let sure = true;
  for (const group of independent(parts)) {
    const { ways, givenUpFrom } = bothOf(group);
    const [best] = ways.toSorted((one, other) => costOf(one) - costOf(other));
    if (best === undefined) return undefined;
    sure &&= costOf(best) <= givenUpFrom;
    for (const [variable, bits] of best) whole.set(variable, bits);
  }
  return { way: whole, sure };
}

function independent(parts: readonly Ways[]): Ways[][] {
  let groups: { owners: Set<Owner | undefined>; parts: Ways[] }[] = [];
  for (const part of parts) {
    const owners = new Set(part.ways.flatMap((way) => [...way.keys()].map(({ owner }) => owner)));
    const touching = groups.filter((group) => [...owners].some((owner) => group.owners.has(owner)));
    const merged = {
      owners: new Set([...owners, ...touching.flatMap((group) => [...group.owners])]),
      parts: [part, ...touching.flatMap((group) => group.parts)],
    };
    groups = [...groups.filter((group) => !touching.includes(group)), merged];
  }
  return groups.map((group) => group.parts);
}
