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

/**
 * What was found for one decision, each fact once however many rules look at it: its value by its slot, nothing where it
 * is missing, and the lists. With what a rule asked for it is the trace of that rule (`telling.ts`).
 */
export type Frame = { values: readonly unknown[]; lists: readonly ListFrame[] };
/**
 * The facts of a list's items, one item after the other; no size where the list is missing. Of a long list also how the
 * questions to its items were answered, which tells the items that decide.
 */
export type ListFrame = { size: number | undefined; values: readonly unknown[]; bits: Int32Array | undefined };

/** A list that is missing. */
export const noList: ListFrame = { size: undefined, values: [], bits: undefined };

/** Of a list's items the trace tells so many, and of the others as many again that decide. */
export const MAX_TOLD_ITEMS = 20;

export function readOf(path: string, value: unknown): Read {
  if (isMissing(value)) return { path, missing: true };
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

export function isMissing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

export type Fields = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

export function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

export function isTexts(value: unknown): value is readonly string[] {
  if (!Array.isArray(value)) return false;
  for (const word of value) if (typeof word !== 'string') return false;
  return true;
}
