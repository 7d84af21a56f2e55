import type { Handlers } from '#packages/lambda/queue';
import type { eventTypes } from '#services/lending/contract';
import type { CoverDeps } from './operations/cover-steps.ts';
import { hearFiled, hearRegistered, hearRenewed, hearReported, hearSettled } from './operations/hear-loans.ts';

/** What the service's queue hands it, each event with the operation that works on it. */
export function workHandlers(deps: CoverDeps): Handlers<typeof eventTypes> {
  return {
    'loan.filed.v1': hearFiled(deps),
    'loan.registered.v1': hearRegistered(deps),
    'loan.reported.v1': hearReported(deps),
    'loan.renewed.v1': hearRenewed(deps),
    'loan.settled.v1': hearSettled(deps),
  };
}
