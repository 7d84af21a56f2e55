import { addDays } from '#packages/calendar';
import type { ScreeningFacts } from '../facts.ts';
import { addMonths } from './legal-date.ts';
import { type Questions, questionsOf } from './path-facts.ts';
import type { Comparison, Policy } from './policy-schema.ts';
import { possibleChanges } from './possible-changes.ts';

/**
 * The days after today on which time alone turns an answer: where a period of the facts' dates ends, or has ended the
 * day before. With `withChanges` also those of what would happen today, and on the first day on which it could happen
 * (where a penalty's record can first be repaired).
 */
export function turningDays(
  { comparisons }: Questions,
  facts: ScreeningFacts,
  today: string,
  withChanges: boolean,
): string[] {
  const days = new Set<string>();
  for (const [pattern, asked] of comparisons) {
    if (!withChanges && !asked.some(isOfToday)) continue;
    const opening = withChanges ? openingDays(facts, pattern) : [];
    for (const day of opening) days.add(day);
    const imagined = withChanges ? [today, ...opening] : [];
    const dates = [...imagined, ...valuesAt(facts, pattern)].filter((date) => typeof date === 'string');
    for (const comparison of asked) {
      if (!isOfToday(comparison)) continue;
      for (const date of dates) {
        const end = addMonths(date, comparison.plusMonths ?? 0);
        days.add(comparison.op === 'on-or-before' ? end : addDays(end, 1));
      }
    }
  }
  return [...days].filter((day) => day > today).toSorted();
}

/** The first day after `today` on which time alone may change what a policy says of these facts; none where none does. */
export function nextTurningDay(policy: Policy, facts: ScreeningFacts, today: string): string | undefined {
  const questions = known.get(policy) ?? questionsOf(policy);
  known.set(policy, questions);
  return turningDays(questions, facts, today, false)[0];
}

/** A policy is asked about every enterprise of a city, and what it asks for is the same each time. */
const known = new WeakMap<Policy, Questions>();

type OfToday = Extract<Comparison, { op: 'on-or-before' | 'on-or-after' }>;

function isOfToday(comparison: Comparison): comparison is OfToday {
  return (comparison.op === 'on-or-before' || comparison.op === 'on-or-after') && comparison.value === 'today';
}

/** The first days on which the dates at a path could come to be, where that is not at once. */
function openingDays(facts: ScreeningFacts, pattern: string): string[] {
  const { notBefore } = possibleChanges[pattern] ?? {};
  if (notBefore === undefined) return [];
  return valuesAt(facts, pattern.slice(0, pattern.lastIndexOf('.')))
    .map((item) => (typeof item === 'object' && item !== null ? notBefore({ ...item }) : undefined))
    .filter((day) => day !== undefined);
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
