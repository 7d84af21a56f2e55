import * as z from 'zod';
import { auditStreamFunction, sealFunction } from '#packages/audit/functions';
import { apiFunction } from '#packages/lambda/api';
import { queueFunction } from '#packages/lambda/queue';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { routes } from './contract.ts';
import { loanOperations } from './operations/loan-operations.ts';
import { valuationOperations } from './operations/valuations.ts';
import { watchLoans } from './operations/watch-loans.ts';
import { heardEvents, workHandlers } from './work-handlers.ts';

/** All routes of the contract. */
export const api = () => {
  const table = tableFromEnvironment();
  return apiFunction({
    routes,
    table,
    operations: { ...loanOperations({ table }), ...valuationOperations({ table }) },
  });
};

/** Daily: the loans on which a clock has run out. */
export const watch = () => {
  const run = watchLoans({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }, { runId, remainingMs }) =>
    run(new Date(at), runId, remainingMs),
  );
};

/** What screening and the fund tell. */
export const worker = () => {
  const table = tableFromEnvironment();
  return queueFunction({ table, events: heardEvents, handlers: workHandlers({ table, clock: () => new Date() }) });
};

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => auditStreamFunction();
export const seal = () => sealFunction();
