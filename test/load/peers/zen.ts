import type { Comparison, Condition, Policy, ScoreTable } from '../../../services/screening/rules/policy-schema.ts';
import { limitNumber } from './plain.ts';

/*
 * A policy as a decision of GoRules zen (JDM), in two forms. As tables, which is how zen keeps rules as data: a row that
 * hits for each rule that fails and for each that is undecided, a row that hits for each score. As expressions, which is
 * how it is fastest: one for each rule, that says pass, fail or unknown, and one for each score table. Its `not in` holds
 * of what is missing and its `<=` fails on it, so every question is written twice: when it is surely so, and when not.
 */

export type ZenDecision = { nodes: object[]; edges: object[] };

/** Answers `outcome`, `points` and `hits`: `[{ rule, outcome }]` of the rules that do not pass. */
export function zenTablesOf(policy: Policy, today: string): ZenDecision {
  const hits = policy.rules.flatMap((rule) => {
    const { yes, no } = sides(rule, today);
    const row = (outcome: string, when: string) => ({
      _id: `${rule.id}-${outcome}`,
      when,
      rule: `'${rule.id}'`,
      outcome: `'${outcome}'`,
      effect: `'${rule.effect}'`,
    });
    return [row('fail', no), row('unknown', `not(${yes}) and not(${no})`)];
  });
  const scores = (policy.scoring?.tables ?? []).flatMap(({ hitPolicy, rows }) =>
    rows.map(({ id, when, points }, at) => {
      const earlier = hitPolicy === 'first' ? rows.slice(0, at).map((row) => say(row.when, false, today)) : [];
      return {
        _id: id,
        when: [...earlier, say(when, true, today)].join(' and '),
        row: `'${id}'`,
        points: String(points),
      };
    }),
  );
  const outcome = `consent == false ? 'stale' : some(hits, #.outcome == 'fail' and #.effect == 'exclude') ? 'exclude' : available == false ? 'stale' : len(hits) == 0 ? 'pass' : 'review'`;
  const points = scores.length === 0 ? '0' : 'sum(map(scored, #.points))';
  return chain([
    table('hits', ['rule', 'outcome', 'effect'], hits),
    ...(scores.length === 0 ? [] : [table('scored', ['row', 'points'], scores)]),
    expressions('decision', [expression('outcome', outcome), expression('points', points)]),
  ]);
}

/** Answers `outcome`, `points` and `r0`, `r1`, …: the outcome of each rule. */
export function zenExpressionsOf(policy: Policy, today: string): ZenDecision {
  const rules = policy.rules.map((rule, index) => {
    const { yes, no } = sides(rule, today);
    return expression(`r${index}`, `${yes} ? 'pass' : ${no} ? 'fail' : 'unknown'`);
  });
  const tables = (policy.scoring?.tables ?? []).map((scores, index) =>
    expression(`s${index}`, pointsOf(scores, today)),
  );
  const hard = policy.rules.flatMap(({ effect }, index) => (effect === 'exclude' ? [`r${index} == 'fail'`] : []));
  const sound = policy.rules.map((_rule, index) => `r${index} == 'pass'`);
  const outcome = `consent == false ? 'stale' : (${hard.join(' or ') || 'false'}) ? 'exclude' : available == false ? 'stale' : (${sound.join(' and ')}) ? 'pass' : 'review'`;
  const points = tables.length === 0 ? '0' : tables.map((_table, index) => `s${index}`).join(' + ');
  const ends = [expression('outcome', outcome), expression('points', points)];
  return chain([expressions('rules', [...rules, ...tables]), expressions('decision', ends)]);
}

function sides({ when, must }: Policy['rules'][number], today: string): { yes: string; no: string } {
  const [yes, no] = [say(must, true, today), say(must, false, today)];
  if (when === undefined) return { yes, no };
  return { yes: `(${say(when, false, today)} or ${yes})`, no: `(${say(when, true, today)} and ${no})` };
}

function chain(nodes: { id: string }[]): ZenDecision {
  const all = [
    { id: 'input', name: 'input', type: 'inputNode' },
    ...nodes,
    { id: 'output', name: 'output', type: 'outputNode' },
  ];
  const edges = all
    .slice(1)
    .map(({ id }, at) => ({ id: `edge-${id}`, sourceId: all[at]?.id, targetId: id, type: 'edge' }));
  return { nodes: all, edges };
}

