import { Duration, type Stack } from 'aws-cdk-lib/core';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import type { Bundles } from '../bundles.ts';
import type { Environment, EnvironmentName, Trigger } from '../environments.ts';
import type { RegionTraits } from '../region.ts';
import { acknowledge } from './acknowledge.ts';
import { useKey } from './key.ts';
import { logGroup } from './logs.ts';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** What every stack is made with. */
export type City = {
  environmentName: EnvironmentName;
  environment: Environment;
  region: RegionTraits;
  /** Folder of each function's bundle, by the function's physical name. */
  bundles: Bundles;
};

export type FunctionProps = {
  /** Physical name, which is also the bundle's, e.g. `zhirong-screening-api`. */
  name: string;
  service: string;
  trigger: Trigger;
  memoryMb: number;
  key: IKey;
  variables: Record<string, string>;
  /** All it may do beside writing its own log; nothing else is added but what its trigger needs. */
  permissions: PolicyStatement[];
};

/** One function with a role of its own and a log group of its own. */
export function serviceFunction(stack: Stack, city: City, props: FunctionProps): LambdaFunction {
  const { environment, region } = city;
  const id = pascal(props.name);
  const logs = logGroup(stack, `${id}Logs`, { name: `/zhirong/${props.name}`, key: props.key, environment });
  const role = new Role(stack, `${id}Role`, { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  const writeLogs = new PolicyStatement({
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logs.logGroupArn],
  });
  role.addToPolicy(writeLogs);
  // Whatever it may read or write lies encrypted under the city's key.
  if (props.permissions.length > 0) role.addToPolicy(useKey(props.key));
  for (const statement of props.permissions) role.addToPolicy(statement);

  const reserved = environment.reservedConcurrency?.[props.trigger];
  const made = new LambdaFunction(stack, id, {
    functionName: props.name,
    runtime: Runtime.NODEJS_24_X,
    architecture: region.architecture,
    handler: 'index.handler',
    code: Code.fromAsset(city.bundles.folderOf(props.name)),
    role,
    logGroup: logs,
    memorySize: props.memoryMb,
    timeout: Duration.seconds(environment.timeoutSeconds[props.trigger]),
    tracing: region.tracing,
    ...(reserved !== undefined && { reservedConcurrentExecutions: reserved }),
    environment: {
      SERVICE: props.service,
      STAGE: city.environmentName,
      POWERTOOLS_SERVICE_NAME: props.service,
      POWERTOOLS_METRICS_NAMESPACE: 'Zhirong',
      POWERTOOLS_LOG_LEVEL: 'INFO',
      ...props.variables,
    },
  });
  if (region.tracing === Tracing.ACTIVE) {
    acknowledge(role, {
      'AwsSolutions-IAM5[Resource::*]': 'X-Ray knows no resources: its two put actions are granted on * or not at all.',
    });
  } else {
    acknowledge(made, {
      'Serverless-LambdaTracing':
        'Lambda has no X-Ray in the China Regions; correlation ids in logs and metrics stand in.',
    });
  }
  acknowledge(made, failuresElsewhere[props.trigger]);
  return made;
}

const failuresElsewhere: Record<Trigger, Record<string, string>> = {
  http: noDestination(
    'Invoked synchronously by the gateway: the caller gets the failure and repeats the call under its key.',
  ),
  queue: noDestination(
    'Fed by its queue: a message that keeps failing goes to that queue’s dead-letter queue, which has an alarm.',
  ),
  sender: noDestination(
    'Fed by its queue: what is not sent stays in the table with the time of its next attempt, and is swept every minute.',
  ),
  stream: noDestination(
    'Fed by the table’s stream, never asynchronously; what it must pass on stays in the table until it is marked.',
  ),
  schedule: noDestination(
    'What a failed run left undone is still in the table; its alarm tells, and the schedule or a command runs it again.',
  ),
  command: noDestination('Invoked synchronously by a person, who sees the failure.'),
};

function noDestination(reason: string): Record<string, string> {
  return { 'Serverless-LambdaDLQ': reason, 'Serverless-LambdaAsyncFailureDestination': reason };
}

function pascal(name: string): string {
  return name
    .replace(/^zhirong-/, '')
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
