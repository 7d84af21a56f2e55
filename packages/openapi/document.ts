import type { Routes } from '#packages/contract';
import { conventions } from './advice.ts';
import { problemSchemas, sharedAnswers } from './answers.ts';
import { introduction, signatureHeader } from './guide.ts';
import { operationOf } from './operation.ts';
import { lowerMethod, type Row, renderContracts } from './render.ts';
import type { OpenApiDocument, Schemas } from './types.ts';

/**
 * A service's contract: its routes and, by the names they have in its code, the schemas worth a name outside. The
 * whole contract module may be given for these: what is no zod schema, or not used by a route, is left out.
 */
export type DocumentedService = { name: string; routes: Routes; schemas?: Readonly<Record<string, unknown>> };

/**
 * The OpenAPI 3.1 document of these services, always the same bytes for the same contracts.
 * @throws where an operation's name is there twice, where two services call different schemas by one name, and where
 * no example can be made for a request
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

  const rendered = renderContracts(
    rows,
    services.map(({ schemas = {} }) => schemas),
  );
  const schemas: Schemas = { ...rendered.schemas, ...problemSchemas };
  const paths: OpenApiDocument['paths'] = {};
  for (const row of rows) {
    const operation = operationOf(row, rendered.operation(row), schemas);
    (paths[row.route.path] ??= {})[lowerMethod(row.route.method)] = operation;
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

/** The schemas that these places refer to, and those that these refer to in turn, in alphabetical order. */
function usedSchemas(places: readonly unknown[], schemas: Schemas): Schemas {
  const used = new Map<string, Schemas[string]>();
  const look = (place: unknown) => {
    for (const [, name = ''] of JSON.stringify(place).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      const schema = schemas[name];
      if (schema === undefined || used.has(name)) continue;
      used.set(name, schema);
      look(schema);
    }
  };
  for (const place of places) look(place);
  return Object.fromEntries([...used].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
