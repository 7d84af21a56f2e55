import { addDays } from '#packages/calendar';
import type { ScreeningFacts } from '../facts.ts';
import { limitOn } from './conditions.ts';
import { factVocabulary } from './fact-vocabulary.ts';
import { getter, isRecord, isScalar, isTexts, type Scalar } from './frames.ts';
import type { Comparison, Condition, Policy } from './policy-schema.ts';
import { type Change, leftOut, obtainable, possibleChanges, statable } from './possible-changes.ts';
import { type Field, fieldAt } from './vocabulary.ts';

/** What is changed at one go, and counts as one step: a fact, a right that is obtained, or all that a source answers. */
export type Owner = { path: string; change: Change; obtained: boolean };

/** A fact, and the values that stand for all it could be; none but its own where nothing can change it. */
export type Variable = {
  path: string;
  owner: Owner | undefined;
  values: readonly (Scalar | undefined)[];
  /** Where in `values` it is now; nowhere for what an item that does not exist yet would have to have. */
  current: number;
  /** Says only whether something is there, and has no value of its own to tell. */
  presence?: true;
};

/** An item of a list: one that is there, or the room for one that could be obtained, with whether it exists. */
export type Item = { label: string; pattern: string; data: unknown; exists?: Variable; owner?: Owner };

/** The facts as something that can be changed, on the legal date `on`, where today is `today`. */
export type World = {
  on: string;
  variable(path: string, item?: Item): Variable;
  /** The texts that a fact of several holds. */
  texts(path: string): readonly string[] | undefined;
  items(list: string): readonly Item[];
};

/** What a policy asks of each fact, by its path with `[]` for items, and how often it asks for some item of a list. */
export type Questions = { comparisons: ReadonlyMap<string, readonly Comparison[]>; lists: ReadonlyMap<string, number> };

/** A word that none of the policy's words begins or equals contains this, and no fact does. */
const otherWord = '~';
/** So many rights at most are thought of as obtained; one for each time a policy asks for some is always enough. */
const MAX_OBTAINED = 4;

export function questionsOf({ rules, scoring }: Policy): Questions {
  const comparisons = new Map<string, Comparison[]>();
  const lists = new Map<string, number>();
  /** `asks`: that the condition be so, and not that it be not. One more item helps only where some is asked for. */
  const walk = (condition: Condition, prefix: string, asks: boolean): void => {
    if ('all' in condition) for (const part of condition.all) walk(part, prefix, asks);
    else if ('any' in condition) for (const part of condition.any) walk(part, prefix, asks);
    else if ('not' in condition) walk(condition.not, prefix, !asks);
    else if ('some' in condition || 'none' in condition) {
      const { of, where } = 'some' in condition ? condition.some : condition.none;
      if ('some' in condition === asks) lists.set(of, (lists.get(of) ?? 0) + 1);
      walk(where, `${of}[].`, asks);
    } else {
      const pattern = `${prefix}${condition.path}`;
      comparisons.set(pattern, [...(comparisons.get(pattern) ?? []), condition]);
    }
  };
  for (const { when, must } of rules) {
    if (when !== undefined) walk(when, '', false);
    walk(must, '', true);
  }
  // Points matter to the outcome only where there is a floor. A row may be wanted to hold, or an earlier one not to.
  const tables = scoring?.floor === undefined ? [] : scoring.tables;
  for (const { hitPolicy, rows } of tables) {
    for (const { when } of rows) {
      walk(when, '', true);
      if (hitPolicy === 'first') walk(when, '', false);
    }
  }
  return { comparisons, lists };
}

