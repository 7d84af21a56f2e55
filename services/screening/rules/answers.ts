import {
  type Fields,
  type Frame,
  isMissing,
  isRecord,
  isScalar,
  type ListFrame,
  MAX_TOLD_ITEMS,
  noList,
} from './frames.ts';
import { NO, UNKNOWN, type Verdict, YES } from './kleene.ts';
import type { Spot } from './layouts.ts';
import { type Fact, type List, NO_SIDE, type Sheet, YES_SIDE } from './sheets.ts';

/*
 * The part of a decision that takes the time, written for it: loops count where iterating was measured to be slower, what
 * is made is made with just the room it needs, and bits are compared where functions made of the policy were called.
 */

/** Looks at the facts of one decision, and answers every question of the sheet. */
export function answer(sheet: Sheet, root: Fields, limits: readonly string[]): Frame {
  const values = Array<unknown>(sheet.slots);
  const found = Array<unknown>(sheet.lists.length);
  ask(sheet, root, 0, limits, values, 0, found);
  const lists = Array<ListFrame>(sheet.lists.length);
  for (let nth = 0; nth < sheet.lists.length; nth += 1) {
    const list = sheet.lists[nth];
    if (list === undefined) continue;
    const items = found[nth];
    lists[nth] = Array.isArray(items) ? askItems(sheet, list, items, limits) : noList;
  }
  combine(sheet, 0);
  return { values, lists };
}

const nothing: Fields = {};
const noLists: unknown[] = [];

/**
 * Looks at the facts of item number `item`, or at those at the top, and answers what is asked of each by itself. They go
 * into `values` from `first` on, and the lists among them into `found`.
 */
function ask(
  { bits, width, sources, memberships }: Sheet,
  root: unknown,
  item: number,
  limits: readonly string[],
  values: unknown[],
  first: number,
  found: unknown[],
): void {
  const base = item * width;
  for (let at = base; at < base + width; at += 1) bits[at] = 0;
  for (let nth = 0; nth < sources.length; nth += 1) {
    const source = sources[nth];
    if (source === undefined) continue;
    const { facts, lists, at } = source;
    const record = recordAt(root, source.keys);
    let yes = 0;
    let no = 0;
    for (let nthFact = 0; nthFact < facts.length; nthFact += 1) {
      const fact = facts[nthFact];
      if (fact === undefined) continue;
      const value = record[fact.key];
      values[first + fact.slot] = value;
      if (isMissing(value)) {
        yes |= fact.missing.yes;
        no |= fact.missing.no;
        continue;
      }
      const holding = holdingOf(fact, value, limits);
      yes |= holding;
      no |= fact.asked & ~holding;
    }
    mark(bits, base + at + YES_SIDE, yes);
    mark(bits, base + at + NO_SIDE, no);
    for (let nthList = 0; nthList < lists.length; nthList += 1) {
      const list = lists[nthList];
      if (list !== undefined) found[list.number] = record[list.key];
    }
  }
  for (let nth = 0; nth < memberships.length; nth += 1) {
    const membership = memberships[nth];
    if (membership === undefined) continue;
    const word = values[first + membership.slot];
    const words = values[first + membership.among];
    if (!isScalar(word) || !Array.isArray(words)) continue;
    const side = words.includes(word) === membership.wanted ? YES_SIDE : NO_SIDE;
    mark(bits, base + membership.at + side, membership.bit);
  }
}

/** Which of the questions to a fact hold of its value. */
function holdingOf({ there, words, dates, tests }: Fact, value: unknown, limits: readonly string[]): number {
  let holding = there;
  if (words !== undefined) {
    if (typeof value === 'boolean') holding |= value ? words.whenTrue : words.whenFalse;
    else holding |= words.known.get(value) ?? words.other;
  }
  for (let nth = 0; nth < dates.length; nth += 1) {
    const date = dates[nth];
    if (date === undefined) continue;
    if ((typeof value === 'string' && value <= (limits[date.limit] ?? '')) === date.before) holding |= date.bit;
  }
  for (let nth = 0; nth < tests.length; nth += 1) {
    const test = tests[nth];
    if (test !== undefined && test.holds(value)) holding |= test.bit;
  }
  return holding;
}

function recordAt(root: unknown, keys: readonly string[]): Fields {
  let value = root;
  for (let nth = 0; nth < keys.length; nth += 1) value = isRecord(value) ? value[keys[nth] ?? ''] : undefined;
  return isRecord(value) ? value : nothing;
}

