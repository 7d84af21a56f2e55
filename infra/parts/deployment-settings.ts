import { CfnParameter, type Stack } from 'aws-cdk-lib/core';
import type { Environment } from '../environments.ts';

/** What only the city knows, asked at deployment: who signs its people in, and where its sources answer. */
export function deploymentSettings(stack: Stack, environment: Environment) {
  const address = (id: string, description: string, allowedPattern = environment.addressPattern) =>
    new CfnParameter(stack, id, { type: 'String', description, allowedPattern }).valueAsString;
  // A source that grants no interface delivers files.
  const addressOrFile = `^file$|${environment.addressPattern}`;
  const { sourceRequestsPerSecond, sourceBreakerOpenSeconds, workQueue } = environment;
  const share = (requestsPerSecond: number) => String(requestsPerSecond / workQueue.maxConcurrency);
  const audience = new CfnParameter(stack, 'OidcAudience', {
    type: 'String',
    description: 'The audience that access tokens must name',
    minLength: 1,
  });
  return {
    issuer: {
      OIDC_ISSUER: address('OidcIssuer', 'Issuer of people’s access tokens'),
      OIDC_AUDIENCE: audience.valueAsString,
      OIDC_JWKS_URL: address('OidcJwksUrl', 'Where the issuer publishes its keys'),
    },
    sources: {
      CREDIT_SOURCE_URL: address('CreditSourceUrl', 'Base address of the credit source, or file', addressOrFile),
      CREDIT_REQUESTS_PER_SECOND: share(sourceRequestsPerSecond.credit),
      IP_SOURCE_URL: address('IpSourceUrl', 'Base address of the IP pledge source, or file', addressOrFile),
      IP_REQUESTS_PER_SECOND: share(sourceRequestsPerSecond.ip),
      SOURCE_BREAKER_OPEN_SECONDS: String(sourceBreakerOpenSeconds),
    },
  };
}
