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

/** What the trace says of each fact by its slot, the same object for every rule that reads it. */
export type Reads = readonly Read[];
/** What is read for one decision: the facts at the top, and the lists. */
export type Frame = { reads: Reads; lists: readonly ListFrame[]; longest: number };
/** What the trace says of a list, then of the facts of its items, one item after the other. */
export type ListFrame = { size: number; reads: Reads };

export function readOf(path: string, value: unknown): Read {
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
