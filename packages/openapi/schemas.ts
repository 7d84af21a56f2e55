import type { ZodOpenApiOverride } from 'zod-openapi';
import * as z from 'zod';
import type { Json, Parameter, Schema } from './types.ts';

/** How each zod schema is told; given to zod-openapi, which calls it for every schema on its way. */
export const tellSchema: ZodOpenApiOverride = ({ jsonSchema, zodSchema, io }) => {
  const { def } = zodSchema._zod;
  // A codec is told as it stands on the wire in answers too: money is an integer there, not a bigint.
  if (def.type === 'pipe' && io === 'output') {
    for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
    const { $schema: _schema, ...wire } = z.toJSONSchema(def.in, { io: 'input', unrepresentable: 'any' });
    Object.assign(jsonSchema, wire);
  }
  // The format says it; zod's pattern for a date is half a screen long.
  if (jsonSchema.format === 'date' || jsonSchema.format === 'date-time') delete jsonSchema.pattern;
  // OpenAPI 3.1 speaks JSON Schema, whose word is examples.
  if (jsonSchema['example'] !== undefined) {
    jsonSchema.examples = [jsonSchema['example']];
    delete jsonSchema['example'];
  }
  if (isEmpty(jsonSchema.additionalProperties)) jsonSchema.additionalProperties = true;
};

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/**
 * A parameter that takes digits only is text in the contract, since all of an address is text; readers of the
 * document are told the integer it means, with its bounds and default.
 */
export function tellParameter(parameter: Parameter, zodSchema: z.ZodType | undefined): Parameter {
  const { pattern, default: _default, ...rest } = parameter.schema;
  const [, first, digits] = /^\^\[([01])-9\]\[0-9\]\{0,([0-9]+)\}\$$/.exec(pattern ?? '') ?? [];
  const output: Schema = zodSchema === undefined ? {} : meaning(zodSchema);
  const known = output.default === undefined ? {} : { default: output.default };
  if (first === undefined || digits === undefined) return { ...parameter, schema: { ...parameter.schema, ...known } };
  const most = 10 ** (Number(digits) + 1) - 1;
  const maximum = Math.min(most, output.maximum ?? most);
  return { ...parameter, schema: { ...rest, type: 'integer', minimum: Number(first), maximum, ...known } };
}

const Meaning = z.object({ maximum: z.number().optional(), default: z.json().optional() });

function meaning(schema: z.ZodType): { maximum?: number; default?: Json } {
  const { maximum, default: value } = Meaning.parse(z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' }));
  return { ...(maximum !== undefined && { maximum }), ...(value !== undefined && { default: value }) };
}
