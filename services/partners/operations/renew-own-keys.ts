import { createHash } from 'node:crypto';
import { OwnKeys } from '#packages/own-keys';
import type { Algorithm } from '#packages/signature/profile';
import { renewed } from '../own-keys.ts';

export type KeySecret = {
  /** Each text that was ever written has a version of its own. */
  read: () => Promise<{ text: string; version: string }>;
  /** Refused where another text was written under the same token. */
  write: (text: string, token: string) => Promise<void>;
};

/**
 * Makes the keys that are missing or soon will be. The token of the write follows from the version that was read, so that
 * of two runs which have read the same the second is refused and cannot undo the first.
 */
export function renewOwnKeys(
  secret: KeySecret,
  { environment, algorithm }: { environment: 'test' | 'prod'; algorithm: Algorithm },
) {
  return async (now: Date): Promise<{ keys: number; made: boolean }> => {
    const { text, version } = await secret.read();
    const { keys } = OwnKeys.parse(text);
    const next = renewed(keys, { now, environment, algorithm });
    if (next === undefined) return { keys: keys.length, made: false };
    await secret.write(JSON.stringify({ keys: next }), createHash('sha256').update(version).digest('hex'));
    return { keys: next.length, made: true };
  };
}
