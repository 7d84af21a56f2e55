import { expect, test } from 'vitest';
import { accessKeyOf, functionOf, permissionsOf, regionOf } from './permissions.ts';
import { jsonAccesses, objectAccesses } from './requested-access.ts';

const region = 'cn-north-1';
const table = `arn:aws-cn:dynamodb:${region}:000000000000:table/things`;

test('the access key names the function', () => {
  const signed = `AWS4-HMAC-SHA256 Credential=${accessKeyOf('zhirong-screening-api')}/20260101/${region}/sqs/aws4_request`;
  expect([functionOf(signed), regionOf(signed)]).toEqual(['zhirong-screening-api', region]);
  expect([functionOf('Credential=LOCAL/20260101/x/y/aws4_request'), functionOf(undefined)]).toEqual([
    undefined,
    undefined,
  ]);
});

test.each([
  ['reader', 'dynamodb:GetItem', 'arn:aws:dynamodb:cn-north-1:000000000000:table/things', true],
  ['reader', 'dynamodb:getitem', table, true],
  ['reader', 'dynamodb:BatchGetItem', table, false],
  ['reader', 'dynamodb:GetItem', `${table}-2`, false],
  ['reader', 'dynamodb:Query', `${table}/index/listing`, true],
  ['reader', 's3:GetObject', 'arn:aws:s3:::files/a/b.csv', true],
  ['reader', 's3:GetObject', 'arn:aws:s3:::files', false],
  ['reader', 's3:PutObject', 'arn:aws:s3:::files/a', false],
  ['nobody', 'dynamodb:GetItem', table, false],
  [undefined, 'dynamodb:GetItem', table, false],
])('%s %s on %s: %s', (functionName, action, resource, allowed) => {
  const may = permissionsOf({
    reader: [
      { actions: ['dynamodb:GetItem', 'dynamodb:Q*'], resources: [table, `${table}/index/*`] },
      { actions: ['s3:?etObject'], resources: ['arn:aws-cn:s3:::files/*'] },
    ],
  });
  expect(may(functionName, action, resource)).toBe(allowed);
});

test('a statement may be limited to partitions, and then allows no request that does not name its own', () => {
  const may = permissionsOf({
    reader: [{ actions: ['dynamodb:GetItem', 'dynamodb:Query'], resources: [table], leadingKeys: ['KEY#*'] }],
  });
  expect(may('reader', 'dynamodb:GetItem', table, ['KEY#1'])).toBe(true);
  expect(may('reader', 'dynamodb:GetItem', table, ['KEY#1', 'PARTNER#1'])).toBe(false);
  expect(may('reader', 'dynamodb:GetItem', table)).toBe(false);
  const asked = jsonAccesses('dynamodb', 'GetItem', { TableName: 'things', Key: { pk: { S: 'KEY#1' } } }, region);
  expect(asked).toEqual([{ action: 'dynamodb:GetItem', resource: table, leadingKeys: ['KEY#1'] }]);
  const RequestItems = { things: { Keys: [{ pk: { S: 'A' } }, { pk: { S: 'B' } }] } };
  const [many] = jsonAccesses('dynamodb', 'BatchGetItem', { RequestItems }, region);
  expect(many?.leadingKeys).toEqual(['A', 'B']);
  const TransactItems = [{ Delete: { TableName: 'things', Key: { pk: { S: 'A' }, sk: { S: 'B' } } } }];
  const [step] = jsonAccesses('dynamodb', 'TransactWriteItems', { TransactItems }, region);
  expect(step).toEqual({ action: 'dynamodb:DeleteItem', resource: table, leadingKeys: ['A'] });
});

test.each([
  ['GetItem', { TableName: 'things' }, [['dynamodb:GetItem', table]]],
  ['Query', { TableName: 'things', IndexName: 'listing' }, [['dynamodb:Query', `${table}/index/listing`]]],
  ['BatchWriteItem', { RequestItems: { things: [] } }, [['dynamodb:BatchWriteItem', table]]],
  [
    'TransactWriteItems',
    { TransactItems: [{ Put: { TableName: 'things' } }, { ConditionCheck: { TableName: 'things' } }] },
    [
      ['dynamodb:PutItem', table],
      ['dynamodb:ConditionCheckItem', table],
    ],
  ],
  ['GetItem', { TransactItems: [] }, [['dynamodb:GetItem', '*']]],
  ['ListTables', {}, [['dynamodb:ListTables', '*']]],
])('DynamoDB %s %j', (operation, body, expected) => {
  const accesses = jsonAccesses('dynamodb', operation, body, region);
  expect(accesses.map(({ action, resource }) => [action, resource])).toEqual(expected);
});

test('a batch of messages needs the permission for one', () => {
  const QueueUrl = 'http://127.0.0.1:1/000000000000/work.fifo';
  expect(jsonAccesses('sqs', 'SendMessageBatch', { QueueUrl }, region)).toEqual([
    { action: 'sqs:SendMessage', resource: `arn:aws-cn:sqs:${region}:000000000000:work.fifo` },
  ]);
});

test.each([
  ['GET', '/files/a/b.csv', 's3:GetObject', 'arn:aws:s3:::files/a/b.csv'],
  ['PUT', '/files/%E5%90%8D.csv?x-id=PutObject', 's3:PutObject', 'arn:aws:s3:::files/名.csv'],
  ['POST', '/files/a?uploadId=1', 's3:PutObject', 'arn:aws:s3:::files/a'],
  ['DELETE', '/files/a?uploadId=1', 's3:AbortMultipartUpload', 'arn:aws:s3:::files/a'],
  ['GET', '/files/?list-type=2', 's3:ListBucket', 'arn:aws:s3:::files'],
  ['POST', '/files?delete', 's3:DeleteObject', 'arn:aws:s3:::files/*'],
  ['GET', '/', 's3:ListAllMyBuckets', '*'],
])('S3 %s %s', (method, url, action, resource) => {
  expect(objectAccesses({ method, url, headers: {} })).toEqual([{ action, resource }]);
});
