import * as z from 'zod';

/** What a person says in a few sentences: several lines, but nothing that cannot be seen. */
export const Reason = z
  .string()
  .trim()
  .min(1, { error: '不能为空' })
  .max(1_000, { error: '不得超过 1000 个字' })
  .regex(/^(?:[^\p{Cc}\p{Cs}]|[\t\n\r])*$/u, { error: '不能含控制字符' });

/** An id of ours, as it stands in paths. */
export const Id = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/, { error: '应为 1 至 64 位字母、数字或 . _ ~ -' });

/** SHA-256 in hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, { error: '应为 64 位十六进制的 SHA-256' });

/** The number of a version, and the same as it stands in a path. */
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
