import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Stack } from 'aws-cdk-lib/core';

type Index = 'outbox';

/**
 * What functions may be allowed, in the words of their work. A transaction needs the permissions of its steps: IAM
 * knows no action for the transaction itself.
 */
export function readTable(table: Table, indexes: readonly Index[] = []): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:Query'],
    resources: [table.tableArn, ...indexes.map((index) => `${table.tableArn}/index/${index}`)],
  });
}

/**
 * Items of partitions whose keys begin like this, by their keys, and no others: what one service lets another read of
 * its table. The table goes by its name, because two stacks that read of each other cannot name each other's resources.
 */
export function readPartitions(stack: Stack, tableNames: readonly string[], prefix: string): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:GetItem', 'dynamodb:BatchGetItem'],
    resources: tableNames.map((resourceName) =>
      stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName }),
    ),
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`${prefix}*`] } },
  });
}

/** An index alone, without the items it does not hold. */
export function queryIndex(table: Table, index: Index): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:Query'], resources: [`${table.tableArn}/index/${index}`] });
}

/** Reading everything there is; for commands a person starts, never for a request. */
export function scanTable(table: Table): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:Scan'], resources: [table.tableArn] });
}

/** Deleting of partitions whose keys begin like one of these: so nothing else can be deleted with it. */
export function deleteFrom(table: Table, prefixes: readonly string[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:DeleteItem'],
    resources: [table.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) } },
  });
}

/** Writing what stays: nothing can be deleted with it. */
export function addToTable(table: Table): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:ConditionCheckItem'],
    resources: [table.tableArn],
  });
}

export function writeTable(table: Table): PolicyStatement {
  return new PolicyStatement({
    actions: ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:ConditionCheckItem'],
    resources: [table.tableArn],
  });
}

export function updateTable(table: Table): PolicyStatement {
  return new PolicyStatement({ actions: ['dynamodb:UpdateItem'], resources: [table.tableArn] });
}

export function sendTo(...queues: Queue[]): PolicyStatement {
  return new PolicyStatement({ actions: ['sqs:SendMessage'], resources: queues.map((queue) => queue.queueArn) });
}

export function consume(...queues: Queue[]): PolicyStatement {
  return new PolicyStatement({
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: queues.map((queue) => queue.queueArn),
  });
}

/** Objects under one prefix: the wildcard behind it is acknowledged where it is granted. */
export function readFiles(bucket: Bucket, prefix: string): PolicyStatement {
  return new PolicyStatement({ actions: ['s3:GetObject'], resources: [bucket.arnForObjects(`${prefix}/*`)] });
}

export function writeFiles(bucket: Bucket, prefix: string): PolicyStatement {
  return new PolicyStatement({ actions: ['s3:PutObject'], resources: [bucket.arnForObjects(`${prefix}/*`)] });
}

export function replaceSecret(secret: Secret): PolicyStatement {
  return new PolicyStatement({ actions: ['secretsmanager:PutSecretValue'], resources: [secret.secretArn] });
}

export function readSecret(...secrets: Secret[]): PolicyStatement {
  const resources = secrets.map((secret) => secret.secretArn);
  return new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources });
}
