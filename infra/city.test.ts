import { CfnQueue } from 'aws-cdk-lib/aws-sqs';
import { type App, type CfnParameter, Stack, Validations } from 'aws-cdk-lib/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Bundles } from './bundles.ts';
import { sources } from './bundles.ts';
import { subscriberNames, tableNameOf, tableOwners } from './subscriptions.ts';
import { environments } from './environments.ts';
import {
  emptyBundles,
  of,
  removeTemporaryFolders,
  shortId,
  type Synthesised,
  synthesise,
  temporaryFolder,
} from './synthesise.ts';

const china = { environmentName: 'production', region: 'cn-north-1' } as const;
const global = { environmentName: 'production', region: 'us-east-1' } as const;
const local = { environmentName: 'local', region: 'us-east-1' } as const;
const staging = { environmentName: 'staging', region: 'us-east-1' } as const;

let bundles: Bundles;
const made = new Map<string, Synthesised>();

/** Each place is synthesised once, with the packs of cdk-nag: that it does not throw is a test of its own. */
function city(where: typeof china | typeof global | typeof local | typeof staging): Synthesised {
  const key = `${where.environmentName} ${where.region}`;
  const synthesised = made.get(key) ?? synthesise(bundles, where);
  made.set(key, synthesised);
  return synthesised;
}

beforeAll(async () => {
  bundles = await emptyBundles(temporaryFolder());
});

afterAll(removeTemporaryFolders);

describe.each([china, global, staging, local])('$environmentName in $region', (where) => {
  test('passes cdk-nag and CloudFormation’s own schemas, and names no partition', () => {
    const { text } = city(where);
    expect(text).not.toMatch(/arn:aws/);
    expect(text).toContain('AWS::Partition');
  });

  test('declares every function that is bundled, each with a role and a log group of its own', () => {
    const functions = of(city(where), 'AWS::Lambda::Function');
    const names = functions.map(({ properties }) => properties['FunctionName']);
    const exported = sources.flatMap(({ prefix, names: own }) => own.map((name) => `${prefix}-${name}`));
    expect(new Set(names)).toEqual(new Set(exported));
    for (const property of ['Role', 'LoggingConfig']) {
      expect(new Set(functions.map(({ properties }) => JSON.stringify(properties[property]))).size).toBe(names.length);
    }
    for (const { properties } of functions) {
      expect(properties).toMatchObject({ Runtime: 'nodejs24.x', Handler: 'index.handler' });
      expect(properties['Environment']).toMatchObject({
        Variables: { STAGE: where.environmentName, POWERTOOLS_METRICS_NAMESPACE: 'Zhirong' },
      });
    }
  });

  test('allows no action with a wildcard, and no resource with one but those listed here', () => {
    const allowed = new Set([
      // X-Ray knows no resources.
      'xray:PutTelemetryRecords,xray:PutTraceSegments on "*"',
      // One file per import, named when it comes.
      's3:GetObject,s3:PutObject on "/imports/*"',
      's3:GetObject,s3:PutObject on "/deliveries/*"',
    ]);
    const found = new Set<string>();
    for (const { properties } of of(city(where), 'AWS::IAM::Policy')) {
      const document = properties['PolicyDocument'] as {
        Statement: { Action: string | string[]; Resource: unknown }[];
      };
      for (const { Action, Resource } of document.Statement) {
        const actions = [Action].flat();
        for (const action of actions) expect(action).not.toContain('*');
        for (const [text] of JSON.stringify(Resource).matchAll(/"[^"]*\*[^"]*"/g)) {
          found.add(`${actions.toSorted().join(',')} on ${text}`);
        }
      }
    }
    for (const wildcard of found) expect(allowed).toContain(wildcard);
  });

  test('lets no role have a policy of AWS’s but the one API Gateway writes logs with', () => {
    const managed = of(city(where), 'AWS::IAM::Role').flatMap(
      ({ properties }) => properties['ManagedPolicyArns'] ?? [],
    );
    expect(managed).toHaveLength(1);
    expect(JSON.stringify(managed)).toContain('AmazonAPIGatewayPushToCloudWatchLogs');
  });

  test('gives every queue a next stop, and every last stop an alarm', () => {
    const queues = of(city(where), 'AWS::SQS::Queue');
    const alarms = of(city(where), 'AWS::CloudWatch::Alarm');
    const deadLetters = new Set(queues.map(({ properties }) => JSON.stringify(properties['RedrivePolicy'])));
    for (const queue of queues) {
      const { QueueName, RedrivePolicy, KmsMasterKeyId } = queue.properties;
      expect(KmsMasterKeyId, String(QueueName)).toBeDefined();
      const last = /(-dlq\.fifo|-unreadable)$/.test(String(QueueName));
      expect(RedrivePolicy !== undefined, String(QueueName)).toBe(!last);
      const watched = alarms.some(({ properties }) =>
        JSON.stringify(properties['Dimensions']).includes(shortId(queue)),
      );
      expect(watched, `${String(QueueName)} has an alarm`).toBe(last);
      if (String(QueueName).endsWith('-dlq.fifo')) {
        expect([...deadLetters].some((policy) => policy?.includes(shortId(queue)))).toBe(true);
      }
    }
  });

  test('has no alarm without a sentence in 中文, a name and somebody to tell', () => {
    const alarms = of(city(where), 'AWS::CloudWatch::Alarm').map(({ properties }) => properties);
    expect(new Set(alarms.map(({ AlarmName }) => AlarmName)).size).toBe(alarms.length);
    for (const { AlarmDescription, AlarmActions } of alarms) {
      expect(AlarmDescription).toMatch(/^[^。]*\p{Script=Han}[^。]{8,}。$/u);
      expect(AlarmActions).toHaveLength(1);
    }
  });

  test('encrypts tables and keeps every moment of them', () => {
    const tables = of(city(where), 'AWS::DynamoDB::Table');
    expect(tables.map(({ properties }) => properties['TableName'])).toEqual(tableOwners.map(tableNameOf));
    for (const { properties } of tables) {
      expect(properties).toMatchObject({
        BillingMode: 'PAY_PER_REQUEST',
        SSESpecification: { SSEEnabled: true, SSEType: 'KMS' },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        DeletionProtectionEnabled: where.environmentName === 'production',
      });
    }
  });

  test('keeps logs for a set time, encrypted', () => {
    for (const { properties } of of(city(where), 'AWS::Logs::LogGroup')) {
      expect(properties['KmsKeyId']).toBeDefined();
      expect(properties['RetentionInDays']).toBeGreaterThanOrEqual(where.environmentName === 'production' ? 365 : 30);
    }
  });
});

