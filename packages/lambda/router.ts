import * as z from 'zod';
import type { Route, Routes } from '../contract.ts';
import { readSegment } from '../signature/target.ts';

/** A segment of an address that stands for an id. */
const idSegment = /^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/;

export type Match<Name extends string = string> =
  | { kind: 'route'; name: Name; route: Route; params: Record<string, string> }
  | { kind: 'other-method'; allow: string[] }
  | { kind: 'unknown' };

/**
 * Finds routes by path and method. The path is compared as it was sent: a percent sign matches only where the route's
 * parameter takes what is written with it.
 */
export function router<Table extends Routes>(
  routes: Table,
): (method: string, path: string) => Match<keyof Table & string> {
  const rows = Object.entries(routes).map(([name, route]) => ({ name, route, segments: route.path.split('/') }));
  return (method, path) => {
    const given = path.split('/');
    const found = rows.flatMap((row) => {
      const params = matchSegments(row.segments, given, row.route.params?.shape);
      return params === undefined ? [] : [{ name: row.name, route: row.route, params }];
    });
    const match = found.find((row) => row.route.method === method);
    if (match !== undefined) return { kind: 'route', ...match };
    if (found.length === 0) return { kind: 'unknown' };
    return { kind: 'other-method', allow: found.map((row) => row.route.method).toSorted() };
  };
}

function matchSegments(
  pattern: string[],
  given: string[],
  shape: z.core.$ZodShape | undefined,
): Record<string, string> | undefined {
  if (pattern.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of pattern.entries()) {
    const value = given[index] ?? '';
    if (segment.startsWith('{')) {
      const name = segment.slice(1, -1);
      const text = idSegment.test(value) ? value : encodedFor(shape?.[name], value);
      if (text === undefined) return undefined;
      params[name] = text;
    } else if (segment !== value) return undefined;
  }
  return params;
}

/** What an encoded segment stands for, if the parameter takes that. */
function encodedFor(parameter: z.core.$ZodType | undefined, value: string): string | undefined {
  const text = value.includes('%') ? readSegment(value) : undefined;
  return text !== undefined && parameter !== undefined && z.safeParse(parameter, text).success ? text : undefined;
}
