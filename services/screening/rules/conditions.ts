import type { Scalar } from './frames.ts';
import { combined, type Layout, layoutOf, listSlotOf, slotOf, type Spot, spotOf } from './layouts.ts';
import { dayBefore, lastStartWithin } from './legal-date.ts';
import { type Comparison, type Condition, MAX_DEPTH } from './policy-schema.ts';
import { type Asked, type AskedList, type Fact } from './telling.ts';
import { type Field, fieldAt, type Vocabulary } from './vocabulary.ts';

/** The dates that facts are compared with, one slot for each comparison: `limits` is `limitsOn` of the decision's day. */
export type DayTable = { limits: string[]; limitsOn: ((today: string) => string)[] };

/** What the rules of one policy share. */
export type Shared = { fields: Vocabulary; layout: Layout; days: DayTable };

export function sharedOf(fields: Vocabulary): Shared {
  return { fields, layout: layoutOf(), days: { limits: [], limitsOn: [] } };
}

/** Where it is answered whether one of some conditions holds, and the facts they ask for. */
export type CompiledQuestion = { answer: Spot; asked: Asked };

/** Compiles what one rule asks: whether any of the conditions holds. What is wrong with them goes to `refuse`. */
export function compileQuestion(
  conditions: readonly Condition[],
  shared: Shared,
  refuse: (message: string) => void,
): CompiledQuestion {
  const asked: Asked = [];
  const place = { ...shared, refuse, asked };
  const parts = conditions.map((condition) => compileCondition(condition, true, place, 1));
  return { answer: combined(shared.layout, 'any', parts), asked };
}

/** Where a condition stands while it is compiled. `facts` inside a quantifier takes what is asked of the items. */
type Place = Shared & { refuse: (message: string) => void; asked: Asked; facts?: Fact[] };

/** Stands where a question cannot be asked; the policy is then refused. */
const undecidable: Spot = { number: -1, at: 0, shift: 0 };

/**
 * Writes down the question whether a condition holds or, where that is not `wanted`, whether it does not hold. "Not" is
 * carried down to the comparisons, so that no question is made of the opposite of another.
 */
function compileCondition(condition: Condition, wanted: boolean, place: Place, depth: number): Spot {
  if (depth > MAX_DEPTH) {
    place.refuse(`conditions are nested more than ${MAX_DEPTH} deep`);
    return undecidable;
  }
  const inner = (part: Condition) => compileCondition(part, wanted, place, depth + 1);
  if ('all' in condition) return combined(place.layout, wanted ? 'all' : 'any', condition.all.map(inner));
  if ('any' in condition) return combined(place.layout, wanted ? 'any' : 'all', condition.any.map(inner));
  if ('not' in condition) return compileCondition(condition.not, !wanted, place, depth + 1);
  if ('some' in condition) return compileItems(condition.some, wanted, place, depth);
  if ('none' in condition) return compileItems(condition.none, !wanted, place, depth);
  return compileComparison(condition, wanted, place);
}

/** Asks whether some item of a list is so or, where that is not wanted, whether none is. */
function compileItems(
  { of, where }: { of: string; where: Condition },
  wanted: boolean,
  place: Place,
  depth: number,
): Spot {
  const field = fieldAt(place.fields, of);
  if (place.facts !== undefined || field?.type !== 'list') {
    place.refuse(`"${of}" is not a list whose items can be asked`);
    return undecidable;
  }
  const list = listSlotOf(place.layout, of);
  const layout = place.layout.lists[list]?.layout ?? layoutOf();
  const asked = askedList(place.asked, list, of);
  const item = compileCondition(where, true, { ...place, fields: field.fields, layout, facts: asked.facts }, depth + 1);
  asked.wheres.push(item);
  const key = `items ${list} ${item.number} ${wanted}`;
  return spotOf(place.layout, key, (spot) => ({ kind: 'items', list, where: item, wanted, spot }));
}