test('the China Regions get nothing that they do not have', () => {
  const types = new Set(city(china).resources.map(({ type }) => type));
  const absent = [
    'AWS::Lambda::Url',
    'AWS::Cognito::',
    'AWS::XRay::',
    'AWS::CloudFront::',
    'AWS::Shield::',
    'AWS::FMS::',
    'AWS::Macie::',
    'AWS::RUM::',
  ];
  for (const type of types) for (const prefix of absent) expect(type.startsWith(prefix), type).toBe(false);
  for (const { properties } of of(city(china), 'AWS::Lambda::Function')) {
    expect(properties['Architectures']).toEqual(['x86_64']);
    expect(properties).not.toHaveProperty('TracingConfig');
  }
  expect(city(china).text).not.toContain('xray');
  expect(of(city(china), 'AWS::ApiGateway::Stage')[0]?.properties['TracingEnabled']).toBe(false);
  expect(of(city(china), 'AWS::ApiGateway::RestApi')[0]?.properties['EndpointConfiguration']).toEqual({
    Types: ['REGIONAL'],
  });
});

test('elsewhere calls are traced, on the cheaper processor', () => {
  for (const { properties } of of(city(global), 'AWS::Lambda::Function')) {
    expect(properties).toMatchObject({ Architectures: ['arm64'], TracingConfig: { Mode: 'Active' } });
  }
});

test('the two partitions otherwise have the same resources', () => {
  const list = ({ resources }: Synthesised) =>
    resources.map(({ id }) => id.replace(/ApiDeployment\w+/, 'ApiDeployment')).toSorted();
  expect(list(city(china))).toEqual(list(city(global)));
});

test('queue, stream and schedule wake their functions as designed', () => {
  const mappings = of(city(global), 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties);
  const fromQueue = mappings.filter(({ StartingPosition }) => StartingPosition === undefined);
  expect(fromQueue).toHaveLength(subscriberNames.length);
  for (const mapping of fromQueue) {
    expect(mapping).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: 20 },
    });
  }
  const fromStream = mappings.filter(({ StartingPosition }) => StartingPosition === 'TRIM_HORIZON');
  const patterns = fromStream.map(
    ({ FilterCriteria }) => (FilterCriteria as { Filters: { Pattern: string }[] }).Filters,
  );
  const inserted = (...prefixes: string[]) => ({
    eventName: ['INSERT'],
    dynamodb: { Keys: { sk: { S: prefixes.map((prefix) => ({ prefix })) } } },
  });
  expect(patterns.map((filters) => filters.map(({ Pattern }) => JSON.parse(Pattern)))).toEqual([
    [inserted('EVENT#')],
    [inserted('AUDIT#')],
    // The relay of the partners' service sends its due webhooks as well: a stream should not have many readers.
    [inserted('EVENT#', 'DUE#')],
    [inserted('AUDIT#')],
    [inserted('EVENT#')],
    // And what reads the fund's audit rows watches its books, whatever is done to them.
    [inserted('AUDIT#'), { dynamodb: { Keys: { pk: { S: [{ prefix: 'LEDGER#' }] } } } }],
    [inserted('EVENT#')],
    [inserted('AUDIT#')],
  ]);
  for (const mapping of fromStream) {
    expect(mapping).toMatchObject({
      BatchSize: 100,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MaximumRetryAttempts: -1,
    });
  }
  const schedules = of(city(global), 'AWS::Scheduler::Schedule').map(({ properties }) => properties);
  expect(Object.fromEntries(schedules.map(({ Name, ScheduleExpression }) => [Name, ScheduleExpression]))).toEqual({
    'claim-deadlines': 'cron(30 7 * * ? *)',
    'fund-audit-seal': 'cron(30 0 * * ? *)',
    'fund-match': 'cron(40 6 * * ? *)',
    'fund-outbox-sweep': 'rate(5 minutes)',
    'fund-terms': 'cron(5 0 * * ? *)',
    'lending-audit-seal': 'cron(30 0 * * ? *)',
    'lending-outbox-sweep': 'rate(5 minutes)',
    'loan-watch': 'cron(20 6 * * ? *)',
    'own-keys': 'cron(30 3 * * ? *)',
    'partner-key-notices': 'cron(0 9 * * ? *)',
    'partners-audit-seal': 'cron(30 0 * * ? *)',
    'partners-outbox-sweep': 'rate(5 minutes)',
    'screening-audit-seal': 'cron(30 0 * * ? *)',
    'screening-daily': 'cron(0 2 * * ? *)',
    'screening-outbox-sweep': 'rate(5 minutes)',
    'webhook-retries': 'rate(1 minute)',
    'whitelist-expiry': 'cron(10 0 * * ? *)',
  });
  for (const { ScheduleExpressionTimezone, Target } of schedules) {
    expect(ScheduleExpressionTimezone).toBe('Asia/Shanghai');
    expect(JSON.parse((Target as { Input: string }).Input)).toMatchObject({ at: '<aws.scheduler.scheduled-time>' });
  }
});

