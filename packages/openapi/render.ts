import * as z from 'zod';
import { createDocument, type ZodOpenApiPathItemObject } from 'zod-openapi';
import type { Route } from '#packages/contract';
import { tellSchema } from './schemas.ts';
import type { Answer, Content, Parameter, Schemas } from './types.ts';

/** A row of all contract tables together. */
export type Row = { service: string; operationId: string; route: Route };

/** What the renderer makes of one route: the parts that have schemas in them. */
export type Rendered = {
  parameters: readonly Parameter[];
  body: Content | undefined;
  answer: Content | undefined;
};

/** Makes JSON Schema of all zod schemas of the routes at once, so that what has a name is said once. */
export function renderContracts(
  rows: readonly Row[],
  named: readonly Readonly<Record<string, unknown>>[],
): { schemas: Schemas; operation(row: Row): Rendered } {
  const paths: Record<string, ZodOpenApiPathItemObject> = {};
  for (const { route } of rows) {
    const sends = route.file === undefined && (route.method === 'POST' || route.method === 'PUT');
    const { params, query, answer } = route;
    const body = route.body ?? z.strictObject({});
    (paths[route.path] ??= {})[lowerMethod(route.method)] = {
      requestParams: { ...(params !== undefined && { path: params }), ...(query !== undefined && { query }) },
      ...(sends && { requestBody: { content: { 'application/json': { schema: body } } } }),
      responses: {
        [`${route.status}`]: {
          description: '',
          ...(answer !== undefined && { content: { 'application/json': { schema: answer } } }),
        },
      },
    };
  }
  const created = createDocument(
    { openapi: '3.1.1', info: { title: '', version: '' }, paths, components: { schemas: namedSchemas(named) } },
    { override: tellSchema },
  );
  // Out of its types, which allow all of OpenAPI, and into ours, by way of the JSON that it is.
  const document: Created = JSON.parse(JSON.stringify(created));
  return {
    schemas: document.components?.schemas ?? {},
    operation({ route }) {
      const operation = document.paths[route.path]?.[lowerMethod(route.method)];
      return {
        parameters: operation?.parameters ?? [],
        body: operation?.requestBody?.content,
        answer: operation?.responses[`${route.status}`]?.content,
      };
    },
  };
}

type Created = {
  paths: Record<
    string,
    Record<string, { parameters?: Parameter[]; requestBody?: { content: Content }; responses: Record<string, Answer> }>
  >;
  components?: { schemas?: Schemas };
};

export function lowerMethod(method: Route['method']): 'get' | 'post' | 'put' | 'delete' {
  switch (method) {
    case 'GET':
      return 'get';
    case 'POST':
      return 'post';
    case 'PUT':
      return 'put';
    case 'DELETE':
      return 'delete';
  }
}

function namedSchemas(named: readonly Readonly<Record<string, unknown>>[]): Record<string, z.ZodType> {
  const all: Record<string, z.ZodType> = {};
  for (const [name, schema] of named.flatMap((schemas) => Object.entries(schemas))) {
    if (!(schema instanceof z.ZodType)) continue;
    if (all[name] !== undefined && all[name] !== schema) throw new Error(`two schemas are called ${name}`);
    all[name] = schema;
  }
  return all;
}
