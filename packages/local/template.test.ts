import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readTemplate } from './template.ts';

type Resources = Record<string, { Type: string; Properties?: object; Condition?: string }>;
/** A cloud assembly with these stacks, read for Beijing. Every stack's code asset is `code`. */
function read(stacks: Record<string, { Resources: Resources }>) {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'asset.code'));
  const files = { code: { source: { path: 'asset.code', packaging: 'zip' } } };
  const artifacts: Record<string, object> = {};
  for (const [name, template] of Object.entries(stacks)) {
    writeFileSync(join(folder, `${name}.template.json`), JSON.stringify(template));
    writeFileSync(join(folder, `${name}.assets.json`), JSON.stringify({ files }));
    artifacts[name] = { type: 'aws:cloudformation:stack', properties: { templateFile: `${name}.template.json` } };
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
  }
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ artifacts }));
  return { folder, ...readTemplate(folder, { region: 'cn-north-1', sqsUrl: 'http://127.0.0.1:4566', parameters: {} }) };
}

const role = (Statement: object[] = []) => ({
  Type: 'AWS::IAM::Role',
  Properties: { Policies: [{ PolicyName: 'p', PolicyDocument: { Statement } }] },
});
const lambda = (name: string, Variables: object = {}, more: object = {}) => ({
  Type: 'AWS::Lambda::Function',
  Properties: {
    FunctionName: name,
    Code: { S3Bucket: { 'Fn::Sub': 'assets-${AWS::AccountId}-${AWS::Region}' }, S3Key: 'code.zip' },
    Handler: 'index.handler',
    Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    Environment: { Variables },
    ...more,
  },
});

