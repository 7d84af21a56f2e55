import { componentName, resolveSchema } from './example.ts';
import type { Schema, Schemas } from './types.ts';

/** One line of a table of fields. `type` and `limits` are for people; `refs` are the named schemas it is made of. */
export type Field = {
  name: string;
  required: boolean;
  type: string;
  ref?: string;
  limits: string[];
  description: string;
};

/** The fields of an object, those of unnamed objects inside it too: `scope.usccs`, `confirm[].reason`. */
export function fieldsOf(schema: Schema, schemas: Schemas, prefix = ''): Field[] {
  const object = resolveSchema(schema, schemas);
  return Object.entries(object.properties ?? {}).flatMap(([name, property]) => {
    const inside = nested(property);
    return [
      fieldOf(`${prefix}${name}`, property, object.required?.includes(name) === true, schemas),
      ...(inside === undefined ? [] : fieldsOf(inside.schema, schemas, `${prefix}${name}${inside.suffix}`)),
    ];
  });
}

/** One value that is not a field of an object: a parameter, or an answer that is a list. */
export function fieldOf(name: string, schema: Schema, required: boolean, schemas: Schemas): Field {
  const ref = refOf(schema);
  const description = schema.description ?? (ref === undefined ? undefined : schemas[ref]?.description) ?? '';
  return {
    name,
    required,
    type: typeOf(schema),
    ...(ref !== undefined && { ref }),
    limits: limitsOf(schema),
    description,
  };
}

function nested(schema: Schema): { schema: Schema; suffix: string } | undefined {
  if (schema.properties !== undefined) return { schema, suffix: '.' };
  if (schema.items?.properties !== undefined) return { schema: schema.items, suffix: '[].' };
  return undefined;
}

function refOf(schema: Schema): string | undefined {
  const inner = schema.$ref ?? schema.items?.$ref ?? schema.allOf?.[0]?.$ref;
  return inner === undefined ? undefined : componentName(inner);
}

const typeNames: Record<string, string> = {
  string: '文字 string',
  integer: '整数 integer',
  number: '数 number',
  boolean: '是否 boolean',
  object: '对象 object',
  array: '列表 array',
  null: 'null',
};
const formatNames: Record<string, string> = { date: '日期 date', 'date-time': '时刻 date-time', binary: '文件 file' };

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined || schema.allOf !== undefined) return '';
  const options = schema.anyOf ?? schema.oneOf;
  if (options !== undefined) return options.map(typeOf).filter(Boolean).join(' 或 ');
  if (schema.format !== undefined && formatNames[schema.format] !== undefined) return formatNames[schema.format] ?? '';
  if (schema.type === 'array' && schema.items !== undefined) {
    const item = typeOf(schema.items);
    return item === '' ? '列表 array：' : `列表 array：${item}`;
  }
  if (schema.type === undefined && schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types.map((type) => typeNames[type] ?? type).join(' 或 ');
}

/** What must hold of a value, each as a short text with code between backticks. */
function limitsOf(schema: Schema): string[] {
  const item = schema.items ?? {};
  return [
    schema.enum && `取值 ${schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' ')}`,
    item.enum && `每项取值 ${item.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' ')}`,
    schema.const !== undefined && schema.type !== undefined && `恒为 \`${JSON.stringify(schema.const)}\``,
    range(schema.minimum, schema.maximum, ''),
    schema.exclusiveMinimum !== undefined && `大于 ${schema.exclusiveMinimum}`,
    schema.exclusiveMaximum !== undefined && `小于 ${schema.exclusiveMaximum}`,
    range(schema.minLength, schema.maxLength, ' 字'),
    range(schema.minItems, schema.maxItems, ' 项'),
    range(item.minLength, item.maxLength, ' 字（每项）'),
    schema.pattern !== undefined && `格式 \`${schema.pattern}\``,
    item.pattern !== undefined && `每项格式 \`${item.pattern}\``,
    schema.default !== undefined && `缺省 \`${JSON.stringify(schema.default)}\``,
  ].filter((limit) => typeof limit === 'string');
}

/** Bounds; those that every integer has here are not worth saying. */
function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  const from = least === undefined || least === Number.MIN_SAFE_INTEGER ? undefined : least;
  const to = most === undefined || most === Number.MAX_SAFE_INTEGER ? undefined : most;
  if (from === undefined && to === undefined) return undefined;
  if (from === to) return `${from}${unit}`;
  if (to === undefined) return `至少 ${from}${unit}`;
  return from === undefined ? `至多 ${to}${unit}` : `${from} 至 ${to}${unit}`;
}
