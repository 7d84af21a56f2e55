import { CfnParameter, type Stack } from 'aws-cdk-lib/core';
import type { Environment } from '../environments.ts';

/** Who signs the city's people in: asked at deployment, for each function that takes their tokens. */
export function issuerSettings(stack: Stack, environment: Environment): Record<string, string> {
  const audience = new CfnParameter(stack, 'OidcAudience', {
    type: 'String',
    description: 'The audience that access tokens must name',
    minLength: 1,
  });
  const { addressPattern } = environment;
  return {
    OIDC_ISSUER: address(stack, 'OidcIssuer', 'Issuer of people’s access tokens', addressPattern),
    OIDC_AUDIENCE: audience.valueAsString,
    OIDC_JWKS_URL: address(stack, 'OidcJwksUrl', 'Where the issuer publishes its keys', addressPattern),
  };
}

/** Where the city's sources answer, asked at deployment, and how hard they may be asked. */
export function sourceSettings(stack: Stack, environment: Environment): Record<string, string> {
  const { addressPattern, sourceRequestsPerSecond, sourceBreakerOpenSeconds, workQueue } = environment;
  // A source that grants no interface delivers files.
  const addressOrFile = `^file$|${addressPattern}`;
  const share = (requestsPerSecond: number) => String(requestsPerSecond / workQueue.maxConcurrency);
  return {
    CREDIT_SOURCE_URL: address(stack, 'CreditSourceUrl', 'Base address of the credit source, or file', addressOrFile),
    CREDIT_REQUESTS_PER_SECOND: share(sourceRequestsPerSecond.credit),
    IP_SOURCE_URL: address(stack, 'IpSourceUrl', 'Base address of the IP pledge source, or file', addressOrFile),
    IP_REQUESTS_PER_SECOND: share(sourceRequestsPerSecond.ip),
    SOURCE_BREAKER_OPEN_SECONDS: String(sourceBreakerOpenSeconds),
  };
}

function address(stack: Stack, id: string, description: string, allowedPattern: string): string {
  return new CfnParameter(stack, id, { type: 'String', description, allowedPattern }).valueAsString;
}
