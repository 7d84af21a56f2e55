import { getSecret } from '@aws-lambda-powertools/parameters/secrets';

/** `fresh` asks past what is cached: for the moment after a secret was written. */
export type ReadSecret = (fresh?: boolean) => Promise<string>;

/** Cached for five minutes, so that a replaced secret is in use soon and a call costs no request. */
export function secretNamed(name: string): ReadSecret {
  return async (fresh = false) => {
    const text = await getSecret(name, { maxAge: 300, forceFetch: fresh });
    if (typeof text !== 'string') throw new Error(`secret ${name} has no text`);
    return text;
  };
}
