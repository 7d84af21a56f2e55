import { samplePattern } from './sample-pattern.ts';
import type { Json, Schema, Schemas } from './types.ts';

const maxDepth = 12;

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
  return make(schema, { schemas, name, depth: 0 });
}

type Place = { schemas: Schemas; name: string; depth: number };

function make(given: Schema, place: Place): Json {
  if (place.depth > maxDepth) throw new Error(`no example for ${place.name}: nested too deep`);
  const schema = resolveSchema(given, place.schemas);
  const [example] = schema.examples ?? [];
  if (example !== undefined) return example;
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  const [choice] = schema.enum ?? [];
  if (choice !== undefined) return choice;
  const deeper = { ...place, depth: place.depth + 1 };
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) {
    const none = options.find((option) => option.type === 'null');
    return none === undefined ? make(options[0] ?? {}, deeper) : null;
  }
  if (Array.isArray(schema.type)) return schema.type.includes('null') ? null : make({ ...schema, type: schema.type[0] ?? '' }, deeper);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, deeper);
    case 'array':
      return Array.from({ length: Math.max(schema.minItems ?? 0, 1) }, () => make(schema.items ?? {}, deeper));
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 0, (schema.exclusiveMinimum ?? -1) + 1, 0);
    case 'boolean':
      return false;
    case 'null':
      return null;
    case 'string':
      return textOf(schema, place.name);
    default:
      return {};
  }
}

/** Of several dates in one object the later named lies a year later each: what is named last mostly happens last. */
function objectOf(schema: Schema, place: Place): Json {
  const made: Record<string, Json> = {};
  let dates = 0;
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const value = make(property, { ...place, name });
    const date = typeof value === 'string' && resolveSchema(property, place.schemas).format === 'date';
    made[name] = date ? `${Number(value.slice(0, 4)) + dates}${value.slice(4)}` : value;
    if (date) dates += 1;
  }
  if (schema.properties === undefined && typeof schema.additionalProperties === 'object') {
    made['key'] = make(schema.additionalProperties, { ...place, name: 'value' });
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