function compileComparison(comparison: Comparison, wanted: boolean, place: Place): Spot {
  const { layout } = place;
  const { path } = comparison;
  const field = fieldAt(place.fields, path);
  const key = JSON.stringify([wanted, comparison]);
  if (!('value' in comparison)) {
    if (field === undefined) place.refuse(`there is no fact "${path}"`);
    const slot = ask(path, false, place);
    const there = (comparison.op === 'present') === wanted;
    return spotOf(layout, `${path} ${there}`, (spot) => ({ kind: 'presence', slot, wanted: there, spot }));
  }
  const slot = ask(path, true, place);
  const misfit = (operand: unknown) => {
    const which =
      field === undefined ? 'there is no fact' : `"${comparison.op}" of ${JSON.stringify(operand)} does not fit`;
    place.refuse(`${which} "${path}"`);
    return undecidable;
  };
  if ((comparison.op === 'in' || comparison.op === 'not-in') && !Array.isArray(comparison.value)) {
    const other = comparison.value.path;
    if (field?.type !== 'text' || fieldAt(place.fields, other)?.type !== 'texts') return misfit(comparison.value);
    const among = ask(other, true, place);
    const found = (comparison.op === 'in') === wanted;
    return spotOf(layout, key, (spot) => ({ kind: 'membership', slot, among, wanted: found, spot }));
  }
  const holds = predicate(comparison, field, place.days);
  if (holds === undefined) return misfit(comparison.value);
  const words = wordsOf(comparison);
  // The limit of a date is the last that was added to the table.
  const limit = place.days.limitsOn.length - 1;
  const date = field?.type === 'date' ? { limit, before: comparison.op === 'on-or-before' } : undefined;
  return spotOf(layout, key, (spot) => ({ kind: 'value', slot, holds, wanted, words, date, spot }));
}

/** The values that a comparison tells from all others, where that is all it does. */
function wordsOf(comparison: Comparison): readonly Scalar[] | undefined {
  if (comparison.op === 'equals') return [comparison.value];
  if (comparison.op !== 'in' && comparison.op !== 'not-in') return undefined;
  return Array.isArray(comparison.value) ? comparison.value : undefined;
}

/** What a rule asks of a list, made where it asks for the first time. */
function askedList(asked: Asked, list: number, path: string): AskedList {
  const known = asked.find((one): one is AskedList => one.list === list);
  if (known !== undefined) return known;
  const first: AskedList = { list, path, facts: [], wheres: [] };
  asked.push(first);
  return first;
}

/** Notes that a fact is asked for, once per rule and once per item, and gives its slot. */
function ask(path: string, needed: boolean, { layout, asked, facts }: Place): number {
  const slot = slotOf(layout, path);
  const before = facts ?? asked;
  const known = before.find((one) => 'slot' in one && one.slot === slot);
  if (known === undefined) before.push({ slot, path, needed });
  else if (needed && 'needed' in known) known.needed = true;
  return slot;
}

/** The last date that is still before (or just too early to be after) the limit, as of `today`. */
export function limitOn(
  comparison: Extract<Comparison, { op: 'on-or-before' | 'on-or-after' }>,
  today: string,
): string {
  const { value, plusMonths = 0 } = comparison;
  const day = value === 'today' ? today : value;
  // "On or after the limit" is "not on or before the day before it".
  return lastStartWithin(comparison.op === 'on-or-before' ? day : dayBefore(day), plusMonths);
}

/** What is asked of a fact that is there; nothing where the question does not fit the fact's type. */
export function predicate(
  comparison: Comparison,
  field: Field | undefined,
  days: DayTable,
): ((value: unknown) => boolean) | undefined {
  switch (comparison.op) {
    case 'equals': {
      const expected = comparison.value;
      return fits(field, expected) ? (value) => value === expected : undefined;
    }
    case 'in':
    case 'not-in': {
      if (!Array.isArray(comparison.value) || !comparison.value.every((word) => fits(field, word))) return undefined;
      const words: ReadonlySet<unknown> = new Set(comparison.value);
      return comparison.op === 'in' ? (value) => words.has(value) : (value) => !words.has(value);
    }
    case 'begins-with': {
      const beginnings = comparison.value;
      if (field?.type !== 'text') return undefined;
      return (value) => typeof value === 'string' && beginsWithOne(value, beginnings);
    }
    case 'at-least':
    case 'at-most': {
      const bound = comparison.value;
      if (field?.type !== 'number') return undefined;
      return comparison.op === 'at-least' ? (value) => Number(value) >= bound : (value) => Number(value) <= bound;
    }
    case 'on-or-before':
    case 'on-or-after': {
      if (field?.type !== 'date') return undefined;
      const before = comparison.op === 'on-or-before';
      const slot = days.limitsOn.push((today) => limitOn(comparison, today)) - 1;
      return (value) => (typeof value === 'string' && value <= (days.limits[slot] ?? '')) === before;
    }
    case 'present':
    case 'absent':
      return undefined;
  }
}

/** Letter by letter: the first mostly tells, and a call of `startsWith` for each costs several times as much. */
function beginsWithOne(text: string, beginnings: readonly string[]): boolean {
  for (const beginning of beginnings) {
    let at = 0;
    while (at < beginning.length && text.charCodeAt(at) === beginning.charCodeAt(at)) at += 1;
    if (at === beginning.length) return true;
  }
  return false;
}

function fits(field: Field | undefined, value: Scalar): boolean {
  if (field?.type !== 'text') return field?.type === typeof value;
  return typeof value === 'string' && (field.words === undefined || field.words.includes(value));
}
