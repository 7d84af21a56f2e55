import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import { arnOf } from './template/naming.ts';

/** One thing that a request does: `dynamodb:PutItem` on a table, `sqs:SendMessage` on a queue. What goes by key names its partition. */
export type Access = { action: string; resource: string; leadingKeys?: string[] };

const OneTable = z.object({ TableName: z.string(), IndexName: z.string().optional() });
const ManyTables = z.object({ RequestItems: z.record(z.string(), z.unknown()) });
const Partition = z.object({ pk: z.object({ S: z.string() }) });
const ByKey = z.object({ Key: Partition });
const ByKeys = z.object({ Keys: z.array(Partition) });
const Named = z.object({ TableName: z.string(), Key: Partition.optional() });
const Transaction = z.object({ TransactItems: z.array(z.record(z.string(), Named)) });
const OneQueue = z.object({ QueueUrl: z.string().optional(), QueueName: z.string().optional() });

const actionOfPart: Record<string, string> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** What a request in the AWS JSON protocol needs to be allowed. One that cannot be read asks for everything. */
export function jsonAccesses(engine: 'dynamodb' | 'sqs', operation: string, body: unknown, region: string): Access[] {
  return engine === 'sqs' ? queueAccesses(operation, body, region) : tableAccesses(operation, body, region);
}

function tableAccesses(operation: string, body: unknown, region: string): Access[] {
  const table = (name: string) => (name.startsWith('arn:') ? name : arnOf('AWS::DynamoDB::Table', name, region));
  const action = `dynamodb:${operation}`;
  const accesses = (): Access[] => {
    if (operation.startsWith('Transact'))
      return (Transaction.safeParse(body).data?.TransactItems ?? []).flatMap((item) =>
        Object.entries(item).map(([part, { TableName, Key }]) => ({
          action: `dynamodb:${actionOfPart[part] ?? part}`,
          resource: table(TableName),
          ...(Key && { leadingKeys: [Key.pk.S] }),
        })),
      );
    const many = ManyTables.safeParse(body).data;
    if (operation.startsWith('Batch') && many !== undefined)
      return Object.entries(many.RequestItems).map(([name, part]) => {
        const keys = ByKeys.safeParse(part).data?.Keys;
        return { action, resource: table(name), ...(keys && { leadingKeys: keys.map(({ pk }) => pk.S) }) };
      });
    const one = OneTable.safeParse(body).data;
    if (one === undefined) return [];
    const index = one.IndexName === undefined ? '' : `/index/${one.IndexName}`;
    const key = operation === 'GetItem' ? ByKey.safeParse(body).data?.Key : undefined;
    const resource = `${table(one.TableName)}${index}`;
    return [{ action, resource, ...(key && { leadingKeys: [key.pk.S] }) }];
  };
  const found = accesses();
  return found.length > 0 ? found : [{ action, resource: '*' }];
}

function queueAccesses(operation: string, body: unknown, region: string): Access[] {
  // There is no permission for a batch: it needs that for one.
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  const queue = OneQueue.safeParse(body).data;
  const name = queue?.QueueUrl?.split('/').at(-1) ?? queue?.QueueName;
  return [{ action, resource: name === undefined ? '*' : arnOf('AWS::SQS::Queue', name, region) }];
}

/** The tables that a DynamoDB request names. */
export function tablesOf(body: unknown): string[] {
  const transaction = Transaction.safeParse(body).data?.TransactItems.flatMap((item) => Object.values(item)) ?? [];
  const one = OneTable.safeParse(body).data;
  const names = [
    ...transaction.map(({ TableName }) => TableName),
    ...Object.keys(ManyTables.safeParse(body).data?.RequestItems ?? {}),
    ...(one === undefined ? [] : [one.TableName]),
  ];
  return [...new Set(names)].map((name) => name.split('/').at(-1) ?? name);
}

const onObject: Record<string, string> = {
  GET: 's3:GetObject',
  HEAD: 's3:GetObject',
  PUT: 's3:PutObject',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteObject',
};

const onBucket: Record<string, string> = {
  GET: 's3:ListBucket',
  HEAD: 's3:ListBucket',
  PUT: 's3:CreateBucket',
  POST: 's3:PutObject',
  DELETE: 's3:DeleteBucket',
};

/** Sub-resources whose permission is another one than the method's; the first that the query has counts. */
const subresources: [query: string, method: string, action: string][] = [
  ['uploadId', 'DELETE', 's3:AbortMultipartUpload'],
  ['uploadId', 'GET', 's3:ListMultipartUploadParts'],
  ['uploads', 'GET', 's3:ListBucketMultipartUploads'],
  ['tagging', 'GET', 's3:GetObjectTagging'],
  ['tagging', 'PUT', 's3:PutObjectTagging'],
  ['attributes', 'GET', 's3:GetObjectAttributes'],
  ['versions', 'GET', 's3:ListBucketVersions'],
  ['lifecycle', 'GET', 's3:GetLifecycleConfiguration'],
  ['lifecycle', 'PUT', 's3:PutLifecycleConfiguration'],
  ['location', 'GET', 's3:GetBucketLocation'],
  ['versionId', 'GET', 's3:GetObjectVersion'],
  ['versionId', 'DELETE', 's3:DeleteObjectVersion'],
];

/** What an S3 request needs to be allowed. S3's ARNs have no region. */
export function objectAccesses(request: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): Access[] {
  const method = request.method ?? 'GET';
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
  const [bucket = '', ...rest] = decodeURIComponent(pathname).slice(1).split('/');
  const key = rest.join('/');
  if (bucket === '') return [{ action: 's3:ListAllMyBuckets', resource: '*' }];
  const named = subresources.find(([query, verb]) => verb === method && searchParams.has(query))?.[2];
  if (key === '') {
    const many = method === 'POST' && searchParams.has('delete');
    // The keys to delete stand in the body, which streams through: it takes the right to delete any.
    if (many) return [{ action: 's3:DeleteObject', resource: `arn:aws:s3:::${bucket}/*` }];
    const action = named ?? onBucket[method] ?? `s3:${method}`;
    return [{ action, resource: `arn:aws:s3:::${bucket}` }];
  }
  const resource = `arn:aws:s3:::${bucket}/${key}`;
  const source = request.headers['x-amz-copy-source'];
  return [
    { action: named ?? onObject[method] ?? `s3:${method}`, resource },
    ...(typeof source === 'string'
      ? [{ action: 's3:GetObject', resource: `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, '')}` }]
      : []),
  ];
}
