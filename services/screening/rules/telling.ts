import type { Frame, Read } from './frames.ts';
import { NO, type Verdict } from './kleene.ts';

/*
 * What a rule tells of the facts it asked for. It tells all of them, also those that no longer mattered once the rest had
 * decided: so the trace hangs on the rule alone and not on the order of its parts, and says all that is wrong at once.
 */

/** `needed`: its absence leaves the question open. */
export type Fact = { slot: number; needed: boolean; list?: undefined };
export type AskedList = { list: number; path: string; facts: Fact[]; where: (item: Frame) => Verdict };
/** What a rule asks for, in the order in which it does. */
export type Asked = (Fact | AskedList)[];

/** Of a list's items the trace tells so many, and of the others as many again that decide. */
const MAX_TOLD_ITEMS = 20;

/** What one rule tells. Plans that ask for the same facts have one number, so that their rules can share what is told. */
export type Plan = { asked: Asked; number: number };

export function planOf(asked: Asked, numbers: Map<string, number>): Plan {
  const key = JSON.stringify(asked);
  const number = numbers.get(key) ?? numbers.size;
  numbers.set(key, number);
  return { asked, number };
}

/** Tells what a rule reads in one decision. */
export type Tell = (plan: Plan) => readonly Read[];

export function teller(frame: Frame): Tell {
  const told: (readonly Read[] | undefined)[] = [];
  // Which items of a long list are told hangs on what the rule asks of them, so these are not shared.
  const long = frame.items.some((items) => items !== undefined && items.length > MAX_TOLD_ITEMS);
  return ({ asked, number }) => (long ? tellAll(asked, frame) : (told[number] ??= tellAll(asked, frame)));
}

function tellAll(asked: Asked, frame: Frame): readonly Read[] {
  const [only] = asked;
  const alone =
    asked.length === 1 && only !== undefined && only.list === undefined ? frame.reads[only.slot] : undefined;
  if (alone !== undefined) return [alone];
  const read: Read[] = [];
  for (const one of asked) {
    if (one.list !== undefined) tellItems(one, frame.items[one.list], read);
    else tellFact(one, frame, read);
  }
  return read;
}

function tellFact({ slot }: Fact, { reads }: Frame, read: Read[]): void {
  const told = reads[slot];
  if (told !== undefined) read.push(told);
}

function tellItems({ path, facts, where }: AskedList, items: readonly Frame[] | undefined, read: Read[]): void {
  if (items === undefined) {
    read.push({ path, missing: true });
    return;
  }
  read.push({ path, count: items.length });
  let told = 0;
  for (const item of items) {
    if (item.index >= MAX_TOLD_ITEMS) {
      if (told === MAX_TOLD_ITEMS || where(item) === NO) continue;
      told += 1;
    }
    for (const fact of facts) tellFact(fact, item, read);
  }
}

/** The facts that were asked for and are not there. */
export function missingOf({ asked }: Plan, frame: Frame): string[] {
  const missing: string[] = [];
  const note = (facts: readonly Fact[], { values, reads }: Frame) => {
    for (const { slot, needed } of facts)
      if (needed && values[slot] === undefined) missing.push(reads[slot]?.path ?? '');
  };
  for (const one of asked) {
    if (one.list === undefined) note([one], frame);
    else if (frame.items[one.list] === undefined) missing.push(one.path);
    else for (const item of frame.items[one.list] ?? []) note(one.facts, item);
  }
  return missing;
}
