import * as z from 'zod';

/** A text that holds JSON of this shape: a variable of the environment, or an attribute of which nobody asks a part. */
export function jsonText<Shape extends z.ZodType>(shape: Shape) {
  return z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        context.addIssue({ code: 'custom', message: 'not JSON' });
        return z.NEVER;
      }
    })
    .pipe(shape);
}