function table(id: string, outputs: string[], rules: object[]) {
  return {
    id,
    name: id,
    type: 'decisionTableNode',
    content: {
      hitPolicy: 'collect',
      inputs: [{ id: 'when', name: 'when', type: 'expression' }],
      outputs: outputs.map((field) => ({ id: field, name: field, field, type: 'expression' })),
      rules,
      passThrough: true,
      inputField: null,
      outputPath: id,
      executionMode: 'single',
    },
  };
}

function expression(key: string, value: string) {
  return { id: key, key, value };
}

function expressions(id: string, all: object[]) {
  return {
    id,
    name: id,
    type: 'expressionNode',
    content: { expressions: all, passThrough: true, inputField: null, outputPath: null, executionMode: 'single' },
  };
}

function pointsOf({ hitPolicy, rows }: ScoreTable, today: string): string {
  const yes = rows.map(({ when }) => say(when, true, today));
  if (hitPolicy === 'collect') return rows.map(({ points }, at) => `(${yes[at]} ? ${points} : 0)`).join(' + ');
  return rows.reduceRight(
    (rest, { when, points }, at) => `(${yes[at]} ? ${points} : ${say(when, false, today)} ? ${rest} : 0)`,
    '0',
  );
}

/** An expression that holds where the condition is surely so (`wanted`), or surely not. */
function say(condition: Condition, wanted: boolean, today: string, item = false): string {
  const parts = (list: Condition[], word: 'and' | 'or') =>
    `(${list.map((part) => say(part, wanted, today, item)).join(` ${word} `)})`;
  if ('all' in condition) return parts(condition.all, wanted ? 'and' : 'or');
  if ('any' in condition) return parts(condition.any, wanted ? 'or' : 'and');
  if ('not' in condition) return say(condition.not, !wanted, today, item);
  if ('some' in condition || 'none' in condition) {
    const { of, where } = 'some' in condition ? condition.some : condition.none;
    const found = 'some' in condition === wanted;
    const [source] = of.split('.');
    return `(${source} != null and ${found ? 'some' : 'all'}(${of}, ${say(where, found, today, true)}))`;
  }
  return compare(condition, wanted, today, item);
}

/** Fields that no item is without, and all that the nomination says, need no look whether they are there. */
const mayBeMissing = (path: string, item: boolean) =>
  item ? ['removedOn', 'displayUntil', 'repairedOn'].includes(path) : !path.startsWith('nomination.');

function compare(comparison: Comparison, wanted: boolean, today: string, item: boolean): string {
  const name = item ? `#.${comparison.path}` : comparison.path;
  if (!('value' in comparison)) return `${name} ${(comparison.op === 'present') === wanted ? '!=' : '=='} null`;
  const asked = question(comparison, name, wanted, today);
  return mayBeMissing(comparison.path, item) ? `(${name} != null and ${asked})` : asked;
}

function question(
  comparison: Extract<Comparison, { value: unknown }>,
  name: string,
  wanted: boolean,
  today: string,
): string {
  switch (comparison.op) {
    case 'equals':
      return `${name} ${wanted ? '==' : '!='} ${literal(comparison.value)}`;
    case 'in':
    case 'not-in': {
      const words = Array.isArray(comparison.value)
        ? `[${comparison.value.map(literal).join(', ')}]`
        : comparison.value.path;
      return `${name} ${(comparison.op === 'in') === wanted ? 'in' : 'not in'} ${words}`;
    }
    case 'begins-with': {
      const begins = `(${comparison.value.map((text) => `startsWith(${name}, ${literal(text)})`).join(' or ')})`;
      return wanted ? begins : `not(${begins})`;
    }
    case 'at-least':
      return `${name} ${wanted ? '>=' : '<'} ${comparison.value}`;
    case 'at-most':
      return `${name} ${wanted ? '<=' : '>'} ${comparison.value}`;
    case 'on-or-before':
    case 'on-or-after':
      return `${name} ${(comparison.op === 'on-or-before') === wanted ? '<=' : '>'} ${limitNumber(comparison, today)}`;
  }
}

function literal(value: string | number | boolean): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
