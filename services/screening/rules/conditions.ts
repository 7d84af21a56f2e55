import { and, NO, not, or, UNKNOWN, type Verdict, YES } from './kleene.ts';
import { dayBefore, lastStartWithin } from './legal-date.ts';
import { type Comparison, type Condition, MAX_DEPTH } from './policy-schema.ts';
import { type Field, fieldAt, type Vocabulary } from './vocabulary.ts';

export type Scalar = string | number | boolean;

/** One fact that a rule looked at: its value, how many items a list has, that a record is there, or that it is missing. */
export type Read =
  | { path: string; value: Scalar | readonly string[] }
  | { path: string; count: number }
  | { path: string; present: true }
  | { path: string; missing: true };

/** What an evaluation leaves behind. `missing` holds the facts that were asked for and not there. */
export type Trace = { read: Read[]; missing: string[] };

/** A compiled condition. `root` is the facts or, inside a quantifier, item number `index` of its list. */
export type Test = (root: unknown, trace: Trace, index: number) => Verdict;

/** The dates that facts are compared with, one slot for each comparison: `limits` is `limitsOn` of the decision's day. */
export type DayTable = { limits: string[]; limitsOn: ((today: string) => string)[] };

/** Where a condition stands while it is compiled. */
export type Place = {
  fields: Vocabulary;
  days: DayTable;
  /** Collects what is wrong with the policy. */
  refuse: (message: string) => void;
  /** Paths whose value the trace already has: a fact is told once per rule, and once per item. */
  told: Set<string>;
  /** The list whose items are asked, inside a quantifier. */
  list?: string;
};

/** Of a list's items the trace tells so many, and of the others as many again that decide. */
const MAX_TOLD_ITEMS = 20;

const undecidable: Test = () => UNKNOWN;

/**
 * Makes a function of a condition. Every part is evaluated, also when the rest has decided already: the trace is then
 * the same whatever the order of the parts, and tells all that is wrong at once.
 */
export function compileCondition(condition: Condition, place: Place, depth = 1): Test {
  if (depth > MAX_DEPTH) {
    place.refuse(`conditions are nested more than ${MAX_DEPTH} deep`);
    return undecidable;
  }
  const inner = (part: Condition) => compileCondition(part, place, depth + 1);
  if ('all' in condition) return allOf(condition.all.map(inner));
  if ('any' in condition) return anyOf(condition.any.map(inner));
  if ('not' in condition) {
    const test = inner(condition.not);
    return (root, trace, index) => not(test(root, trace, index));
  }
  if ('some' in condition) return compileSome(condition.some, place, depth);
  if ('none' in condition) {
    const some = compileSome(condition.none, place, depth);
    return (root, trace, index) => not(some(root, trace, index));
  }
  return compileComparison(condition, place);
}

function allOf(tests: readonly Test[]): Test {
  return (root, trace, index) => {
    let verdict: Verdict = YES;
    for (const test of tests) verdict = and(verdict, test(root, trace, index));
    return verdict;
  };
}

function anyOf(tests: readonly Test[]): Test {
  return (root, trace, index) => {
    let verdict: Verdict = NO;
    for (const test of tests) verdict = or(verdict, test(root, trace, index));
    return verdict;
  };
}

function compileSome({ of, where }: { of: string; where: Condition }, place: Place, depth: number): Test {
  const field = fieldAt(place.fields, of);
  if (place.list !== undefined || field?.type !== 'list') {
    place.refuse(`"${of}" is not a list whose items can be asked`);
    return undecidable;
  }
  const test = compileCondition(where, { ...place, fields: field.fields, told: new Set(), list: of }, depth + 1);
  const get = getter(of);
  return (root, trace) => {
    const items = get(root);
    if (!Array.isArray(items)) {
      trace.read.push({ path: of, missing: true });
      trace.missing.push(of);
      return UNKNOWN;
    }
    trace.read.push({ path: of, count: items.length });
    let verdict: Verdict = NO;
    let told = 0;
    for (let index = 0; index < items.length; index += 1) {
      const before = trace.read.length;
      const itemVerdict = test(items[index], trace, index);
      verdict = or(verdict, itemVerdict);
      if (index < MAX_TOLD_ITEMS) continue;
      if (itemVerdict !== NO && told < MAX_TOLD_ITEMS) told += 1;
      else trace.read.length = before;
    }
    return verdict;
  };
}

