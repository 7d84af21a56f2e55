import type { OpenApiDocument, OpenApiOperation, Schema, Schemas } from '../openapi/types.ts';

/*
 * Writes `operations.ts` of the contracts' own document: the operations that an organisation may call, each with its row
 * for the client and its types as they cross the wire.
 */

const organisations = ['bank', 'guarantor', 'insurer'];
/** What anybody may read, and every caller has to: the platform's own keys. */
const openPrefix = '/.well-known/';

type Found = { method: string; path: string; operation: OpenApiOperation };

/** @throws where a schema says something that has no type here */
export function operationsSource(document: OpenApiDocument): string {
  const { schemas } = document.components;
  const found = Object.entries(document.paths).flatMap(([path, methods]): Found[] =>
    Object.entries(methods)
      .filter(([, { 'x-roles': roles }]) => path.startsWith(openPrefix) || roles.some((r) => organisations.includes(r)))
      .map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
  const [json, files] = [found.filter(isJson), found.filter((one) => !isJson(one))];
  const writer = typeWriter(schemas);
  const types = json.map((one) => operationType(one, writer.typeOf));
  const problem = writer.typeOf({ $ref: '#/components/schemas/Problem' }, 0);
  if (problem !== 'Problem') throw new Error('the document has no Problem');
  const rows = json.map(
    ({ method, path, operation: { operationId, responses } }) =>
      `  ${operationId}: { method: '${method}', path: '${path}'${isList(responses, schemas) ? ', isList: true' : ''} },`,
  );
  return [
    '// Made of the contracts by `node scripts/sdk.ts types`; a test holds it to them. Not to be edited.',
    ...files.map(({ operation }) => `// Not here, for it takes or gives a file: ${operation.operationId}`),
    "import type { OperationRow } from './calls.ts';",
    '',
    'export const operations = {',
    ...rows,
    '} as const satisfies Record<string, OperationRow>;',
    '',
    '/** Refusals that every operation can give. */',
    `export type CommonCode =\n  | ${Object.keys(document['x-problems']).map(quoted).join('\n  | ')};`,
    '',
    'export type Operations = {',
    ...types,
    '};',
    ...writer.named(),
    '',
  ].join('\n');
}

const jsonType = 'application/json';

function goodAnswer({ responses }: Pick<OpenApiOperation, 'responses'>) {
  return Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1];
}

function isJson({ operation }: Found): boolean {
  const contents = [operation.requestBody?.content, goodAnswer(operation)?.content];
  return contents.every((content) => content === undefined || jsonType in content);
}

function isList(responses: OpenApiOperation['responses'], schemas: Schemas): boolean {
  const schema = resolved(goodAnswer({ responses })?.content?.[jsonType]?.schema ?? {}, schemas);
  return schema.properties?.['items'] !== undefined && schema.properties['nextCursor'] !== undefined;
}

type TypeOf = (schema: Schema, depth: number) => string;

function operationType({ method, operation }: Found, typeOf: TypeOf): string {
  const { operationId, summary, parameters = [], requestBody, 'x-refusals': refusals = {} } = operation;
  const part = (place: 'path' | 'query') => {
    const inPlace = parameters.filter((parameter) => parameter.in === place);
    const required = inPlace.filter((parameter) => parameter.required === true).map(({ name }) => name);
    const properties = Object.fromEntries(inPlace.map(({ name, schema }) => [name, schema]));
    const type = typeOf({ type: 'object', properties, required, additionalProperties: false }, 3);
    return inPlace.length === 0 ? [] : [`${required.length === 0 ? '?' : ''}: ${type};`];
  };
  const body = requestBody?.content[jsonType]?.schema;
  const bodyType = body === undefined ? '' : typeOf(body, 3);
  const input = [
    ...part('path').map((text) => `params${text}`),
    ...part('query').map((text) => `query${text}`),
    ...(body === undefined ? [] : [`body${bodyType === empty ? '?' : ''}: ${bodyType};`]),
    ...(method === 'GET' ? [] : ['idempotencyKey?: string;']),
  ];
  const answer = goodAnswer(operation)?.content?.[jsonType]?.schema;
  return [
    `  /** ${summary} */`,
    `  ${operationId}: {`,
    input.length === 0
      ? `    input: ${empty};`
      : `    input: {\n${input.map((line) => `      ${line}`).join('\n')}\n    };`,
    `    answer: ${answer === undefined ? 'undefined' : typeOf(answer, 2)};`,
    `    code: ${Object.keys(refusals).map(quoted).join(' | ') || 'never'};`,
    '  };',
  ].join('\n');
}

