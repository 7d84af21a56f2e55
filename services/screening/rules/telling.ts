import { verdictAt } from './answers.ts';
import type { Frame, ListFrame, Read, Reads } from './frames.ts';
import { NO } from './kleene.ts';
import type { Spot } from './layouts.ts';
import type { Sheet } from './sheets.ts';

/*
 * What a rule tells of the facts it asked for. It tells all of them, also those that no longer mattered once the rest had
 * decided: so the trace hangs on the rule alone and not on the order of its parts, and says all that is wrong at once.
 */

/** `needed`: its absence leaves the question open. */
export type Fact = { slot: number; needed: boolean; list?: undefined };
/** `inOrder`: whether its facts are the first that are read of each item, and in the same order. */
export type AskedList = { list: number; facts: Fact[]; where: Spot; inOrder: boolean };
/** What a rule asks for, in the order in which it does. */
export type Asked = (Fact | AskedList)[];

/** Of a list's items the trace tells so many, and of the others as many again that decide. */
const MAX_TOLD_ITEMS = 20;

/**
 * What one rule tells. Plans that ask for the same facts have one number, so that their rules can share what is told.
 * `only`: the one fact or list that is all they ask for, where it is.
 */
export type Plan = { asked: Asked; number: number; only: Fact | AskedList | undefined };

export function planOf(asked: Asked, numbers: Map<string, number>): Plan {
  const key = JSON.stringify(asked, (name, value: unknown) => (name === 'where' ? undefined : value));
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  const [first] = asked;
  return { asked, number, only: asked.length === 1 ? first : undefined };
}

/** What the plans tell in one decision, by their number. */
export type Told = (Reads | undefined)[];

export function tell({ asked, number, only }: Plan, frame: Frame, told: Told, sheet: Sheet): Reads {
  // Which items of a long list are told hangs on what the rule asks of them, so these are not shared.
  if (frame.longest > MAX_TOLD_ITEMS) return tellAll(asked, frame, sheet);
  return (told[number] ??= tellShort(asked, only, frame, sheet));
}

/** The same where no list is long: most rules ask for one fact or for one list, and that is told without more ado. */
function tellShort(asked: Asked, only: Fact | AskedList | undefined, frame: Frame, sheet: Sheet): Reads {
  if (only === undefined) return tellAll(asked, frame, sheet);
  if (only.list === undefined) {
    const told = frame.reads[only.slot];
    return told === undefined ? [] : [told];
  }
  const { list, facts, inOrder } = only;
  const { size, reads } = frame.lists[list] ?? noList;
  const slots = sheet.lists[list]?.sheet.slots ?? 0;
  // Who asks for all that was read of a list is told just that.
  if (size === 0 || (inOrder && facts.length === slots)) return reads;
  // With just the room it needs: an array that grows takes several times as much.
  const read = Array<Read>(1 + size * facts.length);
  let at = tellFact(reads, 0, read, 0);
  for (let first = 1; first < reads.length; first += slots) {
    for (let nth = 0; nth < facts.length; nth += 1) {
      const fact = facts[nth];
      if (fact !== undefined) at = tellFact(reads, first + fact.slot, read, at);
    }
  }
  return read;
}

const noList: ListFrame = { size: 0, reads: [] };

function tellAll(asked: Asked, frame: Frame, sheet: Sheet): Reads {
  const read: Read[] = [];
  for (const one of asked) {
    if (one.list === undefined) tellFact(frame.reads, one.slot, read, read.length);
    else tellItems(one, frame.lists[one.list] ?? noList, sheet.lists[one.list]?.sheet, read);
  }
  return read;
}

/** Tells a fact in the place `at`, and gives the next. */
function tellFact(reads: Reads, slot: number, read: Read[], at: number): number {
  const told = reads[slot];
  if (told === undefined) return at;
  read[at] = told;
  return at + 1;
}

function tellItems(
  { facts, where }: AskedList,
  { size, reads }: ListFrame,
  sheet: Sheet | undefined,
  read: Read[],
): void {
  let at = tellFact(reads, 0, read, read.length);
  if (sheet === undefined) return;
  let told = 0;
  for (let item = 0; item < size; item += 1) {
    if (item >= MAX_TOLD_ITEMS) {
      if (told === MAX_TOLD_ITEMS || verdictAt(sheet, where, item) === NO) continue;
      told += 1;
    }
    for (const { slot } of facts) at = tellFact(reads, 1 + item * sheet.slots + slot, read, at);
  }
}

/** The facts that were asked for and are not there. */
export function missingOf({ asked }: Plan, frame: Frame, sheet: Sheet): string[] {
  const missing: string[] = [];
  const note = (read: Read | undefined) => {
    if (read !== undefined && 'missing' in read) missing.push(read.path);
  };
  for (const one of asked) {
    if (one.list === undefined) {
      if (one.needed) note(frame.reads[one.slot]);
      continue;
    }
    const { size, reads } = frame.lists[one.list] ?? noList;
    const slots = sheet.lists[one.list]?.sheet.slots ?? 0;
    note(reads[0]);
    for (let item = 0; item < size; item += 1) {
      for (const { slot, needed } of one.facts) if (needed) note(reads[1 + item * slots + slot]);
    }
  }
  return missing;
}
