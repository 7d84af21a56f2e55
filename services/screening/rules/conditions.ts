import { type Frame, type Layout, type Scalar, isScalar, isTexts, layoutOf, listSlotOf, slotOf } from './frames.ts';
import { and, NO, not, or, UNKNOWN, type Verdict, YES } from './kleene.ts';
import { dayBefore, lastStartWithin } from './legal-date.ts';
import { type Comparison, type Condition, MAX_DEPTH } from './policy-schema.ts';
import { type Asked, type Fact, type Plan, planOf } from './telling.ts';
import { type Field, fieldAt, type Vocabulary } from './vocabulary.ts';

/** A compiled condition: a function of the facts or, inside a quantifier, of one item. */
export type Test = (frame: Frame) => Verdict;

/** The dates that facts are compared with, one slot for each comparison: `limits` is `limitsOn` of the decision's day. */
export type DayTable = { limits: string[]; limitsOn: ((today: string) => string)[] };

/** What the rules of one policy share. */
export type Shared = { fields: Vocabulary; layout: Layout; days: DayTable; plans: Map<string, number> };

export function sharedOf(fields: Vocabulary): Shared {
  return { fields, layout: layoutOf(), days: { limits: [], limitsOn: [] }, plans: new Map() };
}

/** Conditions that are asked together, and what they tell of the facts they asked for. */
export type Question = { tests: Test[]; plan: Plan };

/** Compiles the conditions of one rule; what is wrong with them goes to `refuse`. */
export function compileQuestion(
  conditions: readonly Condition[],
  shared: Shared,
  refuse: (message: string) => void,
): Question {
  const asked: Asked = [];
  const place = { ...shared, refuse, asked };
  const tests = conditions.map((condition) => compileCondition(condition, place, 1));
  return { tests, plan: planOf(asked, shared.plans) };
}

/** Where a condition stands while it is compiled. `facts` inside a quantifier takes what is asked of the items. */
type Place = Shared & { refuse: (message: string) => void; asked: Asked; facts?: Fact[] };

const undecidable: Test = () => UNKNOWN;

function compileCondition(condition: Condition, place: Place, depth: number): Test {
  if (depth > MAX_DEPTH) {
    place.refuse(`conditions are nested more than ${MAX_DEPTH} deep`);
    return undecidable;
  }
  const inner = (part: Condition) => compileCondition(part, place, depth + 1);
  if ('all' in condition) return allOf(condition.all.map(inner));
  if ('any' in condition) return anyOf(condition.any.map(inner));
  if ('not' in condition) return opposite(inner(condition.not));
  if ('some' in condition) return compileItems(condition.some, YES, place, depth);
  if ('none' in condition) return compileItems(condition.none, NO, place, depth);
  return compileComparison(condition, place);
}

function opposite(test: Test): Test {
  return (frame) => not(test(frame));
}

/** Stops where the rest cannot change the verdict; what is told of the facts does not hang on it (`telling.ts`). */
export function allOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (frame) => {
    let verdict: Verdict = YES;
    for (const test of tests) {
      verdict = and(verdict, test(frame));
      if (verdict === NO) return NO;
    }
    return verdict;
  };
}

export function anyOf(tests: readonly Test[]): Test {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (frame) => {
    let verdict: Verdict = NO;
    for (const test of tests) {
      verdict = or(verdict, test(frame));
      if (verdict === YES) return YES;
    }
    return verdict;
  };
}

/** Asks the items of a list; `found` is what it means that one is so. */
function compileItems(
  { of, where }: { of: string; where: Condition },
  found: Verdict,
  place: Place,
  depth: number,
): Test {
  const field = fieldAt(place.fields, of);
  if (place.facts !== undefined || field?.type !== 'list') {
    place.refuse(`"${of}" is not a list whose items can be asked`);
    return undecidable;
  }
  const list = listSlotOf(place.layout, of);
  const layout = place.layout.lists[list]?.layout ?? layoutOf(of);
  const facts: Fact[] = [];
  const test = compileCondition(where, { ...place, fields: field.fields, layout, facts }, depth + 1);
  place.asked.push({ list, path: of, facts, where: test });
  const notFound = not(found);
  return (frame) => {
    const items = frame.items[list];
    if (items === undefined) return UNKNOWN;
    let verdict = notFound;
    for (const item of items) {
      const one = test(item);
      if (one === YES) return found;
      if (one === UNKNOWN) verdict = UNKNOWN;
    }
    return verdict;
  };
}

function compileComparison(comparison: Comparison, place: Place): Test {
  const { path } = comparison;
  const field = fieldAt(place.fields, path);
  if (!('value' in comparison)) {
    if (field === undefined) place.refuse(`there is no fact "${path}"`);
    const slot = ask(path, false, place);
    const there = comparison.op === 'present' ? YES : NO;
    const missing = not(there);
    return ({ values }) => (values[slot] === undefined ? missing : there);
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
    const found = comparison.op === 'in' ? YES : NO;
    const otherSlot = ask(other, true, place);
    return ({ values }) => {
      const word = values[slot];
      const words = values[otherSlot];
      if (!isScalar(word) || !isTexts(words)) return UNKNOWN;
      return words.some((known) => known === word) ? found : not(found);
    };
  }
  const holds = predicate(comparison, field, place.days);
  if (holds === undefined) return misfit(comparison.value);
  return ({ values }) => {
    const value = values[slot];
    return value === undefined ? UNKNOWN : holds(value) ? YES : NO;
  };
}

/** Notes that a fact is asked for, once per rule and once per item, and gives its slot. */
function ask(path: string, needed: boolean, { layout, asked, facts }: Place): number {
  const slot = slotOf(layout, path);
  const before = facts ?? asked;
  const known = before.find((one) => 'slot' in one && one.slot === slot);
  if (known === undefined) before.push({ slot, needed });
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
      return (value) => {
        for (const beginning of beginnings) if (typeof value === 'string' && value.startsWith(beginning)) return true;
        return false;
      };
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

function fits(field: Field | undefined, value: Scalar): boolean {
  if (field?.type !== 'text') return field?.type === typeof value;
  return typeof value === 'string' && (field.words === undefined || field.words.includes(value));
}
