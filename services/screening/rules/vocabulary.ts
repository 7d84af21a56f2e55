import * as z from 'zod';

/** What a path of a policy can point at. */
export type Field =
  | { type: 'text'; words?: readonly string[] }
  | { type: 'texts'; words?: readonly string[] }
  | { type: 'date' }
  | { type: 'number' }
  | { type: 'boolean' }
  | { type: 'record'; fields: Vocabulary }
  | { type: 'list'; fields: Vocabulary };
export type Vocabulary = { readonly [name: string]: Field };

/**
 * The paths of a schema of facts, so that a policy that names a fact nobody delivers, or compares one with a word it
 * never says, is refused when it is compiled and does not quietly answer "unknown" for ever.
 */
export function vocabularyOf(schema: z.ZodObject): Vocabulary {
  return Object.fromEntries(Object.entries(schema.shape).map(([name, field]) => [name, fieldOf(name, field)]));
}

/** The field at a dotted path, or nothing. */
export function fieldAt(vocabulary: Vocabulary, path: string): Field | undefined {
  let fields: Vocabulary | undefined = vocabulary;
  let field: Field | undefined;
  for (const name of path.split('.')) {
    field = fields !== undefined && Object.hasOwn(fields, name) ? fields[name] : undefined;
    fields = field?.type === 'record' ? field.fields : undefined;
  }
  return field;
}

function fieldOf(name: string, schema: z.core.$ZodType): Field {
  if (schema instanceof z.ZodOptional) return fieldOf(name, schema.unwrap());
  if (schema instanceof z.ZodISODate) return { type: 'date' };
  if (schema instanceof z.ZodEnum) return { type: 'text', words: schema.options.map(String) };
  if (schema instanceof z.ZodString) return { type: 'text' };
  if (schema instanceof z.ZodNumber) return { type: 'number' };
  if (schema instanceof z.ZodBoolean) return { type: 'boolean' };
  if (schema instanceof z.ZodObject) return { type: 'record', fields: vocabularyOf(schema) };
  if (schema instanceof z.ZodArray) {
    if (schema.element instanceof z.ZodObject) return { type: 'list', fields: vocabularyOf(schema.element) };
    const element = fieldOf(name, schema.element);
    if (element.type === 'text') return { ...element, type: 'texts' };
  }
  throw new Error(`no rule can read "${name}": facts are texts, dates, numbers, booleans, records and lists of them`);
}
