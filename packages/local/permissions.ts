import type { Deployment } from './deployment.ts';

/**
 * Who calls is told by the access key: `LOCAL` and the function's name. Names have no `/`, so they can stand there as
 * they are.
 */
export function accessKeyOf(functionName: string): string {
  return `LOCAL${functionName}`;
}

const credential = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\//;

/** The function whose key signed the request; undefined where none of ours did. */
export function functionOf(authorization: string | undefined): string | undefined {
  const key = credential.exec(authorization ?? '')?.[1];
  return key?.startsWith('LOCAL') === true && key.length > 'LOCAL'.length ? key.slice('LOCAL'.length) : undefined;
}

/** The region that the request was signed for; empty where it was not signed. */
export function regionOf(authorization: string | undefined): string {
  return credential.exec(authorization ?? '')?.[2] ?? '';
}

/** Decides as IAM does with identity policies only: what no statement of the function's role allows is denied. */
export function permissionsOf(
  permissions: Deployment['permissions'],
): (functionName: string | undefined, action: string, resource: string, leadingKeys?: readonly string[]) => boolean {
  const byFunction = new Map(
    Object.entries(permissions).map(([name, statements]) => [
      name,
      statements.map((statement) => ({
        actions: statement.actions.map((action) => wildcard(action, 'i')),
        resources: statement.resources.map((resource) => wildcard(inOnePartition(resource))),
        leadingKeys: statement.leadingKeys?.map((pattern) => wildcard(pattern)),
      })),
    ]),
  );
  return (functionName, action, resource, leadingKeys) =>
    (byFunction.get(functionName ?? '') ?? []).some(
      (statement) =>
        statement.actions.some((pattern) => pattern.test(action)) &&
        statement.resources.some((pattern) => pattern.test(inOnePartition(resource))) &&
        isWithin(statement.leadingKeys, leadingKeys),
    );
}

/** Every partition key asked for fits one of the patterns. What does not say which ones it asks for fits none. */
function isWithin(patterns: readonly RegExp[] | undefined, keys: readonly string[] | undefined): boolean {
  if (patterns === undefined) return true;
  return keys !== undefined && keys.every((key) => patterns.some((pattern) => pattern.test(key)));
}

/** `*` is any text, `?` any one character, all else itself. Actions take no notice of case, resources do. */
function wildcard(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}

/** The engines know the partition `aws` only, templates of China regions say `aws-cn`. */
function inOnePartition(arn: string): string {
  return arn.replace(/^arn:aws(?:-[a-z]+)*:/, 'arn:aws:');
}