test('functions, triggers, routes and permissions come out as the template has them', () => {
  const filter = { eventName: ['INSERT'] };
  const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
  const uri = (id: string) => ({
    'Fn::Join': [
      '',
      ['arn:', { Ref: 'AWS::Partition' }, ':apigateway:x:lambda:path/2015-03-31/functions/', arn(id), '/invocations'],
    ],
  });
  const method = (ResourceId: object, id: string) => ({
    Type: 'AWS::ApiGateway::Method',
    Properties: { HttpMethod: 'ANY', ResourceId, Integration: { Type: 'AWS_PROXY', Uri: uri(id) } },
  });
  const resource = (ParentId: object, PathPart: string) => ({
    Type: 'AWS::ApiGateway::Resource',
    Properties: { ParentId, PathPart, RestApiId: { Ref: 'Api' } },
  });
  const root = { 'Fn::GetAtt': ['Api', 'RootResourceId'] };
  const { folder, deployment, stage, inert } = read({
    app: {
      Resources: {
        Role: role([{ Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: arn('Table') }]),
        Policy: {
          Type: 'AWS::IAM::Policy',
          Properties: {
            Roles: [{ Ref: 'Role' }],
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: [arn('Queue'), '*'] }],
            },
          },
        },
        Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'api' } },
        V1: resource(root, 'v1'),
        Things: resource({ Ref: 'V1' }, 'things'),
        Proxy: resource({ Ref: 'Things' }, '{proxy+}'),
        RootMethod: method(root, 'Http'),
        ProxyMethod: method({ Ref: 'Proxy' }, 'Http'),
        TooLarge: {
          Type: 'AWS::ApiGateway::GatewayResponse',
          Properties: {
            ResponseType: 'REQUEST_TOO_LARGE',
            ResponseTemplates: { 'application/json': '{}' },
            ResponseParameters: { 'gatewayresponse.header.Content-Type': "'application/problem+json'" },
          },
        },
        Stage: {
          Type: 'AWS::ApiGateway::Stage',
          Properties: {
            StageName: 'live',
            MethodSettings: [{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 5, ThrottlingBurstLimit: 10 }],
          },
        },
        Http: lambda('http', { SERVICE: 'things' }, { ReservedConcurrentExecutions: 50, Timeout: 20, MemorySize: 512 }),
        Worker: lambda('worker', {}, { ReservedConcurrentExecutions: 2 }),
        Relay: lambda('relay'),
        Daily: lambda('daily'),
        Command: lambda('command'),
        Table: {
          Type: 'AWS::DynamoDB::Table',
          Properties: {
            TableName: 'things',
            KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
            StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
            TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
            PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
          },
        },
        Dead: { Type: 'AWS::SQS::Queue', Properties: { FifoQueue: true } },
        Queue: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: 'work.fifo',
            FifoQueue: true,
            VisibilityTimeout: 12,
            KmsMasterKeyId: { Ref: 'Key' },
            RedrivePolicy: { deadLetterTargetArn: arn('Dead'), maxReceiveCount: 10 },
          },
        },
        FromQueue: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: { Ref: 'Worker' },
            EventSourceArn: arn('Queue'),
            BatchSize: 10,
            FunctionResponseTypes: ['ReportBatchItemFailures'],
            ScalingConfig: { MaximumConcurrency: 4 },
          },
        },
        FromStream: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            FunctionName: arn('Relay'),
            EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
            BisectBatchOnFunctionError: true,
            MaximumRetryAttempts: 3,
            FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filter) }] },
            DestinationConfig: { OnFailure: { Destination: arn('Dead') } },
          },
        },
        Schedule: {
          Type: 'AWS::Scheduler::Schedule',
          Properties: {
            Name: 'things-daily',
            ScheduleExpression: 'rate(5 minutes)',
            ScheduleExpressionTimezone: 'Asia/Shanghai',
            Target: { Arn: arn('Daily'), Input: '{"at":"<aws.scheduler.scheduled-time>"}', RoleArn: arn('Role') },
          },
        },
        Key: { Type: 'AWS::KMS::Key' },
      },
    },
  });
  expect(deployment.functions.map(({ name, trigger, concurrency }) => [name, trigger, concurrency])).toEqual([
    ['http', 'http', 4],
    ['worker', 'queue', 2],
    ['relay', 'stream', 4],
    ['daily', 'schedule', 4],
    ['command', 'command', 4],
  ]);
  expect(deployment.functions[0]).toMatchObject({
    service: 'things',
    codeDir: join(folder, 'asset.code'),
    timeoutSeconds: 20,
    memoryMb: 512,
  });
  expect(deployment.permissions['http']).toEqual([
    { actions: ['dynamodb:GetItem'], resources: ['arn:aws-cn:dynamodb:cn-north-1:000000000000:table/things'] },
    { actions: ['sqs:SendMessage'], resources: ['arn:aws-cn:sqs:cn-north-1:000000000000:work.fifo', '*'] },
  ]);
  expect(deployment.routes).toEqual([
    { resource: '/', method: 'ANY', functionName: 'http' },
    { resource: '/v1/things/{proxy+}', method: 'ANY', functionName: 'http' },
  ]);
  expect(deployment.gatewayResponses).toEqual({
    REQUEST_TOO_LARGE: { status: 413, contentType: 'application/problem+json', body: '{}' },
  });
  expect(stage).toEqual({ name: 'live', throttle: { ratePerSecond: 5, burst: 10 } });
  expect(deployment.tables[0]).toEqual({
    name: 'things',
    ttlAttribute: 'expiresAt',
    create: {
      TableName: 'things',
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    },
  });
  expect(deployment.queues).toEqual([
    { name: 'app-Dead.fifo', fifo: true, attributes: { FifoQueue: 'true' }, terminal: true },
    {
      name: 'work.fifo',
      fifo: true,
      attributes: { FifoQueue: 'true', VisibilityTimeout: '12' },
      deadLetter: { queueName: 'app-Dead.fifo', maxReceiveCount: 10 },
      terminal: false,
    },
  ]);
  expect(deployment.queueTriggers).toEqual([
    {
      functionName: 'worker',
      queueName: 'work.fifo',
      batchSize: 10,
      windowSeconds: 0,
      reportBatchItemFailures: true,
      maxConcurrency: 4,
    },
  ]);
  expect(deployment.streamTriggers).toEqual([
    {
      functionName: 'relay',
      tableName: 'things',
      batchSize: 100,
      windowSeconds: 0,
      reportBatchItemFailures: false,
      bisect: true,
      maximumRetryAttempts: 3,
      filters: [filter],
      onFailureQueueName: 'app-Dead.fifo',
    },
  ]);
  expect(deployment.schedules).toEqual([
    {
      name: 'things-daily',
      functionName: 'daily',
      expression: 'rate(5 minutes)',
      timezone: 'Asia/Shanghai',
      input: '{"at":"<aws.scheduler.scheduled-time>"}',
    },
  ]);
  expect(inert).toEqual(['app/Key (AWS::KMS::Key)']);
});

const alone = (Resources: Resources) => () => read({ app: { Resources } });

test.each([
  ['a type nobody knows', alone({ Machine: { Type: 'AWS::StepFunctions::StateMachine' } }), /app\/Machine/],
  [
    'an intrinsic nobody knows',
    alone({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Cidr': [] } } } }),
    /Q /,
  ],
  ['a reference to nothing', alone({ Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { Ref: 'No' } } } }), /Q /],
  [
    'an import of nothing',
    alone({ Q: { Type: 'AWS::SQS::Queue', Properties: { X: { 'Fn::ImportValue': 'x' } } } }),
    /Q /,
  ],
  [
    'a role that denies',
    alone({ Role: role([{ Effect: 'Deny', Action: '*', Resource: '*' }]), F: lambda('f') }),
    /Effect/,
  ],
  [
    'a role with a condition',
    alone({ Role: role([{ Effect: 'Allow', Action: 'a', Resource: '*', Condition: {} }]), F: lambda('f') }),
    /Condition/,
  ],
  [
    'code that is not there',
    alone({ Role: role(), F: lambda('f', {}, { Code: { S3Key: 'other.zip' } }) }),
    /other\.zip/,
  ],
])('it refuses %s', (_case, reading, message) => {
  expect(reading).toThrow(message);
});
