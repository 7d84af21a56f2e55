import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { sealFunction } from '#packages/audit/functions';
import { apiFunction } from '#packages/lambda/api';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { metrics } from '#packages/lambda/telemetry';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { queueFunction } from '#packages/lambda/queue';
import { routes } from './contract.ts';
import { applyTerms } from './operations/apply-terms.ts';
import { remindOfClaims } from './operations/claim-deadlines.ts';
import { fundOperations } from './operations/fund-operations.ts';
import { matchFunds } from './operations/match-funds.ts';
import { watchStream } from './operations/watch-stream.ts';
import { heardEvents, workHandlers } from './work-handlers.ts';

/** All routes of the contract. */
export const api = () => {
  const table = tableFromEnvironment();
  return apiFunction({
    routes,
    table,
    operations: fundOperations({ table }),
  });
};

/** What lending tells of the loans filed with a fund, and what follows from the fund's own claims. */
export const worker = () => {
  const table = tableFromEnvironment();
  return queueFunction({ table, events: heardEvents, handlers: workHandlers({ table, now: () => new Date() }) });
};

/** Daily: the terms of programmes whose day has come. */
export const terms = () => {
  const apply = applyTerms({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }) => apply(new Date(at)));
};

/** Daily: what is due soon about claims, and what is late. */
export const deadlines = () => {
  const remind = remindOfClaims({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), async ({ at }) => {
    const counts = await remind(new Date(at));
    metrics.addMetric('ClaimDeadlinesLate', MetricUnit.Count, counts.late);
    return counts;
  });
};

/** Daily: each fund's book against the statement, the claims and the loans. */
export const match = () => {
  const run = matchFunds({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), async ({ at }) => {
    const counts = await run(new Date(at));
    metrics.addMetric('FundMatchDifferences', MetricUnit.Count, counts.differences);
    return counts;
  });
};

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => watchStream(tableFromEnvironment());
export const seal = () => sealFunction();
