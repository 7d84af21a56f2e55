import * as z from 'zod';
import type { Resource, Stack } from './assembly.ts';
import { holds, resolve, type Scope } from './intrinsics.ts';
import { accountId, attributeOf, partitionOf, physicalName, referenceTo, urlSuffixOf } from './naming.ts';

/** Values that deployment gives from outside. */
export type Given = {
  region: string;
  /** Values of CfnParameters, by name; a stack takes those it declares. */
  parameters: Record<string, string>;
  /** Where functions reach SQS, e.g. `http://127.0.0.1:4566`. */
  sqsUrl: string;
};

/** A resource that this deployment has, its properties resolved. */
export type Resolved = {
  stack: Stack;
  logicalId: string;
  type: string;
  name: string;
  properties: Record<string, unknown>;
};

const Properties = z.record(z.string(), z.unknown());

function scopeOf(stack: Stack, given: Given, imported: Scope['imported']): Scope {
  const { template, name: stackName } = stack;
  const stackId = `arn:${partitionOf(given.region)}:cloudformation:${given.region}:${accountId}:stack/${stackName}/local`;
  const pseudo: Record<string, unknown> = {
    'AWS::AccountId': accountId,
    'AWS::NoValue': undefined,
    'AWS::NotificationARNs': [],
    'AWS::Partition': partitionOf(given.region),
    'AWS::Region': given.region,
    'AWS::StackId': stackId,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': urlSuffixOf(given.region),
  };
  const resource = (logicalId: string): Resource => {
    const found = template.Resources[logicalId];
    if (found === undefined) throw new Error(`Stack ${stackName} refers to ${logicalId}, which it does not declare.`);
    return found;
  };
  const nameOf = (logicalId: string) => {
    const found = resource(logicalId);
    return physicalName(stackName, logicalId, found, (property) => resolve(scope, found.Properties[property]));
  };
  const scope: Scope = {
    reference(name) {
      if (Object.hasOwn(pseudo, name)) return pseudo[name];
      const parameter = template.Parameters[name];
      if (parameter === undefined) return referenceTo(resource(name).Type, nameOf(name), given);
      const value = given.parameters[name] ?? parameter.Default;
      if (value === undefined) throw new Error(`Stack ${stackName} needs a value for its parameter ${name}.`);
      return parameter.Type.startsWith('List<') || parameter.Type === 'CommaDelimitedList'
        ? String(value).split(',')
        : value;
    },
    attribute: (logicalId, attribute) => attributeOf(resource(logicalId).Type, nameOf(logicalId), attribute, given),
    imported,
    condition(name) {
      if (!(name in template.Conditions)) throw new Error(`Stack ${stackName} has no condition ${name}.`);
      return holds(scope, template.Conditions[name]);
    },
    mapping(map, first, second) {
      const value = template.Mappings[map]?.[first]?.[second];
      if (value === undefined) throw new Error(`Stack ${stackName} has no mapping ${map}.${first}.${second}.`);
      return value;
    },
  };
  return scope;
}

/** All resources of all stacks, resolved; exports of one stack are imports of the others. */
export function resolveStacks(stacks: readonly Stack[], given: Given): Resolved[] {
  const exports = new Map<string, () => unknown>();
  const imported = (name: string): unknown => {
    const value = exports.get(name);
    if (value === undefined) throw new Error(`No stack exports ${name}.`);
    return value();
  };
  const scopes = stacks.map((stack) => ({ stack, scope: scopeOf(stack, given, imported) }));
  for (const { stack, scope } of scopes)
    for (const { Value, Export } of Object.values(stack.template.Outputs))
      if (Export !== undefined) exports.set(String(resolve(scope, Export.Name)), () => resolve(scope, Value));
  return scopes.flatMap(({ stack, scope }) =>
    Object.entries(stack.template.Resources)
      .filter(([, { Condition }]) => Condition === undefined || scope.condition(Condition))
      .map(([logicalId, resource]) => {
        try {
          const properties = Properties.parse(resolve(scope, resource.Properties));
          const name = physicalName(stack.name, logicalId, resource, (property) => properties[property]);
          return { stack, logicalId, type: resource.Type, name, properties };
        } catch (error) {
          throw new Error(`Cannot read ${logicalId} (${resource.Type}) of stack ${stack.name}.`, { cause: error });
        }
      }),
  );
}
