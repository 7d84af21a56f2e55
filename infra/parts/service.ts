import type { Stack } from 'aws-cdk-lib/core';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Foundation } from '../foundation.ts';
import { tableNameOf, type tableOwners } from '../subscriptions.ts';
import { type City, type FunctionProps, serviceFunction } from './service-function.ts';
import { serviceTable } from './service-table.ts';

/** A service that keeps facts: its stack, its one table and what it stands on. */
export type TableOwner = (typeof tableOwners)[number];
export type Service = { name: TableOwner; stack: Stack; city: City; foundation: Foundation; table: Table };

export function serviceOf(name: TableOwner, stack: Stack, city: City, foundation: Foundation): Service {
  const table = serviceTable(stack, {
    name: tableNameOf(name),
    key: foundation.key,
    retain: city.environment.retain,
  });
  return { name, stack, city, foundation, table };
}

/** A function of the service by its export's name; it is told its table. */
export function addFunction(
  service: Service,
  name: string,
  own: Omit<FunctionProps, 'name' | 'service' | 'key'>,
): LambdaFunction {
  return serviceFunction(service.stack, service.city, {
    ...own,
    name: `zhirong-${service.name}-${name}`,
    service: service.name,
    key: service.foundation.key,
    variables: { TABLE: service.table.tableName, ...own.variables },
  });
}
