import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Stands in for the SDK's chain of credential sources in every bundle: Lambda hands a function its role's credentials in
 * the environment, and the rest of the chain (files, SSO, instance metadata) would be a fifth of each bundle.
 */
export function defaultProvider(): ReturnType<typeof fromEnv> {
  return fromEnv();
}