/** Asks the items of a list, and answers what is asked about the list. */
function askItems(whole: Sheet, list: List, items: readonly unknown[], limits: readonly string[]): ListFrame {
  const { sheet } = list;
  const size = items.length;
  if (size * sheet.width > sheet.bits.length) sheet.bits = new Int32Array(2 * size * sheet.width);
  const values = Array<unknown>(size * sheet.slots);
  for (let item = 0; item < size; item += 1) {
    ask(sheet, items[item], item, limits, values, item * sheet.slots, noLists);
    combine(sheet, item);
  }
  conclude(whole.bits, list, size);
  const bits = size > MAX_TOLD_ITEMS ? sheet.bits.slice(0, size * sheet.width) : undefined;
  return { size, values, bits };
}

/** "Some" is one "any" over all items, and "none" has its sides exchanged. */
function conclude(whole: Int32Array, { sheet, conclusions }: List, size: number): void {
  const { bits, width } = sheet;
  for (let nth = 0; nth < conclusions.length; nth += 1) {
    const conclusion = conclusions[nth];
    if (conclusion === undefined) continue;
    let some = 0;
    let every = -1;
    for (let at = conclusion.from; at < size * width; at += width) {
      some |= bits[at + YES_SIDE] ?? 0;
      every &= bits[at + NO_SIDE] ?? 0;
    }
    let yes = 0;
    let no = 0;
    const { questions } = conclusion;
    for (let nthOf = 0; nthOf < questions.length; nthOf += 1) {
      const question = questions[nthOf];
      if (question === undefined) continue;
      const { from, to, exchanged } = question;
      const found = ((some >>> from) & 1) << to;
      const none = ((every >>> from) & 1) << to;
      const exchange = (found ^ none) & exchanged;
      yes |= found ^ exchange;
      no |= none ^ exchange;
    }
    mark(whole, conclusion.to + YES_SIDE, yes);
    mark(whole, conclusion.to + NO_SIDE, no);
  }
}

/** Answers what is made of other answers, without a branch that could be guessed wrong. */
function combine({ pages, bits, width }: Sheet, item: number): void {
  const base = item * width;
  for (let nth = 0; nth < pages.length; nth += 1) {
    const page = pages[nth];
    if (page === undefined) continue;
    const { at, steps } = page;
    let yes = bits[base + at + YES_SIDE] ?? 0;
    let no = bits[base + at + NO_SIDE] ?? 0;
    let open = 0;
    let broken = 0;
    for (let nthStep = 0; nthStep < steps.length; nthStep += 1) {
      const step = steps[nthStep];
      if (step === undefined) continue;
      const { part, mask, last, shift, exchanged } = step;
      const itsYes = part === at ? yes : (bits[base + part + YES_SIDE] ?? 0);
      const itsNo = part === at ? no : (bits[base + part + NO_SIDE] ?? 0);
      const sides = (itsYes ^ itsNo) & exchanged;
      open |= ((itsYes ^ sides) & mask) ^ mask;
      broken |= (itsNo ^ sides) & mask;
      if (!last) continue;
      const holds = (1 ^ isNonZero(open)) << shift;
      const fails = isNonZero(broken) << shift;
      const exchange = (holds ^ fails) & exchanged;
      yes |= holds ^ exchange;
      no |= fails ^ exchange;
      open = 0;
      broken = 0;
    }
    bits[base + at + YES_SIDE] = yes;
    bits[base + at + NO_SIDE] = no;
  }
}

/** 1 or 0: a number or its opposite has the sign bit, unless it is 0. */
function isNonZero(word: number): number {
  return (word | (0 - word)) >>> 31;
}

function mark(bits: Int32Array, at: number, mask: number): void {
  bits[at] = (bits[at] ?? 0) | mask;
}

/** The answer to a question about the facts at the top, or about an item. */
export function verdictAt({ bits, width }: Pick<Sheet, 'bits' | 'width'>, { at, shift }: Spot, item = 0): Verdict {
  const word = item * width + at;
  if ((((bits[word + YES_SIDE] ?? 0) >>> shift) & 1) === 1) return YES;
  return (((bits[word + NO_SIDE] ?? 0) >>> shift) & 1) === 1 ? NO : UNKNOWN;
}
