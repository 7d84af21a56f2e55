import * as z from 'zod';
import type { AllowedStatement, Deployment, FunctionSpec } from '../deployment.ts';
import { nameInArn } from './naming.ts';
import type { Resolved } from './world.ts';

/** What Lambda gives an account is not what a laptop has: no function gets more sandboxes than this. */
const maxSandboxes = 4;

const FunctionProperties = z.looseObject({
  Code: z.looseObject({ S3Key: z.string() }),
  Handler: z.string(),
  Role: z.string(),
  Timeout: z.coerce.number().default(3),
  MemorySize: z.coerce.number().default(128),
  ReservedConcurrentExecutions: z.coerce.number().optional(),
  Environment: z.looseObject({ Variables: z.record(z.string(), z.coerce.string()).default({}) }).optional(),
});

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.strictObject({
  Sid: z.string().optional(),
  Effect: z.literal('Allow'),
  Action: oneOrMore,
  Resource: oneOrMore,
  // The one condition that is understood here.
  Condition: z
    .strictObject({ 'ForAllValues:StringLike': z.strictObject({ 'dynamodb:LeadingKeys': oneOrMore }) })
    .optional(),
});
const PolicyDocument = z.looseObject({ Statement: z.array(Statement) });
const RoleProperties = z.looseObject({
  Policies: z.array(z.looseObject({ PolicyDocument })).default([]),
  ManagedPolicyArns: z.array(z.string()).default([]),
});
const PolicyProperties = z.looseObject({ PolicyDocument, Roles: z.array(z.string()).default([]) });

/** AWS's own policies that allow nothing the local engines have: logs and traces. */
const harmlessManagedPolicies = ['AWSLambdaBasicExecutionRole', 'AWSXRayDaemonWriteAccess', 'AWSXrayWriteOnlyAccess'];

function flatten(document: z.output<typeof PolicyDocument>): AllowedStatement[] {
  return document.Statement.map(({ Action, Resource, Condition }) => ({
    actions: Action,
    resources: Resource,
    ...(Condition !== undefined && { leadingKeys: Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys'] }),
  }));
}

/**
 * Allowed actions and resources by role name. A statement that denies, negates or has another condition than on leading keys throws for the role
 * of a function: leaving the limit away would allow here what is refused when deployed.
 */
function statementsOf(role: Resolved, resources: readonly Resolved[]): AllowedStatement[] {
  const { Policies, ManagedPolicyArns } = RoleProperties.parse(role.properties);
  for (const arn of ManagedPolicyArns)
    if (!harmlessManagedPolicies.includes(nameInArn(arn)))
      throw new Error(`Role ${role.name} uses the managed policy ${arn}, whose content is not known here.`);
  const attached = resources
    .filter(({ type }) => type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy')
    .filter(({ properties }) => z.array(z.string()).default([]).parse(properties['Roles']).includes(role.name))
    .map(({ properties }) => PolicyProperties.parse(properties).PolicyDocument);
  return [...Policies.map((policy) => policy.PolicyDocument), ...attached].flatMap(flatten);
}

/** Which trigger wakes a function, in the order in which one of several gives its name to it. */
function triggerOf(
  name: string,
  { routes, queueTriggers, streamTriggers, schedules }: Triggers,
): FunctionSpec['trigger'] {
  const wakes = ({ functionName }: { functionName: string }) => functionName === name;
  if (routes.some(wakes)) return 'http';
  if (queueTriggers.some(wakes)) return 'queue';
  if (streamTriggers.some(wakes)) return 'stream';
  return schedules.some(wakes) ? 'schedule' : 'command';
}

type Triggers = Pick<Deployment, 'routes' | 'queueTriggers' | 'streamTriggers' | 'schedules'>;

/** The functions and what the role of each allows. */
export function readFunctions(
  resources: readonly Resolved[],
  triggers: Triggers,
): Pick<Deployment, 'functions' | 'permissions'> {
  const permissions: Deployment['permissions'] = {};
  const functions = resources
    .filter(({ type }) => type === 'AWS::Lambda::Function')
    .map(({ name, stack, properties }): FunctionSpec => {
      const { Code, Handler, Role, Environment, ...rest } = FunctionProperties.parse(properties);
      const codeDir = stack.assets[Code.S3Key.replace(/\.zip$/, '')];
      if (codeDir === undefined) throw new Error(`The bundle ${Code.S3Key} of ${name} is not in the assembly.`);
      const role = resources.find((other) => other.type === 'AWS::IAM::Role' && other.name === nameInArn(Role));
      if (role === undefined) throw new Error(`The role of ${name} is not in the template.`);
      permissions[name] = statementsOf(role, resources);
      const environment = Environment?.Variables ?? {};
      return {
        name,
        service: environment['SERVICE'] ?? stack.name,
        trigger: triggerOf(name, triggers),
        codeDir,
        handler: Handler,
        environment,
        timeoutSeconds: rest.Timeout,
        memoryMb: rest.MemorySize,
        concurrency: Math.min(rest.ReservedConcurrentExecutions ?? maxSandboxes, maxSandboxes),
      };
    });
  return { functions, permissions };
}
