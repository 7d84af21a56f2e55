import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Environment } from '../environments.ts';

/** A log group made before the first line is written: AWS makes missing ones itself, unencrypted and kept for ever. */
export function logGroup(
  scope: Construct,
  id: string,
  props: { name: string; key: IKey; environment: Environment },
): LogGroup {
  return new LogGroup(scope, id, {
    logGroupName: props.name,
    encryptionKey: props.key,
    retention: props.environment.logDays,
    removalPolicy: props.environment.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
}
