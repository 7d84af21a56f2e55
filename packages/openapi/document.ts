import * as z from 'zod';
import { createDocument, type oas31, type ZodOpenApiOperationObject, type ZodOpenApiPathItemObject } from 'zod-openapi';
import type { Route, Routes } from '#packages/contract';
import { conventions, describeRefusals } from './advice.ts';
import { goodHeaders, needsKey, problemSchemas, refusalAnswers, sharedAnswers } from './answers.ts';
import { exampleOf } from './example.ts';
import { introduction, signatureHeader } from './guide.ts';
import { isPartnerRole, whoMayCall } from './roles.ts';
import { tellParameter, tellSchema } from './schemas.ts';
import type { Content, OpenApiDocument, OpenApiOperation, Parameter, Schemas } from './types.ts';

/** A service's contract: its routes and, by the names they have in its code, the schemas worth a name outside. */
export type DocumentedService = { name: string; routes: Routes; schemas?: Record<string, unknown> };

/**
 * The OpenAPI 3.1 document of these services, always the same bytes for the same contracts.
 * @param schemas of a service may be its whole contract module: what is no zod schema or not used is left out
 * @throws where two services have another schema under the same name, or an operation's name is there twice
 */
export function openApiDocument(
  services: readonly DocumentedService[],
  options: { version: string; serverUrl?: string },
): OpenApiDocument {
  const rows: Row[] = services.flatMap(({ name, routes }) =>
    Object.entries(routes).map(([operationId, route]) => ({ service: name, operationId, route })),
  );
  const twice = rows.find(({ operationId }, index) => rows.findIndex((row) => row.operationId === operationId) < index);
  if (twice !== undefined) throw new Error(`two operations are called ${twice.operationId}`);

  const rendered = createDocument(
    {
      openapi: '3.1.1',
      info: { title: '', version: '' },
      paths: pathsOf(rows),
      components: { schemas: namedSchemas(services) },
    },
    { override: tellSchema },
  );
  const schemas: Schemas = { ...rendered.components?.schemas, ...problemSchemas };
  const paths: OpenApiDocument['paths'] = {};
  for (const row of rows) {
    const { path, method } = row.route;
    (paths[path] ??= {})[lower(method)] = operationOf(row, rendered.paths?.[path]?.[lower(method)] ?? {}, schemas);
  }
  const responses = sharedAnswers();
  const tags = [...new Set(rows.map(({ route }) => route.tag))];
  return {
    openapi: '3.1.1',
    info: {
      title: '知融 API',
      version: options.version,
      description: introduction,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: options.serverUrl ?? '/', description: '提供本文件的服务器' }],
    tags: tags.map((name) => ({ name, description: `与${name}有关的操作` })),
    paths,
    components: { schemas: usedSchemas([paths, responses], schemas), responses, securitySchemes },
    'x-problems': { ...conventions },
  };
}

type Row = { service: string; operationId: string; route: Route };

function lower(method: Route['method']): 'get' | 'post' | 'put' | 'delete' {
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

const securitySchemes = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: '人员：OIDC 访问令牌，载有 sub、一个 role，以及与其绑定的 divisionCode、parkId 或 uscc。',
  },
  // OpenAPI has no word for a message signature; the header that carries it is the nearest.
  signature: { type: 'apiKey', in: 'header', name: 'Signature', description: signatureHeader },
};

/** The part of the document that has schemas in it, as zod-openapi takes it. */
function pathsOf(rows: readonly Row[]): Record<string, ZodOpenApiPathItemObject> {
  const paths: Record<string, ZodOpenApiPathItemObject> = {};
  for (const { route } of rows) {
    const sends = route.file === undefined && (route.method === 'POST' || route.method === 'PUT');
    const operation: ZodOpenApiOperationObject = {
      requestParams: {
        ...(route.params !== undefined && { path: route.params }),
        ...(route.query !== undefined && { query: route.query }),
      },
      ...(sends && { requestBody: { content: { 'application/json': { schema: route.body ?? z.strictObject({}) } } } }),
      responses: {
        [`${route.status}`]: {
          description: '',
          ...(route.answer !== undefined && { content: { 'application/json': { schema: route.answer } } }),
        },
      },
    };
    (paths[route.path] ??= {})[lower(route.method)] = operation;
  }
  return paths;
}

/** One operation: what the renderer made of its schemas, and all that the contract says beside them. */
function operationOf(row: Row, rendered: oas31.OperationObject, schemas: Schemas): OpenApiOperation {
  const { route, service, operationId } = row;
  const parameters = [...parametersOf(route, rendered, schemas), ...keyParameter(route)];
  const content = bodyOf(route, rendered);
  const example = content === undefined || route.file !== undefined ? {} : examples(content, schemas, operationId);
  const own = describeRefusals(route.refusals ?? {});
  const people = route.roles.some((role) => !isPartnerRole(role));
  const partners = route.roles.some(isPartnerRole);
  return {
    operationId,
    tags: [route.tag],
    summary: route.summary,
    description: whoMayCall(route.roles, route.public === true),
    security: [...(people ? [{ bearer: [] }] : []), ...(partners ? [{ signature: [] }] : [])],
    ...(parameters.length > 0 && { parameters }),
    ...(content !== undefined && {
      requestBody: {
        required: true,
        ...(route.file !== undefined && { description: `文件原样发送，不超过 ${route.file.maxBytes / 1024 / 1024} MB` }),
        content: { ...content, ...example },
      },
    }),
    responses: { [`${route.status}`]: goodAnswer(row, rendered, schemas), ...refusalAnswers(route) },
    'x-service': service,
    'x-roles': [...route.roles],
    ...(Object.keys(own).length > 0 && { 'x-refusals': own }),
  };
}

function parametersOf(route: Route, rendered: oas31.OperationObject, schemas: Schemas): Parameter[] {
  const told: Parameter[] = [];
  for (const parameter of rendered.parameters ?? []) {
    if ('$ref' in parameter || (parameter.in !== 'path' && parameter.in !== 'query')) continue;
    const { name, in: place, schema = {}, description, required } = parameter;
    const source = place === 'path' ? route.params : route.query;
    const read = tellParameter(
      {
        name,
        in: place,
        ...(required === true && { required }),
        ...(description !== undefined && { description }),
        schema: plain(schema),
      },
      source?.shape[name],
    );
    told.push(read.required === true ? { ...read, example: exampleOf(read.schema, schemas, name) } : read);
  }
  return told;
}

/** The header that makes a call safe to repeat. Where only those who sign must send it, OpenAPI can but say so. */
function keyParameter(route: Route): Parameter[] {
  const needed = needsKey(route);
  if (needed === 'no') return [];
  return [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: needed === 'always',
      description: needed === 'always' ? '这笔业务的键；重试时沿用同一个' : '机构签名调用时必填；人员调用时不需要',
      schema: { type: 'string', pattern: IdempotencyKey.source },
      example: '20261123093000-000001',
    },
  ];
}
