import { expect, test } from 'vitest';
import * as z from 'zod';
import { Problem } from './problem.ts';
import { decode } from './request.ts';

const Simple = z.union([
  z.strictObject({ value: z.union([z.string(), z.int()]) }),
  z.strictObject({ not: z.string() }),
]);
const Schema = z.union([
  z.strictObject({ base: z.string(), title: z.string(), rules: z.array(Simple) }),
  z.strictObject({ title: z.string(), rules: z.array(Simple), hit: z.string().optional() }),
]);

function errorsOf(value: unknown): string[] {
  try {
    decode(Schema, value, 'body');
  } catch (error) {
    if (error instanceof Problem) return (error.errors ?? []).map(({ pointer, code }) => `${pointer} ${code}`);
    throw error;
  }
  return [];
}

test.each<[string, unknown, string[]]>([
  ['one of the forms', { title: 't', rules: [{ value: 1 }, { not: 'x' }] }, []],
  ['a field of the second form missing', { rules: [] }, ['/title required']],
  ['a field of the first form missing', { base: 'b', title: 't' }, ['/rules required']],
  ['a field that neither has', { base: 'b', title: 't', rules: [], surprise: 1 }, ['/surprise unknown_field']],
  ['a mistyped field', { titel: 't', rules: [] }, ['/title required', '/titel unknown_field']],
  ['something wrong far in', { title: 't', rules: [{ not: 5 }] }, ['/rules/0/not invalid_type']],
  ['a value of none of the types', { title: 't', rules: [{ value: {} }] }, ['/rules/0/value invalid_union']],
  ['nothing like it', 5, [' invalid_union']],
])('of several forms the nearest is told: %s', (_what, value, errors) => {
  expect(errorsOf(value).toSorted()).toEqual(errors.toSorted());
});
