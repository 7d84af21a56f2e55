import { samplePattern } from './sample-pattern.ts';
import type { Json, Schema, Schemas } from './types.ts';

/** Fields that mean the same everywhere, so that one request's example fits the next one's. */
const familiar: Record<string, string> = {
  uscc: '91411502MA9TETT0X9',
  divisionCode: '411502',
  parkId: 'XY-ZONE-YSQY',
  recipients: 'bank-a',
};

/**
 * An example of a schema, made from it and always the same: its own example where it has one, else the simplest value
 * that fits. Every optional field is there once. Throws where nothing fits: such a schema needs `meta({ example })`.
 * @param name what the value is called where it stands; helps to find a telling text
 */
export function exampleOf(schema: Schema, schemas: Schemas, name = ''): Json {
  const made = make(schema, { schemas, name, within: [] });
  if (made === undefined) throw new Error(`no example for ${name}: it must contain itself`);
  return made;
}

/** `within` are the named schemas around: an example never holds one inside itself. */
type Place = { schemas: Schemas; name: string; within: readonly string[] };

/** Undefined where there is none that ends. */
function make(given: Schema, around: Place): Json | undefined {
  if (given.$ref !== undefined && around.within.includes(given.$ref)) return undefined;
  const place = given.$ref === undefined ? around : { ...around, within: [...around.within, given.$ref] };
  const schema = resolveSchema(given, place.schemas);
  const fixed = [schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]].find(
    (value) => value !== undefined,
  );
  if (fixed !== undefined) return fixed;
  const options = schema.anyOf ?? schema.oneOf;
  if (options?.some((option) => option.type === 'null') === true) return null;
  if (options !== undefined) {
    return options.map((option) => make(option, place)).find((example) => example !== undefined);
  }
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  if (types.includes('null')) return null;
  switch (types[0] ?? 'object') {
    case 'array':
      return arrayOf(schema, place);
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1, 0);
    case 'boolean':
      return false;
    case 'string':
      return textOf(schema, place.name);
    default:
      return objectOf(schema, place);
  }
}

function arrayOf(schema: Schema, place: Place): Json | undefined {
  const item = make(schema.items ?? {}, place);
  if (item === undefined) return (schema.minItems ?? 0) === 0 ? [] : undefined;
  return Array.from({ length: Math.max(schema.minItems ?? 0, 1) }, () => item);
}

/** Of several dates in one object each lies a year after the one before: what is named last mostly happens last. */
function objectOf(schema: Schema, place: Place): Json | undefined {
  const made: Record<string, Json> = {};
  let dates = 0;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = make(property, { ...place, name });
    if (value === undefined) {
      if (schema.required?.includes(name) === true) return undefined;
      continue;
    }
    const date = typeof value === 'string' && resolveSchema(property, place.schemas).format === 'date';
    made[name] = date ? `${Number(value.slice(0, 4)) + dates}${value.slice(4)}` : value;
    if (date) dates += 1;
  }
  if (schema.properties === undefined && typeof schema.additionalProperties === 'object') {
    const value = make(schema.additionalProperties, { ...place, name: 'value' });
    if (value !== undefined) made['key'] = value;
  }
  return made;
}

function textOf(schema: Schema, name: string): string {
  if (schema.format === 'date') return '2026-11-23';
  if (schema.format === 'date-time') return '2026-12-01T00:00:00.000Z';
  const word = name.replace(/Id$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const candidates = [
    familiar[name],
    schema.pattern === undefined ? schema.description?.replace(/（.*）$/, '') : undefined,
    schema.description,
    schema.pattern === undefined ? '示例文字' : `${word}-1`,
    schema.pattern === undefined ? undefined : samplePattern(schema.pattern),
    'x'.repeat(schema.minLength ?? 0),
  ];
  const found = candidates.find((candidate) => candidate !== undefined && fits(schema, candidate));
  if (found === undefined) throw new Error(`no example for ${name}: give its schema one by meta({ example })`);
  return found;
}

function fits(schema: Schema, text: string): boolean {
  if (text.length < (schema.minLength ?? 0) || text.length > (schema.maxLength ?? Infinity)) return false;
  return schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text);
}

/** The schema behind a reference; what stands beside the reference (a description, a default) goes before. */
export function resolveSchema(schema: Schema, schemas: Schemas): Schema {
  const { $ref, ...beside } = schema;
  if ($ref === undefined) {
    const [only, ...others] = schema.allOf ?? [];
    if (only === undefined || others.length > 0) return schema;
    const { allOf: _allOf, ...rest } = schema;
    return { ...resolveSchema(only, schemas), ...rest };
  }
  const target = schemas[componentName($ref)];
  if (target === undefined) throw new Error(`nothing is called ${$ref}`);
  return { ...resolveSchema(target, schemas), ...beside };
}

/** `Enterprise` of `#/components/schemas/Enterprise`. */
export function componentName(ref: string): string {
  return ref.slice(ref.lastIndexOf('/') + 1);
}
