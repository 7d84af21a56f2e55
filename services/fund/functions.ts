import * as z from 'zod';
import { sealFunction } from '#packages/audit/functions';
import { apiFunction } from '#packages/lambda/api';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { queueFunction } from '#packages/lambda/queue';
import { routes } from './contract.ts';
import { applyTerms } from './operations/apply-terms.ts';
import { bookOperations } from './operations/book-operations.ts';
import { contributionReturns } from './operations/contribution-returns.ts';
import { claimOperations } from './operations/claim-operations.ts';
import { programmeOperations } from './operations/programme-operations.ts';
import { watchStream } from './operations/watch-stream.ts';
import { heardEvents, workHandlers } from './work-handlers.ts';

/** All routes of the contract. */
export const api = () => {
  const table = tableFromEnvironment();
  return apiFunction({
    routes,
    table,
    operations: {
      ...programmeOperations({ table }),
      ...bookOperations({ table }),
      ...contributionReturns({ table }),
      ...claimOperations({ table }),
    },
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

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => watchStream(tableFromEnvironment());
export const seal = () => sealFunction();
