import type { OpenApiOperation, Parameter } from './types.ts';

/** An example request for a terminal; `$BASE` and `$TOKEN` are the reader's own. */
export function curlOf(method: string, path: string, operation: OpenApiOperation): string {
  const parameters = operation.parameters ?? [];
  const filled = parameters.reduce(
    (made, { name, in: place, example }) => (place === 'path' ? made.replace(`{${name}}`, textOf(example)) : made),
    path,
  );
  const [mediaType, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const verb = method.toUpperCase();
  return [
    `curl ${verb === 'GET' ? '' : `-X ${verb} `}"$BASE${filled}${queryOf(parameters)}"`,
    ...proofOf(operation),
    ...parameters.filter(isKey).map(({ example }) => `-H "Idempotency-Key: ${textOf(example)}"`),
    ...(mediaType === undefined ? [] : [`-H "Content-Type: ${mediaType}"`]),
    ...(mediaType === undefined ? [] : [bodyOf(content?.example, mediaType)]),
    ...(answersFile(operation) ? ['-O'] : []),
  ].join(' \\\n  ');
}

function isKey({ in: place, required }: Parameter): boolean {
  return place === 'header' && required === true;
}

/** People first: a signature is made by a program, not by hand. */
function proofOf(operation: OpenApiOperation): string[] {
  if (operation.security.some((scheme) => 'bearer' in scheme)) return ['-H "Authorization: Bearer $TOKEN"'];
  if (operation.security.length === 0) return [];
  return ['-H "Signature-Input: $SIGNATURE_INPUT"', '-H "Signature: $SIGNATURE"'];
}

function queryOf(parameters: readonly Parameter[]): string {
  const query = parameters
    .filter(({ in: place }) => place === 'query')
    .map(({ name, example, schema }): [string, unknown] => [name, example ?? schema.default])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(textOf(value))}`)
    .toSorted();
  return query.length === 0 ? '' : `?${query.join('&')}`;
}

function bodyOf(example: unknown, mediaType: string): string {
  if (example === undefined) return `--data-binary ${mediaType === 'text/csv' ? '@list.csv' : '@file'}`;
  return `-d '${JSON.stringify(example, undefined, 2).replaceAll("'", String.raw`'\''`)}'`;
}

function answersFile(operation: OpenApiOperation): boolean {
  const good = Object.entries(operation.responses).find(([status]) => status.startsWith('2'))?.[1];
  return Object.values(good?.content ?? {}).some(({ schema }) => schema.format === 'binary');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
