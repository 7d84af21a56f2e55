import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ImpactSentence } from './alarm.ts';
import * as may from './permissions.ts';
import { addFunction, type Service } from './service.ts';
import { feedFromStream, schedule } from './triggers.ts';

/**
 * The audit rows of a service: chained as they come, sealed when their day is over. The function that the stream wakes
 * sees partitions that begin with `watched` as well. Answers with it.
 */
export function addAudit(
  service: Service,
  impacts: { behind: ImpactSentence; unsealed: ImpactSentence },
  watched?: string,
): LambdaFunction {
  const { name, stack, table, foundation } = service;
  const permissions = () => [may.readTable(table), may.addToTable(table)];

  const audit = addFunction(service, 'audit', {
    trigger: 'stream',
    memoryMb: 512,
    variables: {},
    permissions: permissions(),
  });
  feedFromStream(audit, table, {
    prefixes: ['AUDIT#'],
    ...(watched !== undefined && { watched }),
    reason: 'An audit row stays in the table for good, and the alarm goes off a day before the stream forgets it.',
    alarmName: `zhirong-${name}-audit-behind`,
    impact: impacts.behind,
    topic: foundation.alarms,
  });

  const seal = addFunction(service, 'seal', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [...permissions(), may.scanTable(table)],
  });
  schedule(stack, seal, {
    name: `${name}-audit-seal`,
    expression: 'cron(30 0 * * ? *)',
    impact: impacts.unsealed,
    topic: foundation.alarms,
  });
  return audit;
}
