import type { Deployment } from './deployment.ts';
import { readAssembly } from './template/assembly.ts';
import { readFunctions } from './template/functions.ts';
import { readRestApi, type StageSpec } from './template/rest-api.ts';
import { readQueue, readSecret, readTable } from './template/storage.ts';
import { readMappings, readSchedules } from './template/triggers.ts';
import { type Given, type Resolved, resolveStacks } from './template/world.ts';

/** Types that are hosted: each has a reader in template/. */
const hosted = new Set([
  'AWS::ApiGateway::GatewayResponse',
  'AWS::ApiGateway::Method',
  'AWS::ApiGateway::Resource',
  'AWS::ApiGateway::RestApi',
  'AWS::ApiGateway::Stage',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::Scheduler::Schedule',
  'AWS::SecretsManager::Secret',
]);

/** Types that do nothing a user of the system notices: watching, keeping, encrypting, permitting between services. */
const inertTypes = new Set([
  'AWS::ApiGateway::Account',
  'AWS::ApiGateway::Deployment',
  'AWS::CDK::Metadata',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::KMS::Alias',
  'AWS::KMS::Key',
  'AWS::Lambda::EventInvokeConfig',
  'AWS::Lambda::Permission',
  'AWS::Logs::LogGroup',
  'AWS::Logs::MetricFilter',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
  'AWS::Scheduler::ScheduleGroup',
  'AWS::SecretsManager::ResourcePolicy',
]);

export type Hosted = {
  deployment: Deployment;
  /** The stage of the REST API, and the rate at which it begins to refuse. */
  stage: StageSpec;
  /** What is declared and not hosted, because it has no behaviour here: `zhirong-foundation/Key (AWS::KMS::Key)`. */
  inert: string[];
};

/**
 * Reads all stacks of a cloud assembly into what the local cloud hosts. Throws where the template declares something
 * with a behaviour that is not known here, rather than hosting another system than the one that is deployed.
 */
export function readTemplate(assembly: string, given: Given): Hosted {
  const all = resolveStacks(readAssembly(assembly), given);
  const unknown = all.filter(({ type }) => !hosted.has(type) && !inertTypes.has(type));
  if (unknown.length > 0)
    throw new Error(
      `The local cloud cannot host ${unknown.map(labelOf).join(', ')}: teach packages/local/template.ts.`,
    );
  const of = (...types: string[]) => all.filter(({ type }) => types.includes(type));
  const { stage, routes, gatewayResponses } = readRestApi(all);
  const { queueTriggers, streamTriggers } = readMappings(of('AWS::Lambda::EventSourceMapping'));
  const schedules = readSchedules(of('AWS::Scheduler::Schedule'));
  const consumed = new Set(queueTriggers.map(({ queueName }) => queueName));
  const deployment: Deployment = {
    region: given.region,
    ...readFunctions(all, { routes, queueTriggers, streamTriggers, schedules }),
    tables: of('AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable').map(readTable),
    queues: of('AWS::SQS::Queue').map((queue) => readQueue(queue, consumed)),
    buckets: of('AWS::S3::Bucket').map(({ name }) => name),
    secrets: of('AWS::SecretsManager::Secret').map(readSecret),
    queueTriggers,
    streamTriggers,
    schedules,
    routes,
    gatewayResponses,
  };
  return { deployment, stage, inert: all.filter(({ type }) => inertTypes.has(type)).map(labelOf) };
}

function labelOf({ stack, logicalId, type }: Resolved): string {
  return `${stack.name}/${logicalId} (${type})`;
}
