import { directoryPrefix } from '#packages/partner-directory';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import { type Foundation, ownKeysSecretName } from '../foundation.ts';
import { tableNameOf } from '../subscriptions.ts';
import * as may from './permissions.ts';

/** What an API function needs so that partners can call it: their keys, and the key that its answers are signed with. */
export function partnerGate(
  stack: Stack,
  { ownKeysSecret, authorities }: Foundation,
): { variables: Record<string, string>; permissions: PolicyStatement[] } {
  const directory = tableNameOf('partners');
  return {
    variables: {
      PARTNER_DIRECTORY: directory,
      OWN_KEYS_SECRET: ownKeysSecretName,
      AUTHORITIES: JSON.stringify(authorities),
    },
    permissions: [may.readPartitions(stack, [directory], directoryPrefix), may.readSecret(ownKeysSecret)],
  };
}