const empty = 'Record<string, never>';
const quoted = (text: unknown) =>
  typeof text === 'string' ? `'${text.replaceAll("'", String.raw`\'`)}'` : String(text);

function resolved(schema: Schema, schemas: Schemas): Schema {
  return schema.$ref === undefined ? schema : (schemas[nameOf(schema.$ref)] ?? {});
}

const nameOf = (reference: string) => reference.slice(reference.lastIndexOf('/') + 1);

/** Types by schema; those of schemas that have a name and are more than a word are written once, behind the rest. */
function typeWriter(schemas: Schemas) {
  const named = new Map<string, string>();

  function typeOf(schema: Schema, depth: number): string {
    if (schema.$ref !== undefined) return referenceTo(nameOf(schema.$ref), depth);
    if (schema.const !== undefined) return quoted(schema.const);
    if (schema.enum !== undefined) return schema.enum.map(quoted).join(' | ');
    const options = schema.anyOf ?? schema.oneOf;
    if (options !== undefined) return [...new Set(options.map((option) => typeOf(option, depth)))].join(' | ');
    if (schema.allOf !== undefined) return schema.allOf.map((each) => typeOf(each, depth)).join(' & ');
    if (Array.isArray(schema.type)) return schema.type.map((type) => typeOf({ ...schema, type }, depth)).join(' | ');
    switch (schema.type) {
      case 'array': {
        const item = typeOf(schema.items ?? {}, depth);
        return /^[\w'-]+$/.test(item) ? `${item}[]` : `Array<${item}>`;
      }
      case 'object':
        return objectOf(schema, depth);
      case 'integer':
      case 'number':
        return 'number';
      case 'string':
      case 'boolean':
      case 'null':
        return schema.type;
      case undefined:
        return 'unknown';
      default:
        throw new Error(`no type for ${JSON.stringify(schema)}`);
    }
  }

  function objectOf({ properties = {}, required = [], additionalProperties }: Schema, depth: number): string {
    const lines = Object.entries(properties).map(([name, property]) => {
      const said = property.description === undefined ? '' : `/** ${property.description} */ `;
      const key = /^[A-Za-z_]\w*$/.test(name) ? name : quoted(name);
      return `${said}${key}${required.includes(name) ? '' : '?'}: ${typeOf(property, depth + 1)};`;
    });
    if (lines.length === 0) {
      if (additionalProperties === false) return empty;
      return `Record<string, ${typeof additionalProperties === 'object' ? typeOf(additionalProperties, depth) : 'unknown'}>`;
    }
    const indent = '  '.repeat(depth + 1);
    return `{\n${lines.map((line) => indent + line).join('\n')}\n${'  '.repeat(depth)}}`;
  }

  function referenceTo(name: string, depth: number): string {
    const schema = schemas[name];
    if (schema === undefined) throw new Error(`no schema ${name}`);
    const isWord =
      schema.enum === undefined && ['string', 'integer', 'number', 'boolean'].includes(String(schema.type));
    if (isWord || schema.$ref !== undefined) return typeOf(schema, depth);
    if (!named.has(name)) {
      // Said before it is looked into: a type may hold itself.
      named.set(name, '');
      named.set(name, typeOf(schema, 0));
    }
    return name;
  }

  return {
    typeOf,
    named: () =>
      [...named]
        .toSorted(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, type]) => `\nexport type ${name} = ${type};`),
  };
}
