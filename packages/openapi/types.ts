/** A JSON value. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** As much of JSON Schema 2020-12 as our contracts come to. */
export type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  pattern?: string;
  description?: string;
  examples?: Json[];
  default?: Json;
  const?: Json;
  enum?: Json[];
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: Schema | boolean;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
};
export type Schemas = Record<string, Schema>;

export type Parameter = {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  description?: string;
  schema: Schema;
  example?: Json;
};

export type Content = Record<string, { schema: Schema; example?: Json }>;
export type Header = { description: string; schema: Schema };

/** A refusal as programs and people meet it: what it means and what to do about it, in 中文. */
export type ProblemEntry = { status: number; title: string; advice: string };

export type Answer = {
  $ref?: string;
  description?: string;
  headers?: Record<string, Header>;
  content?: Content;
  /** Codes that this answer may carry. */
  'x-codes'?: string[];
};

export type OpenApiOperation = {
  operationId: string;
  tags: string[];
  summary: string;
  description: string;
  security: Record<string, string[]>[];
  parameters?: Parameter[];
  requestBody?: { required: true; description?: string; content: Content };
  responses: Record<string, Answer>;
  'x-service': string;
  'x-roles': string[];
  /** The operation's own refusals by code; those that every route has stand in the document's `x-problems`. */
  'x-refusals'?: Record<string, ProblemEntry>;
};

/** The OpenAPI 3.1 document as we write it, narrower than the standard allows, so that the page can be made from it. */
export type OpenApiDocument = {
  openapi: string;
  info: { title: string; version: string; description: string; license: { name: string; identifier: string } };
  servers: { url: string; description: string }[];
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OpenApiOperation>>;
  components: {
    schemas: Schemas;
    responses: Record<string, Answer>;
    securitySchemes: Record<string, Record<string, string>>;
  };
  'x-problems': Record<string, ProblemEntry>;
};
