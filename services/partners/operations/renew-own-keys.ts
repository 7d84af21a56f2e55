import { OwnKeys } from '#packages/own-keys';
import type { Algorithm } from '#packages/signature/profile';
import { renewed } from '../own-keys.ts';

export type KeySecret = {
  read: () => Promise<string>;
  /** Refused where another text was written under the same token. */
  write: (text: string, token: string) => Promise<void>;
};

/** Makes the keys that are missing or soon will be. One write a day at the most, so that two runs cannot undo each other. */
export function renewOwnKeys(
  secret: KeySecret,
  { environment, algorithm }: { environment: 'test' | 'prod'; algorithm: Algorithm },
) {
  return async (now: Date): Promise<{ keys: number; made: boolean }> => {
    const { keys } = OwnKeys.parse(await secret.read());
    const next = renewed(keys, { now, environment, algorithm });
    if (next === undefined) return { keys: keys.length, made: false };
    await secret.write(JSON.stringify({ keys: next }), `own-keys-${now.toISOString().slice(0, 10)}-${'0'.repeat(16)}`);
    return { keys: next.length, made: true };
  };
}