function compileComparison(comparison: Comparison, place: Place): Test {
  const { path } = comparison;
  const field = fieldAt(place.fields, path);
  const look = reader(path, place);
  if (!('value' in comparison)) {
    if (field === undefined) place.refuse(`there is no fact "${path}"`);
    const whenThere = comparison.op === 'present' ? YES : NO;
    return (root, trace, index) => (look(root, trace, index, false) === undefined ? not(whenThere) : whenThere);
  }
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
    const lookOther = reader(other, place);
    return (root, trace, index) => {
      const word = look(root, trace, index, true);
      const words = lookOther(root, trace, index, true);
      if (!isScalar(word) || !isTexts(words)) return UNKNOWN;
      return words.some((known) => known === word) ? found : not(found);
    };
  }
  const holds = predicate(comparison, field, place.days);
  if (holds === undefined) return misfit(comparison.value);
  return (root, trace, index) => {
    const value = look(root, trace, index, true);
    if (!isScalar(value)) return UNKNOWN;
    return holds(value) ? YES : NO;
  };
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
): ((value: Scalar) => boolean) | undefined {
  switch (comparison.op) {
    case 'equals': {
      const expected = comparison.value;
      return fits(field, expected) ? (value) => value === expected : undefined;
    }
    case 'in':
    case 'not-in': {
      const words = comparison.value;
      const included = comparison.op === 'in';
      if (!Array.isArray(words) || !words.every((word) => fits(field, word))) return undefined;
      return (value) => words.some((word) => word === value) === included;
    }
    case 'begins-with': {
      const beginnings = comparison.value;
      if (field?.type !== 'text') return undefined;
      return (value) => beginnings.some((beginning) => String(value).startsWith(beginning));
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
      return (value) => String(value) <= (days.limits[slot] ?? '') === before;
    }
    case 'present':
    case 'absent':
      return undefined;
  }
}

/** Reads one fact and tells the trace; `needed` says that its absence leaves the question open. */
function reader(path: string, place: Place) {
  const get = getter(path);
  const name = namer(path, place);
  const tells = !place.told.has(path);
  place.told.add(path);
  return (root: unknown, trace: Trace, index: number, needed: boolean): unknown => {
    const value = get(root) ?? undefined;
    if (tells) trace.read.push(readOf(name(index), value));
    if (needed && value === undefined) trace.missing.push(name(index));
    return value;
  };
}

function fits(field: Field | undefined, value: Scalar): boolean {
  if (field?.type !== 'text') return field?.type === typeof value;
  return typeof value === 'string' && (field.words === undefined || field.words.includes(value));
}

export function getter(path: string): (root: unknown) => unknown {
  const dot = path.lastIndexOf('.');
  const key = path.slice(dot + 1);
  if (dot === -1) return (root) => (isRecord(root) ? root[key] : undefined);
  const parentOf = getter(path.slice(0, dot));
  return (root) => {
    const parent = parentOf(root);
    return isRecord(parent) ? parent[key] : undefined;
  };
}

/** How the trace calls a fact: `credit.lists[2].kind` inside a quantifier. Names are made once. */
function namer(path: string, { list }: Place): (index: number) => string {
  if (list === undefined) return () => path;
  const names: string[] = [];
  return (index) => {
    const name = (names[index] ??= `${list}[${index}].${path}`);
    return name;
  };
}

function readOf(path: string, value: unknown): Read {
  if (isScalar(value)) return { path, value };
  if (!isRecord(value)) return { path, missing: true };
  if (isTexts(value)) return { path, value };
  return Array.isArray(value) ? { path, count: value.length } : { path, present: true };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
