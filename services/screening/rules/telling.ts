import { verdictAt } from './answers.ts';
import type { Evaluation, Evidence, RuleResult } from './engine.ts';
import { type Frame, isMissing, type ListFrame, MAX_TOLD_ITEMS, noList, type Read, readOf } from './frames.ts';
import { NO } from './kleene.ts';
import type { Spot } from './layouts.ts';

/*
 * What a rule tells of the facts it asked for. It tells all of them, also those that no longer mattered once the rest had
 * decided: so the trace hangs on the rule alone and not on the order of its parts, and says all that is wrong at once.
 */

/** `path`: from the top, or from the item. `needed`: its absence leaves the question open. */
export type Fact = { slot: number; path: string; needed: boolean; list?: undefined };
/** All that a rule asks of one list's items, and where it is answered what it asks of each. */
export type AskedList = { list: number; path: string; facts: Fact[]; wheres: Spot[] };
/** What a rule asks for, each fact and each list once. */
export type Asked = (Fact | AskedList)[];

/** A rule's answer with its trace written out. */
export type Traced = Pick<RuleResult, 'id' | 'effect' | 'outcome' | 'reason'> & { evidence: Evidence[]; read: Read[] };

/** The trace of a decision: of every rule the records it rests on and the facts it looked at, with their values. */
export function traceOf({ rules, records, found }: Evaluation): Traced[] {
  return rules.map(({ id, effect, outcome, reason, sources, asked }) => ({
    id,
    effect,
    outcome,
    reason,
    evidence: evidenceOf(records, sources),
    read: readsOf(found, asked),
  }));
}

/** The records that a rule rests on. */
export function evidenceOf(records: readonly Evidence[], sources: RuleResult['sources']): Evidence[] {
  return records.filter(({ source }) => sources.includes(source));
}

/** What was asked for: every fact with the value it had, or that it was missing. */
export function readsOf({ values, lists }: Frame, asked: Readonly<Asked>): Read[] {
  const reads: Read[] = [];
  for (const one of asked) {
    if (one.list === undefined) reads.push(readOf(one.path, values[one.slot]));
    else readItems(lists[one.list] ?? noList, one, reads);
  }
  return reads;
}

function readItems(found: ListFrame, asked: AskedList, reads: Read[]): void {
  const { path, facts } = asked;
  const { size } = found;
  if (size === undefined) {
    reads.push({ path, missing: true });
    return;
  }
  reads.push({ path, count: size });
  let others = 0;
  for (let item = 0; item < size; item += 1) {
    if (item >= MAX_TOLD_ITEMS) {
      if (others === MAX_TOLD_ITEMS || !decides(found, asked, item)) continue;
      others += 1;
    }
    for (const fact of facts) reads.push(readOf(nameOf(asked, item, fact), valueAt(found, item, fact)));
  }
}

function decides({ size = 0, bits }: ListFrame, { wheres }: AskedList, item: number): boolean {
  if (bits === undefined) return true;
  const answered = { bits, width: bits.length / size };
  return wheres.some((where) => verdictAt(answered, where, item) !== NO);
}

/** The facts that were asked for and are not there. */
export function missingOf({ values, lists }: Frame, asked: Readonly<Asked>): string[] {
  return asked.flatMap((one) => {
    if (one.list === undefined) return one.needed && isMissing(values[one.slot]) ? [one.path] : [];
    const found = lists[one.list] ?? noList;
    if (found.size === undefined) return [one.path];
    const missing: string[] = [];
    for (let item = 0; item < found.size; item += 1) {
      for (const fact of one.facts) {
        if (fact.needed && isMissing(valueAt(found, item, fact))) missing.push(nameOf(one, item, fact));
      }
    }
    return missing;
  });
}

const nameOf = ({ path }: AskedList, item: number, fact: Fact) => `${path}[${item}].${fact.path}`;

function valueAt({ size = 0, values }: ListFrame, item: number, { slot }: Fact): unknown {
  return values[item * (values.length / size) + slot];
}