export function worldOf(questions: Questions, facts: ScreeningFacts, today: string, on: string): World {
  const root = { nomination: facts.nomination.data, credit: dataOf(facts.credit), ip: dataOf(facts.ip) };
  const owners = new Map<string, Owner>();
  const variables = new Map<string, Variable>();
  const lists = new Map<string, readonly Item[]>();
  const owner = (path: string, change: Change, obtained = false): Owner => {
    const known = owners.get(path) ?? { path, change, obtained };
    owners.set(path, known);
    return known;
  };
  const texts = (path: string) => {
    const value = getter(path)(root);
    return isTexts(value) ? value : undefined;
  };

  /** Who would have to speak for a missing fact at the top to be there, if anyone can. */
  const givenBy = (path: string): Owner | undefined => {
    const [source = ''] = path.split('.');
    if (getter(source)(root) === undefined) return owner(source, 'answer');
    const parts = path.split('.').map((_part, at, names) => names.slice(0, at + 1).join('.'));
    const missing = parts.find((part) => getter(part)(root) === undefined);
    return missing !== undefined && statable.has(missing) ? owner(missing, 'state') : undefined;
  };

  const create = (path: string, pattern: string, item: Item | undefined): Variable => {
    const value = getter(item === undefined ? path : pattern.slice(pattern.indexOf('[].') + 3))(item?.data ?? root);
    const now = isScalar(value) ? value : value === undefined ? undefined : true;
    const free = item === undefined ? (now === undefined ? givenBy(path) : undefined) : item.owner;
    if (free !== undefined) {
      const missing = item === undefined || leftOut.has(path.slice(path.lastIndexOf('.') + 1));
      return {
        path,
        owner: free,
        values: [...(missing ? [undefined] : []), ...valuesOf(pattern)],
        current: missing ? 0 : -1,
      };
    }
    const fixed: Variable = { path, owner: undefined, values: [now], current: 0 };
    const possible = possibleChanges[pattern];
    if (possible === undefined) return fixed;
    const { change, to, from, notBefore } = possible;
    if (to === 'day') {
      if (now !== undefined || !isRecord(item?.data)) return fixed;
      const earliest = [today, notBefore?.(item.data) ?? today].toSorted().at(-1) ?? today;
      const days = [...new Set([earliest, on, ...valuesOf(pattern)])].filter((day) => earliest <= day && day <= on);
      return { path, owner: owner(path, change), values: [undefined, ...days], current: 0 };
    }
    if (now === undefined || (from !== undefined && !from.some((word) => word === now))) return fixed;
    const values = (to === 'any' ? valuesOf(pattern) : to).filter((other) => other !== now);
    return { path, owner: owner(path, change), values: [now, ...values], current: 0 };
  };

  /** One value for every way in which the policy's questions can be answered. */
  const valuesOf = (pattern: string): Scalar[] => {
    const asked = questions.comparisons.get(pattern) ?? [];
    const field = fieldOf(pattern);
    const values = asked.flatMap((comparison) => representatives(comparison, field, on, texts));
    switch (field?.type) {
      case 'text':
        return field.words === undefined ? [...new Set([...values, otherWord])] : [...field.words];
      case 'boolean':
        return [true, false];
      case 'number':
        return [...new Set([...values, 0])];
      case 'date':
        return [...new Set([...values, on])];
      case 'texts':
      case 'record':
      case 'list':
      case undefined:
        return [true];
    }
  };

  const variable = (path: string, item?: Item): Variable => {
    const name = item === undefined ? path : `${item.label}.${path}`;
    const pattern = item === undefined ? path : `${item.pattern}.${path}`;
    const valued = ['text', 'boolean', 'number', 'date'].includes(fieldOf(pattern)?.type ?? '');
    const known = variables.get(name) ?? { ...create(name, pattern, item), ...(!valued && { presence: true }) };
    variables.set(name, known);
    return known;
  };

  const itemsOf = (list: string): Item[] => {
    const data = getter(list)(root);
    const pattern = `${list}[]`;
    const there = Array.isArray(data) ? data : [];
    const items = there.map((item: unknown, at): Item => ({ label: `${list}[${at}]`, pattern, data: item }));
    const silent = data === undefined ? givenBy(list) : undefined;
    if (silent === undefined && !obtainable.has(list)) return items;
    const rooms = Array.from({ length: Math.min(MAX_OBTAINED, questions.lists.get(list) ?? 0) }, (_room, at): Item => {
      const label = `${list}[+${at}]`;
      const by = silent ?? owner(label, 'obtain', true);
      const exists: Variable = { path: label, owner: by, values: [undefined, true], current: 0, presence: true };
      return { label, pattern, data: {}, exists, owner: by };
    });
    return [...items, ...rooms];
  };

  return {
    on,
    variable,
    texts,
    items(list) {
      const known = lists.get(list) ?? itemsOf(list);
      lists.set(list, known);
      return known;
    },
  };
}

function representatives(
  comparison: Comparison,
  field: Field | undefined,
  on: string,
  texts: (path: string) => readonly string[] | undefined,
): Scalar[] {
  switch (comparison.op) {
    case 'on-or-before':
    case 'on-or-after': {
      const limit = limitOn(comparison, on);
      return [limit, addDays(limit, 1)];
    }
    case 'at-least':
    case 'at-most':
      return [comparison.value - 1, comparison.value, comparison.value + 1].filter((number) => number >= 0);
    case 'in':
    case 'not-in':
      return Array.isArray(comparison.value) ? comparison.value : [...(texts(comparison.value.path) ?? [])];
    case 'begins-with':
      return comparison.value.flatMap((beginning) => [beginning, `${beginning}${otherWord}`]);
    case 'equals':
      if (typeof comparison.value !== 'number') return [comparison.value];
      return field?.type === 'number' ? [comparison.value, comparison.value + 1] : [];
    case 'present':
    case 'absent':
      return [];
  }
}

/** Words made up to stand for all others are not told. */
export function isTold(value: Scalar | undefined): value is Scalar {
  return value !== undefined && !(typeof value === 'string' && value.includes(otherWord));
}

function fieldOf(pattern: string): Field | undefined {
  const [list = '', path] = pattern.split('[].');
  if (path === undefined) return fieldAt(factVocabulary, list);
  const field = fieldAt(factVocabulary, list);
  return field?.type === 'list' ? fieldAt(field.fields, path) : undefined;
}

function dataOf(answer: ScreeningFacts['credit'] | ScreeningFacts['ip']) {
  return answer.kind === 'known' ? answer.data : undefined;
}
