import * as z from 'zod';
import type { QueueTrigger, ScheduleSpec, StreamTrigger } from '../deployment.ts';
import { nameInArn } from './naming.ts';
import type { Resolved } from './world.ts';

const Mapping = z.looseObject({
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  Enabled: z.boolean().default(true),
  BatchSize: z.coerce.number().optional(),
  MaximumBatchingWindowInSeconds: z.coerce.number().default(0),
  FunctionResponseTypes: z.array(z.string()).default([]),
  FilterCriteria: z.looseObject({ Filters: z.array(z.object({ Pattern: z.string() })) }).optional(),
  ScalingConfig: z.looseObject({ MaximumConcurrency: z.coerce.number().optional() }).optional(),
  BisectBatchOnFunctionError: z.boolean().default(false),
  MaximumRetryAttempts: z.coerce.number().default(-1),
  DestinationConfig: z.looseObject({ OnFailure: z.looseObject({ Destination: z.string() }).optional() }).optional(),
});

/** A function is meant by its name or by its ARN. */
const functionNamed = (reference: string) => (reference.startsWith('arn:') ? nameInArn(reference) : reference);

/** Event source mappings: queues and table streams that wake functions. Other sources throw. */
export function readMappings(resources: readonly Resolved[]): {
  queueTriggers: QueueTrigger[];
  streamTriggers: StreamTrigger[];
} {
  const queueTriggers: QueueTrigger[] = [];
  const streamTriggers: StreamTrigger[] = [];
  for (const { logicalId, properties } of resources) {
    const mapping = Mapping.parse(properties);
    if (!mapping.Enabled) continue;
    const source = mapping.EventSourceArn.split(':')[2];
    const both = {
      functionName: functionNamed(mapping.FunctionName),
      windowSeconds: mapping.MaximumBatchingWindowInSeconds,
      reportBatchItemFailures: mapping.FunctionResponseTypes.includes('ReportBatchItemFailures'),
    };
    const filters = mapping.FilterCriteria?.Filters.map(({ Pattern }): unknown => JSON.parse(Pattern)) ?? [];
    const onFailure = mapping.DestinationConfig?.OnFailure?.Destination;
    const maxConcurrency = mapping.ScalingConfig?.MaximumConcurrency;
    if (source === 'sqs') {
      if (filters.length > 0) throw new Error(`${logicalId} filters a queue, which the local cloud does not do.`);
      queueTriggers.push({
        ...both,
        queueName: nameInArn(mapping.EventSourceArn),
        batchSize: mapping.BatchSize ?? 10,
        ...(maxConcurrency !== undefined && { maxConcurrency }),
      });
    } else if (source === 'dynamodb')
      streamTriggers.push({
        ...both,
        tableName: nameInArn(mapping.EventSourceArn),
        batchSize: mapping.BatchSize ?? 100,
        bisect: mapping.BisectBatchOnFunctionError,
        maximumRetryAttempts: mapping.MaximumRetryAttempts,
        filters,
        ...(onFailure !== undefined && { onFailureQueueName: nameInArn(onFailure) }),
      });
    else
      throw new Error(`${logicalId} takes events from ${mapping.EventSourceArn}, which the local cloud does not host.`);
  }
  return { queueTriggers, streamTriggers };
}

const Schedule = z.looseObject({
  ScheduleExpression: z.string(),
  ScheduleExpressionTimezone: z.string().default('UTC'),
  State: z.enum(['ENABLED', 'DISABLED']).default('ENABLED'),
  Target: z.looseObject({ Arn: z.string(), Input: z.string().default('{}') }),
});

/** A disabled schedule is left out: it does nothing when deployed either. */
export function readSchedules(resources: readonly Resolved[]): ScheduleSpec[] {
  return resources.flatMap(({ name, logicalId, properties }) => {
    const { ScheduleExpression, ScheduleExpressionTimezone, State, Target } = Schedule.parse(properties);
    if (State === 'DISABLED') return [];
    if (!/^arn:[^:]+:lambda:/.test(Target.Arn))
      throw new Error(`${logicalId} has the target ${Target.Arn}; here a schedule invokes a function.`);
    const functionName = nameInArn(Target.Arn);
    return [
      { name, functionName, expression: ScheduleExpression, timezone: ScheduleExpressionTimezone, input: Target.Input },
    ];
  });
}
