/*
 * The facts of one decision, laid out for the rules that will ask for them: each fact is fetched once and told once,
 * however many rules look at it.
 */

export type Scalar = string | number | boolean;

/** One fact that a rule looked at: its value, how many items a list has, that a record is there, or that it is missing. */
export type Read =
  | { path: string; value: Scalar | readonly string[] }
  | { path: string; count: number }
  | { path: string; present: true }
  | { path: string; missing: true };

/** Which facts a policy asks for, and which lists; of a list's items too. Made while the policy is compiled. */
export type Layout = {
  /** The list that the items belong to; none for the facts as a whole. */
  list: string | undefined;
  slots: Map<string, number>;
  /** As many missing values as there are slots. */
  blank: undefined[];
  /** The records that are looked into, each fetched once for all its facts. */
  records: { path: string; get: (root: unknown) => unknown; facts: { key: string; slot: number }[] }[];
  lists: { path: string; slot: number; layout: Layout }[];
  /** How the trace calls the facts of item number `index`: `credit.lists[2].kind`. Names are made once. */
  names: string[][];
};

/**
 * The values of a layout's slots and what the trace says of each, the same object for every rule that reads it; and of
 * its lists the items, nothing of a list that is missing.
 */
export type Frame = {
  index: number;
  values: readonly unknown[];
  reads: readonly Read[];
  items: readonly (readonly Frame[] | undefined)[];
};

export function layoutOf(list?: string): Layout {
  return { list, slots: new Map(), blank: [], records: [], lists: [], names: [] };
}

/** The slot of a fact, made where it is asked for the first time. */
export function slotOf({ slots, blank, records }: Layout, path: string): number {
  const known = slots.get(path);
  if (known !== undefined) return known;
  const slot = slots.size;
  slots.set(path, slot);
  blank.push(undefined);
  const dot = path.lastIndexOf('.');
  const parent = path.slice(0, Math.max(dot, 0));
  const fact = { key: path.slice(dot + 1), slot };
  const record = records.find((one) => one.path === parent);
  if (record === undefined) records.push({ path: parent, get: getter(parent), facts: [fact] });
  else record.facts.push(fact);
  return slot;
}

/** The place of a list among the lists. */
export function listSlotOf(layout: Layout, path: string): number {
  const known = layout.lists.findIndex((list) => list.path === path);
  if (known !== -1) return known;
  return layout.lists.push({ path, slot: slotOf(layout, path), layout: layoutOf(path) }) - 1;
}

const noItems: Frame['items'] = [];

export function frameOf(layout: Layout, root: unknown, index = -1): Frame {
  const names = (layout.names[index + 1] ??= namesOf(layout, index));
  // A copy has just the room it needs, where an array that grows takes several times as much.
  const values: unknown[] = layout.blank.slice();
  for (const { get, facts } of layout.records) {
    const record = get(root);
    if (!isRecord(record)) continue;
    for (const { key, slot } of facts) values[slot] = record[key] ?? undefined;
  }
  const reads = values.map((value, slot) => readOf(names[slot] ?? '', value));
  if (layout.lists.length === 0) return { index, values, reads, items: noItems };
  return { index, values, reads, items: layout.lists.map((list) => framesOf(list.layout, values[list.slot])) };
}

function framesOf(layout: Layout, items: unknown): Frame[] | undefined {
  return Array.isArray(items) ? items.map((item, index) => frameOf(layout, item, index)) : undefined;
}

function namesOf({ list, slots }: Layout, index: number): string[] {
  return [...slots.keys()].map((path) => (list === undefined ? path : `${list}[${index}].${path}`));
}

function readOf(path: string, value: unknown): Read {
  if (value === undefined) return { path, missing: true };
  if (isScalar(value)) return { path, value };
  if (isTexts(value)) return { path, value };
  return Array.isArray(value) ? { path, count: value.length } : { path, present: true };
}

/** What lies at a dotted path; the empty path is the root. */
export function getter(path: string): (root: unknown) => unknown {
  if (path === '') return (root) => root;
  const dot = path.lastIndexOf('.');
  const key = path.slice(dot + 1);
  const parentOf = getter(path.slice(0, Math.max(dot, 0)));
  return (root) => {
    const parent = parentOf(root);
    return isRecord(parent) ? parent[key] : undefined;
  };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((word) => typeof word === 'string');
}