test('a message stays hidden at least as long as the function may work on it', () => {
  for (const where of [local, staging, global]) {
    const named = (type: string, property: string, name: string) =>
      of(city(where), type).find(({ properties }) => properties[property] === name)?.properties ?? {};
    for (const [queue, worker] of [
      ['screening', 'screening-worker'],
      ['partners', 'partners-worker'],
      ['fund', 'fund-worker'],
      ['webhooks', 'partners-sender'],
    ]) {
      const { VisibilityTimeout } = named('AWS::SQS::Queue', 'QueueName', `zhirong-${queue}-work.fifo`);
      const { Timeout } = named('AWS::Lambda::Function', 'FunctionName', `zhirong-${worker}`);
      expect(Number(VisibilityTimeout), queue).toBeGreaterThan(Number(Timeout));
    }
  }
});

test('what the sources allow is shared out among all processes that may ask them at once', () => {
  for (const where of [local, staging, global]) {
    const { sourceRequestsPerSecond, sourceBreakerOpenSeconds } = environments[where.environmentName];
    const mappings = of(city(where), 'AWS::Lambda::EventSourceMapping').map(({ properties }) => properties);
    const [atOnce = 0] = mappings.flatMap(({ ScalingConfig }) =>
      ScalingConfig === undefined ? [] : [(ScalingConfig as { MaximumConcurrency: number }).MaximumConcurrency],
    );
    const [Variables = {}] = of(city(where), 'AWS::Lambda::Function')
      .filter(({ properties }) => properties['FunctionName'] === 'zhirong-screening-worker')
      .map(({ properties }) => (properties['Environment'] as { Variables: Record<string, string> }).Variables);
    expect(Number(Variables['CREDIT_REQUESTS_PER_SECOND']) * atOnce).toBe(sourceRequestsPerSecond.credit);
    expect(Number(Variables['IP_REQUESTS_PER_SECOND']) * atOnce).toBe(sourceRequestsPerSecond.ip);
    expect(Number(Variables['SOURCE_BREAKER_OPEN_SECONDS'])).toBe(sourceBreakerOpenSeconds);
  }
});

test.each([
  [local, ['http://127.0.0.1:3', 'https://a.example', 'file'], ['files', 'ftp://a', '']],
  [global, ['https://a.example', 'file'], ['http://127.0.0.1:3', 'files', 'a file', '']],
])('a source has an address or delivers files, the issuer has an address ($0.environmentName)', (where, good, bad) => {
  const pattern = (id: string) => {
    const stack = city(where).app.node.findChild('zhirong-screening') as Stack;
    return new RegExp(`^(?:${(stack.node.findChild(id) as CfnParameter).allowedPattern ?? ''})$`);
  };
  for (const id of ['CreditSourceUrl', 'IpSourceUrl']) {
    for (const value of good) expect(value).toMatch(pattern(id));
    for (const value of bad) expect(value).not.toMatch(pattern(id));
  }
  expect('file').not.toMatch(pattern('OidcIssuer'));
});

test('the packs do look: a bare queue is found, and every acknowledgement has its reason', () => {
  const bare = (app: App) => new CfnQueue(new Stack(app, 'bare'), 'Queue');
  expect(() => synthesise(bundles, local, bare)).toThrow(/[Vv]alidation/);
  const reasons = city(china)
    .app.node.findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY))
    .flatMap(({ data }) => Object.values(data as Record<string, unknown>));
  expect(reasons.length).toBeGreaterThan(10);
  for (const reason of reasons) expect(JSON.stringify(reason).length).toBeGreaterThan(40);
});
