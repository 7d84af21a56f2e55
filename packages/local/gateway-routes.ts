import type { ApiRoute } from './deployment.ts';

export type Match = { route: ApiRoute; pathParameters: Record<string, string> | null };

type Compiled = { route: ApiRoute; parts: string[] };

const isGreedy = (part: string) => part.startsWith('{') && part.endsWith('+}');
const isParameter = (part: string) => part.startsWith('{');

/** A literal part is more specific than a parameter, a parameter than a greedy one. */
const rank = (part: string | undefined) => {
  if (part === undefined) return 3;
  if (isGreedy(part)) return 2;
  return isParameter(part) ? 1 : 0;
};

function compareParts(left: Compiled, right: Compiled): number {
  for (let index = 0; index < Math.max(left.parts.length, right.parts.length); index += 1) {
    const difference = rank(left.parts[index]) - rank(right.parts[index]);
    if (difference !== 0) return difference;
  }
  // The same resource: its own method before ANY.
  return Number(left.route.method === 'ANY') - Number(right.route.method === 'ANY');
}

function matchParts(parts: readonly string[], path: readonly string[]): Record<string, string> | undefined {
  const values: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    if (isGreedy(part)) {
      const rest = path.slice(index).join('/');
      if (rest === '') return undefined;
      values[part.slice(1, -2)] = rest;
      return values;
    }
    const given = path[index];
    if (given === undefined || given === '') return undefined;
    if (isParameter(part)) values[part.slice(1, -1)] = given;
    else if (part !== given) return undefined;
  }
  return parts.length === path.length ? values : undefined;
}

/**
 * Finds the route of a request as API Gateway does: the most specific resource wins, a slash at the end does not count,
 * and what stands in the path stays percent-encoded.
 */
export function createRouter(routes: readonly ApiRoute[]): (method: string, path: string) => Match | undefined {
  const compiled = routes
    .map((route): Compiled => ({ route, parts: route.resource.split('/').filter((part) => part !== '') }))
    .toSorted(compareParts);
  return (method, path) => {
    const given = path.replace(/^\//, '').replace(/\/$/, '').split('/');
    const parts = given.length === 1 && given[0] === '' ? [] : given;
    for (const { route, parts: wanted } of compiled) {
      if (route.method !== 'ANY' && route.method !== method) continue;
      const values = matchParts(wanted, parts);
      if (values !== undefined) return { route, pathParameters: Object.keys(values).length === 0 ? null : values };
    }
    return undefined;
  };
}
