import type { Scalar } from './frames.ts';

/*
 * What the rules of one policy ask, written down while it is compiled: each fact once and each question once, however
 * many rules ask it. Out of it come the sheets on which every decision is answered (`sheets.ts`).
 */

export type Layout = {
  /** The facts by their path, and their places in what is told. */
  slots: Map<string, number>;
  lists: { path: string; layout: Layout }[];
  /** Each by what it asks; one made of others comes after them. */
  questions: Map<string, Question>;
};

/** Where a question is answered: at which words of a sheet, and with which bit. Given once all questions are known. */
export type Spot = { number: number; at: number; shift: number };

export type Question =
  /** Of a fact's value. Where that is all it does: `words`, the values it tells from all others; `date`, the limit. */
  | {
      kind: 'value';
      slot: number;
      holds: Predicate;
      wanted: boolean;
      words: readonly Scalar[] | undefined;
      date: { limit: number; before: boolean } | undefined;
      spot: Spot;
    }
  /** Whether a fact is there, or is not. */
  | { kind: 'presence'; slot: number; wanted: boolean; spot: Spot }
  /** Whether a fact is among the texts of another. */
  | { kind: 'membership'; slot: number; among: number; wanted: boolean; spot: Spot }
  /** Whether `where` holds of some item of a list, or of none. */
  | { kind: 'items'; list: number; where: Spot; wanted: boolean; spot: Spot }
  | { kind: 'all' | 'any'; parts: readonly Spot[]; spot: Spot };
export type Predicate = (value: unknown) => boolean;

export function layoutOf(): Layout {
  return { slots: new Map(), lists: [], questions: new Map() };
}

/** The slot of a fact, made where it is asked for the first time. */
export function slotOf({ slots }: Layout, path: string): number {
  const slot = slots.get(path) ?? slots.size;
  slots.set(path, slot);
  return slot;
}

/** The place of a list among the lists. */
export function listSlotOf({ lists }: Layout, path: string): number {
  const known = lists.findIndex((list) => list.path === path);
  return known === -1 ? lists.push({ path, layout: layoutOf() }) - 1 : known;
}

/** The spot of a question, which is made where it is asked for the first time. */
export function spotOf({ questions }: Layout, key: string, make: (spot: Spot) => Question): Spot {
  const known = questions.get(key);
  if (known !== undefined) return known.spot;
  const question = make({ number: questions.size, at: 0, shift: 0 });
  questions.set(key, question);
  return question.spot;
}

/** The spot of "all of these" or "any of these". */
export function combined(layout: Layout, kind: 'all' | 'any', parts: readonly Spot[]): Spot {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  const key = `${kind} ${parts.map(({ number }) => number).join(' ')}`;
  return spotOf(layout, key, (spot) => ({ kind, parts, spot }));
}
