import type { Resource } from './assembly.ts';

/** There is one account here, and it has the number that nobody's has. */
export const accountId = '000000000000';

export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

export function urlSuffixOf(region: string): string {
  return region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
}

/** The property that holds the name a person gave a resource. */
const nameProperties: Record<string, string> = {
  'AWS::ApiGateway::Stage': 'StageName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::KMS::Alias': 'AliasName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::Scheduler::Schedule': 'Name',
  'AWS::Scheduler::ScheduleGroup': 'Name',
  'AWS::SecretsManager::Secret': 'Name',
};

/** The name where none is given: the same at every start, so that data is found again. */
function generatedName(
  stackName: string,
  logicalId: string,
  type: string,
  properties: Record<string, unknown>,
): string {
  const name = `${stackName}-${logicalId}`;
  if (type === 'AWS::S3::Bucket')
    return name
      .toLowerCase()
      .replaceAll(/[^a-z0-9-]/g, '')
      .slice(-63);
  if (type === 'AWS::SQS::Queue' && properties['FifoQueue'] === true) return `${name.slice(-75)}.fifo`;
  return name;
}

/** The physical name. `resolved` are the properties with their intrinsics replaced. */
export function physicalName(
  stackName: string,
  logicalId: string,
  { Type }: Resource,
  resolved: (property: string) => unknown,
): string {
  const property = nameProperties[Type];
  const given = property === undefined ? undefined : resolved(property);
  if (typeof given === 'string' && given !== '') return given;
  return generatedName(stackName, logicalId, Type, { FifoQueue: resolved('FifoQueue') });
}

type Place = { region: string; sqsUrl: string };

/** What an ARN says after account and region, by type. */
const arnTails: Record<string, (name: string) => [service: string, tail: string]> = {
  'AWS::DynamoDB::GlobalTable': (name) => ['dynamodb', `table/${name}`],
  'AWS::DynamoDB::Table': (name) => ['dynamodb', `table/${name}`],
  'AWS::KMS::Key': (name) => ['kms', `key/${name}`],
  'AWS::Lambda::Function': (name) => ['lambda', `function:${name}`],
  'AWS::Logs::LogGroup': (name) => ['logs', `log-group:${name}:*`],
  'AWS::SNS::Topic': (name) => ['sns', name],
  'AWS::SQS::Queue': (name) => ['sqs', name],
  'AWS::Scheduler::Schedule': (name) => ['scheduler', `schedule/default/${name}`],
  'AWS::Scheduler::ScheduleGroup': (name) => ['scheduler', `schedule-group/${name}`],
  // Six characters after the name, as the real ones have: templates cut the name out of the ARN.
  'AWS::SecretsManager::Secret': (name) => ['secretsmanager', `secret:${name}-local0`],
  'AWS::CloudWatch::Alarm': (name) => ['cloudwatch', `alarm:${name}`],
};

export function arnOf(type: string, name: string, region: string): string {
  const partition = partitionOf(region);
  if (type === 'AWS::S3::Bucket') return `arn:${partition}:s3:::${name}`;
  if (type === 'AWS::IAM::Role') return `arn:${partition}:iam::${accountId}:role/${name}`;
  const [service, tail] = arnTails[type]?.(name) ?? [type.split('::')[1]?.toLowerCase() ?? 'unknown', name];
  return `arn:${partition}:${service}:${region}:${accountId}:${tail}`;
}

/** `Ref` of a resource: the name for most, the URL of a queue, the ARN where CloudFormation answers with one. */
export function referenceTo(type: string, name: string, { region, sqsUrl }: Place): string {
  if (type === 'AWS::SQS::Queue') return `${sqsUrl}/${accountId}/${name}`;
  const byArn = ['AWS::SNS::Topic', 'AWS::SecretsManager::Secret', 'AWS::IAM::ManagedPolicy'];
  return byArn.includes(type) ? arnOf(type, name, region) : name;
}

/** `Fn::GetAtt` of a resource. What is not an ARN or one of the listed is a word that only inert resources read. */
export function attributeOf(type: string, name: string, attribute: string, place: Place): string {
  if (attribute === 'Arn' || attribute === 'TopicArn') return arnOf(type, name, place.region);
  if (attribute === 'StreamArn') return `${arnOf(type, name, place.region)}/stream/local`;
  if (attribute === 'QueueUrl') return referenceTo(type, name, place);
  if (['QueueName', 'TopicName', 'KeyId', 'Name'].includes(attribute)) return name;
  if (type === 'AWS::S3::Bucket' && attribute.endsWith('DomainName')) return `${name}.s3.${urlSuffixOf(place.region)}`;
  return `${name}.${attribute}`;
}

/** The resource an ARN means: the name behind the last `/` or `:`; of a stream the table, of a function no qualifier. */
export function nameInArn(arn: string): string {
  const [, , service = '', , , ...rest] = arn.split(':');
  if (service === 'dynamodb') return rest.join(':').split('/')[1] ?? '';
  if (service === 'lambda') return rest[1] ?? '';
  return rest.join(':').split('/').at(-1) ?? '';
}
