import type { Comparison, Condition, Policy } from '../../../services/screening/rules/policy-schema.ts';
import { limitNumber, type PlainFacts } from './plain.ts';

/*
 * A policy as rules of json-rules-engine. It knows neither "unknown" nor lists of records: a rule becomes two, one that
 * fires when it surely holds and one when it surely does not, and lists are asked by an operator of ours.
 */

type JsonCondition =
  | { all: JsonCondition[] }
  | { any: JsonCondition[] }
  | { fact: string; operator: string; value: unknown };
export type JsonRule = {
  name: string;
  conditions: { all: JsonCondition[] } | { any: JsonCondition[] };
  event: { type: string };
};
export type Operator = [name: string, holds: (value: unknown, expected: unknown) => boolean];

/** Rules named `yes:<id>` and `no:<id>`, for each rule and score row, and the operators they use. */
export function jsonRulesOf(policy: Policy, today: string): { rules: JsonRule[]; operators: Operator[] } {
  const named = (name: string, condition: JsonCondition): JsonRule => ({
    name,
    conditions: 'fact' in condition ? { all: [condition] } : condition,
    event: { type: name },
  });
  const both = (id: string, yes: JsonCondition, no: JsonCondition) => [named(`yes:${id}`, yes), named(`no:${id}`, no)];
  const rules = policy.rules.flatMap(({ id, when, must }) => {
    const [yes, no] = [say(must, true, today), say(must, false, today)];
    if (when === undefined) return both(id, yes, no);
    return both(id, { any: [say(when, false, today), yes] }, { all: [say(when, true, today), no] });
  });
  const rows = (policy.scoring?.tables ?? []).flatMap((table) =>
    table.rows.flatMap(({ id, when }) => {
      const yes = named(`yes:${id}`, say(when, true, today));
      return table.hitPolicy === 'first' ? [yes, named(`no:${id}`, say(when, false, today))] : [yes];
    }),
  );
  return { rules: [...rules, ...rows], operators };
}

/** The facts by their whole path: looking into records by JSON path is several times slower. */
export function flatFacts(facts: PlainFacts): Record<string, unknown> {
  const flat: Record<string, unknown> = { consent: facts.consent, available: facts.available };
  const walk = (value: unknown, path: string): void => {
    flat[path] = value ?? undefined;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`);
  };
  for (const source of ['nomination', 'credit', 'ip'] as const) walk(facts[source], source);
  return flat;
}

function say(condition: Condition, wanted: boolean, today: string): JsonCondition {
  const parts = (list: Condition[]) => list.map((part) => say(part, wanted, today));
  if ('all' in condition) return wanted ? { all: parts(condition.all) } : { any: parts(condition.all) };
  if ('any' in condition) return wanted ? { any: parts(condition.any) } : { all: parts(condition.any) };
  if ('not' in condition) return say(condition.not, !wanted, today);
  if ('some' in condition || 'none' in condition) {
    const { of, where } = 'some' in condition ? condition.some : condition.none;
    const found = 'some' in condition === wanted;
    const test = itemTest(where, found, today);
    return { fact: of, operator: found ? 'someItem' : 'everyItem', value: test };
  }
  const { path } = condition;
  const [operator, value] = question(condition, wanted, today);
  if (operator === 'inFact') return { fact: path, operator: 'isIn', value: { fact: value } };
  if (operator === 'notInFact') return { fact: path, operator: 'isNotIn', value: { fact: value } };
  return { fact: path, operator, value };
}

type Question = [operator: string, value: unknown];

function question(comparison: Comparison, wanted: boolean, today: string): Question {
  switch (comparison.op) {
    case 'present':
    case 'absent':
      return [(comparison.op === 'present') === wanted ? 'isThere' : 'isMissing', true];
    case 'equals':
      return [wanted ? 'is' : 'isNot', comparison.value];
    case 'in':
    case 'not-in': {
      const included = (comparison.op === 'in') === wanted;
      if (!Array.isArray(comparison.value)) return [included ? 'inFact' : 'notInFact', comparison.value.path];
      return [included ? 'isIn' : 'isNotIn', comparison.value];
    }
    case 'begins-with':
      return [wanted ? 'beginsWith' : 'beginsNotWith', comparison.value];
    case 'at-least':
      return wanted ? ['isFrom', comparison.value] : ['isUpTo', comparison.value - 1];
    case 'at-most':
      return wanted ? ['isUpTo', comparison.value] : ['isFrom', comparison.value + 1];
    case 'on-or-before':
    case 'on-or-after': {
      const limit = limitNumber(comparison, today);
      return (comparison.op === 'on-or-before') === wanted ? ['isUpTo', limit] : ['isFrom', limit + 1];
    }
  }
}

type ItemTest = (item: Record<string, unknown>) => boolean;
const among = (value: unknown, words: unknown) => Array.isArray(words) && words.includes(value);
const begins = (value: unknown, texts: unknown) =>
  Array.isArray(texts) && texts.some((text) => String(value).startsWith(text));

const operators: Operator[] = [
  ['isThere', (value) => value !== undefined],
  ['isMissing', (value) => value === undefined],
  ['is', (value, expected) => value !== undefined && value === expected],
  ['isNot', (value, expected) => value !== undefined && value !== expected],
  ['isIn', (value, words) => value !== undefined && among(value, words)],
  ['isNotIn', (value, words) => value !== undefined && !among(value, words)],
  ['beginsWith', (value, texts) => value !== undefined && begins(value, texts)],
  ['beginsNotWith', (value, texts) => value !== undefined && !begins(value, texts)],
  ['isUpTo', (value, limit) => value !== undefined && (value as number) <= (limit as number)],
  ['isFrom', (value, limit) => value !== undefined && (value as number) >= (limit as number)],
  ['someItem', (items, test) => Array.isArray(items) && items.some(test as ItemTest)],
  ['everyItem', (items, test) => Array.isArray(items) && items.every(test as ItemTest)],
];
const operatorOf = new Map(operators);

/** The condition of a list's item as a function: the engine's own conditions cannot look at items. */
function itemTest(where: Condition, wanted: boolean, today: string): ItemTest {
  const parts = (list: Condition[]) => list.map((part) => itemTest(part, wanted, today));
  const all =
    (tests: ItemTest[]): ItemTest =>
    (item) =>
      tests.every((test) => test(item));
  const any =
    (tests: ItemTest[]): ItemTest =>
    (item) =>
      tests.some((test) => test(item));
  if ('all' in where) return wanted ? all(parts(where.all)) : any(parts(where.all));
  if ('any' in where) return wanted ? any(parts(where.any)) : all(parts(where.any));
  if ('not' in where) return itemTest(where.not, !wanted, today);
  if ('some' in where || 'none' in where) throw new Error('a list within a list');
  const [operator, value] = question(where, wanted, today);
  const holds = operatorOf.get(operator);
  if (holds === undefined) throw new Error(`there is no operator ${operator}`);
  return (item) => holds(item[where.path], value);
}
