import { RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Secret, type SecretStringGenerator } from 'aws-cdk-lib/aws-secretsmanager';
import { acknowledge } from './acknowledge.ts';

/** A secret that AWS does not rotate by itself, with the reason; kept with what depends on it where `retain` says so. */
export function citySecret(
  stack: Stack,
  id: string,
  props: {
    name: string;
    description: string;
    key: IKey;
    unrotated: string;
    retain?: boolean;
    generate?: SecretStringGenerator;
  },
): Secret {
  const { name, description, key, unrotated, retain } = props;
  const secret = new Secret(stack, id, {
    secretName: name,
    description,
    encryptionKey: key,
    generateSecretString: props.generate ?? { passwordLength: 64, excludePunctuation: true },
    ...(retain !== undefined && { removalPolicy: retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY }),
  });
  acknowledge(secret, { 'AwsSolutions-SMG4': unrotated });
  return secret;
}
