import type * as z from 'zod';

/**
 * When what fields mean together is looked at: once each is well-formed. Before, an amount may not be one at all, though
 * zod would go on.
 */
export const onceWellFormed = { when: ({ issues }: z.core.ParsePayload) => issues.length === 0 };
