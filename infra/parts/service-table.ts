import { RemovalPolicy, type Stack } from 'aws-cdk-lib/core';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** A service's one table, in the shape that packages/table.ts reads and writes. */
export function serviceTable(stack: Stack, props: { name: string; key: IKey; retain: boolean }): Table {
  const text = (name: string) => ({ name, type: AttributeType.STRING });
  const table = new Table(stack, 'Table', {
    tableName: props.name,
    partitionKey: text('pk'),
    sortKey: text('sk'),
    billingMode: BillingMode.PAY_PER_REQUEST,
    encryption: TableEncryption.CUSTOMER_MANAGED,
    encryptionKey: props.key,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    stream: StreamViewType.NEW_IMAGE,
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: props.retain,
    removalPolicy: props.retain ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
  });
  // Sparse: only events that still wait for the relay have these attributes.
  table.addGlobalSecondaryIndex({
    indexName: 'outbox',
    partitionKey: text('outboxShard'),
    sortKey: text('outboxAt'),
    projectionType: ProjectionType.ALL,
  });
  return table;
}
