import * as z from 'zod';

export const Version = z.int().positive();
export const PathVersion = z
  .string()
  .regex(/^[1-9][0-9]{0,8}$/)
  .transform(Number);

/**
 * When what fields mean together is looked at: once each is well-formed. Before, an amount may not be one at all, though
 * zod would go on.
 */
export const onceWellFormed = { when: ({ issues }: z.core.ParsePayload) => issues.length === 0 };
