import type { Layout, Question, Spot } from './layouts.ts';

/*
 * What a policy asks, laid out so that every question is answered before any rule is looked at. A question has one bit
 * on two sides: it is set on the side of yes where it surely holds, on the side of no where it surely does not, and on
 * neither while that is unknown. So "all of these" is one comparison of bits however many they are, "any of these" is
 * the same with the sides exchanged, and a list is asked all its questions at one go.
 */
export type Sheet = {
  /** How many facts are found: of each item, or at the top. */
  slots: number;
  sources: readonly Source[];
  lists: readonly List[];
  memberships: readonly Membership[];
  pages: readonly Page[];
  /** How many numbers hold the bits of each item, or of the facts at the top: two for every 32 questions. */
  width: number;
  /** Written over by every decision before it is read. */
  bits: Int32Array;
};

export const YES_SIDE = 0;
export const NO_SIDE = 1;
const WORD = 32;

/** A record that is looked into, and those of its facts whose questions have their bits in one word. */
export type Source = {
  /** The way to it from the top, or from the item. */
  keys: readonly string[];
  at: number;
  facts: readonly Fact[];
  /** Which of its fields are lists whose items are asked. */
  lists: readonly { number: number; key: string }[];
};

export type Fact = {
  key: string;
  /** Its place in what is found. */
  slot: number;
  /** What is answered where it is not there. */
  missing: { yes: number; no: number };
  /** The bits of all its questions, and of those that hold whatever is there. */
  asked: number;
  there: number;
  /** The questions that compare it with words: which hold of each word, and which of any other, is known beforehand. */
  words: Words | undefined;
  dates: readonly { limit: number; before: boolean; bit: number }[];
  tests: readonly { holds: (value: unknown) => boolean; bit: number }[];
};
type Words = { known: ReadonlyMap<unknown, number>; whenTrue: number; whenFalse: number; other: number };

export type List = { sheet: Sheet; conclusions: readonly Conclusion[] };
/** What is asked of a list that is answered of its items in one word, and of the list itself in one word. */
type Conclusion = { from: number; to: number; questions: readonly { from: number; to: number; exchanged: number }[] };
type Membership = { slot: number; among: number; wanted: boolean; at: number; bit: number };
/** What is made of other answers, and noted in one word. */
type Page = { at: number; steps: readonly Step[] };
/** One word of "all of these", the last with the bit for the answer. "Any of these" has the sides exchanged. */
type Step = { part: number; mask: number; last: boolean; shift: number; exchanged: number };

type Kind<Name> = Extract<Question, { kind: Name }>;
type ToFact = Kind<'value'> | Kind<'presence'>;

/** Gives every question its bit, and makes the sheet of a layout that is complete. */
export function sheetOf(layout: Layout): Sheet {
  const questions = [...layout.questions.values()];
  const ofKind = <Name extends Question['kind']>(kind: Name) =>
    questions.filter((question): question is Kind<Name> => question.kind === kind);
  // Those to one fact lie side by side, mostly in one word.
  const toFacts = [...ofKind('value'), ...ofKind('presence')].toSorted((one, other) => one.slot - other.slot);
  const others = questions.filter(({ kind }) => kind !== 'value' && kind !== 'presence');
  for (const [number, { spot }] of [...toFacts, ...others].entries()) {
    spot.at = 2 * Math.floor(number / WORD);
    spot.shift = number % WORD;
  }
  const width = 2 * Math.max(Math.ceil(questions.length / WORD), 1);
  return {
    slots: layout.slots.size,
    sources: sourcesOf(layout, toFacts),
    lists: layout.lists.map((list, number) =>
      listOf(
        list,
        ofKind('items').filter((question) => question.list === number),
      ),
    ),
    memberships: ofKind('membership').map(({ spot, ...membership }) => ({
      ...membership,
      at: spot.at,
      bit: bitsOf([spot]),
    })),
    pages: [...Map.groupBy(questions, ({ spot }) => spot.at)].flatMap(([at, those]) => {
      const steps = those.flatMap(stepsOf);
      return steps.length === 0 ? [] : [{ at, steps }];
    }),
    width,
    bits: new Int32Array(width),
  };
}

