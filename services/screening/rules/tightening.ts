import { isDeepStrictEqual } from 'node:util';
import type { Comparison, Condition } from './policy-schema.ts';

/*
 * Whether one condition is at least as strict as another, decided from their form alone. The answer "yes" is a proof:
 * for all facts the verdict of the stricter one is never above that of the other in the order fail < unknown < pass, so
 * that a missing fact can gain nothing either. "No" only says that no proof was found.
 */

/** Proves that `stricter` never says more than `core`, whatever the facts and the day. */
export function atLeastAsStrict(stricter: Condition, core: Condition): boolean {
  return entails(normal(stricter, false), normal(core, false), new Map());
}

/** Negations stand at comparisons and quantifiers only, and one way of writing stands for those that mean the same. */
type Normal =
  | { all: Normal[] }
  | { any: Normal[] }
  | { some: { of: string; where: Normal } }
  | { none: { of: string; where: Normal } }
  | { not: Comparison }
  | Comparison;
type Memo = Map<Normal, Map<Normal, boolean>>;

function normal(condition: Condition, negated: boolean): Normal {
  const inner = (part: Condition) => normal(part, negated);
  if ('all' in condition) return negated ? { any: condition.all.map(inner) } : { all: condition.all.map(inner) };
  if ('any' in condition) return negated ? { all: condition.any.map(inner) } : { any: condition.any.map(inner) };
  if ('not' in condition) return normal(condition.not, !negated);
  if ('some' in condition || 'none' in condition) {
    const { of, where } = 'some' in condition ? condition.some : condition.none;
    const items = { of, where: normal(where, false) };
    return 'some' in condition === negated ? { none: items } : { some: items };
  }
  return negated ? opposite(condition) : plain(condition);
}

function plain(comparison: Comparison): Comparison {
  if (comparison.op !== 'equals' || typeof comparison.value !== 'string') return comparison;
  return { path: comparison.path, op: 'in', value: [comparison.value] };
}

function opposite(comparison: Comparison): Normal {
  const { path } = comparison;
  switch (comparison.op) {
    case 'present':
      return { path, op: 'absent' };
    case 'absent':
      return { path, op: 'present' };
    case 'in':
      return { path, op: 'not-in', value: comparison.value };
    case 'not-in':
      return { path, op: 'in', value: comparison.value };
    case 'equals':
      if (typeof comparison.value === 'boolean') return { path, op: 'equals', value: !comparison.value };
      if (typeof comparison.value === 'string') return { path, op: 'not-in', value: [comparison.value] };
      return { not: comparison };
    case 'begins-with':
    case 'at-least':
    case 'at-most':
    case 'on-or-before':
    case 'on-or-after':
      return { not: comparison };
  }
}

/** Each pair of parts is looked at once, so the work is the product of the two sizes. */
function entails(left: Normal, right: Normal, memo: Memo): boolean {
  const known = memo.get(left)?.get(right);
  if (known !== undefined) return known;
  const answer = proves(left, right, memo);
  const answers = memo.get(left) ?? new Map<Normal, boolean>();
  memo.set(left, answers.set(right, answer));
  return answer;
}

function proves(left: Normal, right: Normal, memo: Memo): boolean {
  if (isDeepStrictEqual(left, right)) return true;
  if ('all' in right) return right.all.every((part) => entails(left, part, memo));
  if ('any' in left) return left.any.every((part) => entails(part, right, memo));
  if ('all' in left && left.all.some((part) => entails(part, right, memo))) return true;
  if ('any' in right) return right.any.some((part) => entails(left, part, memo));
  if ('all' in left) return false;
  if ('some' in left) {
    return 'some' in right && left.some.of === right.some.of && entails(left.some.where, right.some.where, memo);
  }
  if ('none' in left) {
    return 'none' in right && left.none.of === right.none.of && entails(right.none.where, left.none.where, memo);
  }
  if ('some' in right || 'none' in right) return false;
  if ('not' in left) return 'not' in right && narrows(right.not, left.not);
  if ('not' in right) return excludesAll(left, right.not);
  return narrows(left, right);
}

/** A closed list of words proves the opposite of a comparison that holds for none of them. */
function excludesAll(left: Comparison, right: Comparison): boolean {
  const words = wordsOf(left);
  if (words === undefined || left.path !== right.path || right.op !== 'begins-with') return false;
  return words.every((word) => !right.value.some((beginning) => word.startsWith(beginning)));
}

/** Two comparisons of the same fact: both are unknown where it is missing, so only its values count. */
function narrows(left: Comparison, right: Comparison): boolean {
  if (left.path !== right.path) return false;
  const words = wordsOf(left);
  switch (right.op) {
    case 'in':
    case 'not-in': {
      const known = right.value;
      if (!Array.isArray(known)) return false;
      if (words !== undefined) return words.every((word) => known.includes(word) === (right.op === 'in'));
      if (left.op !== 'not-in' || right.op !== 'not-in' || !Array.isArray(left.value)) return false;
      const refused = left.value;
      return known.every((word) => refused.includes(word));
    }
    case 'begins-with': {
      const beginnings = words ?? (left.op === 'begins-with' ? left.value : undefined);
      return beginnings?.every((text) => right.value.some((beginning) => text.startsWith(beginning))) ?? false;
    }
    case 'at-least':
      return left.op === 'at-least' && left.value >= right.value;
    case 'at-most':
      return left.op === 'at-most' && left.value <= right.value;
    case 'on-or-before':
    case 'on-or-after': {
      // Sooner or later than a day the law counts from today is not known before today is.
      if (left.op !== right.op || (left.value === 'today') !== (right.value === 'today')) return false;
      const [months, coreMonths] = [left.plusMonths ?? 0, right.plusMonths ?? 0];
      if (left.op === 'on-or-before') return months >= coreMonths && left.value <= right.value;
      return months <= coreMonths && left.value >= right.value;
    }
    case 'equals':
    case 'present':
    case 'absent':
      return false;
  }
}

function wordsOf(comparison: Comparison): readonly string[] | undefined {
  return comparison.op === 'in' && Array.isArray(comparison.value) ? comparison.value : undefined;
}
