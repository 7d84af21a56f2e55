import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { cursorSecretName } from '../foundation.ts';
import { issuerSettings } from './deployment-settings.ts';
import { partnerGate } from './partner-gate.ts';
import * as may from './permissions.ts';
import { addFunction, type Service } from './service.ts';
import { feedFromQueue } from './triggers.ts';

/** What a service's function needs beside what each of its kind does. It may read its service's table. */
type Own = {
  memoryMb?: number;
  variables?: Record<string, string>;
  permissions: PolicyStatement[];
  /** Read beside those of its kind. */
  secrets?: Secret[];
};

/** The function behind a service's routes: people by their tokens, organisations by their signatures, sealed cursors. */
export function addApi(
  service: Service,
  { memoryMb = 1024, variables, permissions, secrets = [] }: Own,
): LambdaFunction {
  const { stack, city, foundation, table } = service;
  const gate = partnerGate(stack, foundation);
  return addFunction(service, 'api', {
    trigger: 'http',
    memoryMb,
    variables: {
      CURSOR_SECRET: cursorSecretName,
      ...issuerSettings(stack, city.environment),
      ...gate.variables,
      ...variables,
    },
    permissions: [
      may.readTable(table),
      ...permissions,
      may.readSecret(foundation.cursorSecret, ...secrets),
      ...gate.permissions,
    ],
  });
}

/** The function that hears what others and the service itself tell it, from the service's work queue. */
export function addWorker(
  service: Service,
  { memoryMb = 512, variables, permissions, secrets = [] }: Own,
): LambdaFunction {
  const { city, foundation, table, name } = service;
  const { work, unreadable } = foundation.queues[name];
  const worker = addFunction(service, 'worker', {
    trigger: 'queue',
    memoryMb,
    variables: { UNREADABLE_QUEUE_URL: unreadable.queueUrl, ...variables },
    permissions: [
      may.readTable(table),
      ...permissions,
      may.sendTo(unreadable),
      ...(secrets.length === 0 ? [] : [may.readSecret(...secrets)]),
    ],
  });
  feedFromQueue(worker, work, city.environment.workQueue.maxConcurrency);
  return worker;
}
