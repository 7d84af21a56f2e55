import * as z from 'zod';

/** `?pageSize=` and `?cursor=` of every list, as they stand in the address. */
export const pageQuery = {
  pageSize: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .transform(Number)
    .pipe(z.int().max(200))
    .default(50),
  cursor: z.string().min(1).max(1_000).optional(),
};

/** A page of a list: `nextCursor` is null on the last one. */
export function pageOf<Schema extends z.ZodType>(item: Schema) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}