/** Exchanges two words where it is -1, and leaves them where it is 0. */
const exchangedIf = (exchanged: boolean) => (exchanged ? -1 : 0);
const bitsOf = (spots: readonly Spot[]) => spots.reduce((bits, { shift }) => bits | (1 << shift), 0);
const bitsOfAll = (questions: readonly Question[]) => bitsOf(questions.map(({ spot }) => spot));

function listOf({ layout }: Layout['lists'][number], questions: readonly Kind<'items'>[]): List {
  // The sheet first: it gives the questions about the items their bits.
  const sheet = sheetOf(layout);
  return {
    sheet,
    conclusions: [...Map.groupBy(questions, ({ where, spot }) => `${where.at} ${spot.at}`).values()].flatMap((some) => {
      const [first] = some;
      if (first === undefined) return [];
      const asked = some.map(({ where, wanted, spot }) => ({
        from: where.shift,
        to: spot.shift,
        exchanged: exchangedIf(!wanted),
      }));
      return [{ from: first.where.at, to: first.spot.at, questions: asked }];
    }),
  };
}

function stepsOf(question: Question): Step[] {
  if (question.kind !== 'all' && question.kind !== 'any') return [];
  const { kind, parts, spot } = question;
  const words = [...Map.groupBy(parts, ({ at }) => at)];
  return words.map(([at, spots], nth) => ({
    part: at,
    mask: bitsOf(spots),
    last: nth === words.length - 1,
    shift: spot.shift,
    exchanged: exchangedIf(kind === 'any'),
  }));
}

function sourcesOf({ slots, lists }: Layout, questions: readonly ToFact[]): Source[] {
  const sources = new Map<string, { keys: string[]; at: number; facts: Fact[]; lists: Source['lists'][number][] }>();
  const sourceOf = (path: string, at: number) => {
    const keys = path.split('.').slice(0, -1);
    const name = `${keys.join('.')} ${at}`;
    const source = sources.get(name) ?? { keys, at, facts: [], lists: [] };
    sources.set(name, source);
    return source;
  };
  for (const [path, slot] of slots) {
    const asked = questions.filter((question) => question.slot === slot);
    // A fact with more questions than fit in a word is there once for each word; one that is only told has none.
    const words = [...Map.groupBy(asked, ({ spot }) => spot.at)];
    if (words.length === 0) sourceOf(path, 0).facts.push(factOf(keyOf(path), slot, []));
    for (const [at, some] of words) sourceOf(path, at).facts.push(factOf(keyOf(path), slot, some));
  }
  for (const [number, { path }] of lists.entries()) sourceOf(path, 0).lists.push({ number, key: keyOf(path) });
  return [...sources.values()];
}

const keyOf = (path: string) => path.slice(path.lastIndexOf('.') + 1);

function factOf(key: string, slot: number, questions: readonly ToFact[]): Fact {
  const values = questions.filter((question) => question.kind === 'value');
  const presence = questions.filter((question) => question.kind === 'presence');
  const there = bitsOfAll(presence.filter(({ wanted }) => wanted));
  const absent = bitsOfAll(presence.filter(({ wanted }) => !wanted));
  return {
    key,
    slot,
    missing: { yes: absent, no: there },
    asked: bitsOfAll(questions),
    there,
    words: wordsOf(values),
    dates: values.flatMap(({ date, wanted, spot }) =>
      date === undefined ? [] : [{ limit: date.limit, before: date.before === wanted, bit: bitsOf([spot]) }],
    ),
    tests: values
      .filter(({ words, date }) => words === undefined && date === undefined)
      .map(({ holds, wanted, spot }) => ({ holds: wanted ? holds : (value) => !holds(value), bit: bitsOf([spot]) })),
  };
}

function wordsOf(questions: readonly Kind<'value'>[]): Words | undefined {
  const compared = questions.filter(({ words }) => words !== undefined);
  if (compared.length === 0) return undefined;
  const holding = (value: unknown) => bitsOfAll(compared.filter(({ holds, wanted }) => holds(value) === wanted));
  const words = compared.flatMap((question) => question.words ?? []);
  return {
    known: new Map(words.map((word) => [word, holding(word)])),
    whenTrue: holding(true),
    whenFalse: holding(false),
    // `undefined` stands for all that no question names.
    other: holding(undefined),
  };
}
