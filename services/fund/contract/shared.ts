import * as z from 'zod';
import { problems } from '#packages/problems';

export const Id = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/, {
  error: '编号应为 1 至 64 位字母、数字和 . _ ~ -，且不以 . 或 ~ 开头',
});
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

/** What several routes say in the same words. */
export const notFound = { not_found: problems.not_found };
export const stateConflict = { state_conflict: { status: 409, title: '当前状态不允许这样做' } } as const;
export const secondPerson = { second_person_required: { status: 409, title: '须由另一人办理' } } as const;
export const alreadyExists = { already_exists: { status: 409, title: '已有不同内容' } } as const;
