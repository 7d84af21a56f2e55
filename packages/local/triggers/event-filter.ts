import * as z from 'zod';

const Fields = z.record(z.string(), z.unknown());

/** Whether an event passes: it needs to match one of the patterns, and all of them are matched where there is none. */
export function passes(patterns: readonly unknown[], event: unknown): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesFields(pattern, event));
}

/** A pattern names fields; each must match. What it does not name is of no account. */
function matchesFields(pattern: unknown, event: unknown): boolean {
  const fields = Fields.parse(pattern);
  const given = Fields.safeParse(event).data;
  return Object.entries(fields).every(([name, wanted]) => {
    if (name === '$or')
      return z
        .array(z.unknown())
        .parse(wanted)
        .some((one) => matchesFields(one, event));
    const value = given?.[name];
    return Array.isArray(wanted) ? matchesAny(wanted, value) : matchesFields(wanted, value);
  });
}

/** A list of alternatives; where the event has a list, one of its elements is enough. */
function matchesAny(alternatives: readonly unknown[], value: unknown): boolean {
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return alternatives.some((alternative) => values.some((one) => matchesOne(alternative, one)));
}

const Rule = z.union([
  z.strictObject({ prefix: z.string() }),
  z.strictObject({ suffix: z.string() }),
  z.strictObject({ 'equals-ignore-case': z.string() }),
  z.strictObject({ exists: z.boolean() }),
  z.strictObject({ numeric: z.array(z.union([z.string(), z.number()])) }),
  z.strictObject({
    'anything-but': z.union([z.string(), z.number(), z.array(z.unknown()), z.strictObject({ prefix: z.string() })]),
  }),
]);

/** Throws on a rule that is not known, so that a filter never means something else here than deployed. */
function matchesOne(alternative: unknown, value: unknown): boolean {
  if (typeof alternative !== 'object' || alternative === null) return value === alternative;
  const rule = Rule.parse(alternative);
  if ('exists' in rule) return (value !== undefined) === rule.exists;
  if (value === undefined) return false;
  if ('prefix' in rule) return typeof value === 'string' && value.startsWith(rule.prefix);
  if ('suffix' in rule) return typeof value === 'string' && value.endsWith(rule.suffix);
  if ('equals-ignore-case' in rule)
    return typeof value === 'string' && value.toLowerCase() === rule['equals-ignore-case'].toLowerCase();
  if ('numeric' in rule) return typeof value === 'number' && inRange(rule.numeric, value);
  const not = rule['anything-but'];
  if (Array.isArray(not)) return !not.includes(value);
  return typeof not === 'object' ? !matchesOne(not, value) : value !== not;
}

/** `[">", 0, "<=", 5]`: comparisons in pairs, all of which hold. */
function inRange(comparisons: readonly (string | number)[], value: number): boolean {
  for (let at = 0; at < comparisons.length; at += 2) {
    const bound = z.number().parse(comparisons[at + 1]);
    const holds = {
      '=': value === bound,
      '<': value < bound,
      '<=': value <= bound,
      '>': value > bound,
      '>=': value >= bound,
    };
    if (!holds[z.enum(['=', '<', '<=', '>', '>=']).parse(comparisons[at])]) return false;
  }
  return true;
}
