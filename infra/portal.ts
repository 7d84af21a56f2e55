import { type App, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Foundation } from './foundation.ts';
import { type City, serviceFunction } from './parts/service-function.ts';

/** The API's description for people and programs, and the answer to paths that nobody has. */
export function portalStack(app: App, city: City, props: StackProps, foundation: Foundation): LambdaFunction {
  const stack = new Stack(app, 'zhirong-portal', props);
  return serviceFunction(stack, city, {
    name: 'zhirong-portal-api',
    service: 'portal',
    trigger: 'http',
    memoryMb: 512,
    key: foundation.key,
    variables: {},
    permissions: [],
  });
}
