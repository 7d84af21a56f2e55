import type { Handlers } from '#packages/lambda/queue';
import { eventTypes as lendingEvents } from '#services/lending/contract';
import { eventTypes as ownEvents } from './contract.ts';
import { hearClaimOver, hearTurnedDown } from './operations/hear-claims.ts';
import type { CoverDeps } from './operations/cover-steps.ts';
import { hearFiled, hearRegistered, hearRenewed, hearReported, hearSettled } from './operations/hear-loans.ts';

/** What the service hears: of loans from lending, and of its own claims what follows from them. */
export const heardEvents = { ...lendingEvents, ...ownEvents };

/** What the service's queue hands it, each event with the operation that works on it. */
export function workHandlers(deps: CoverDeps): Handlers<typeof heardEvents> {
  return {
    'loan.filed.v1': hearFiled(deps),
    'loan.registered.v1': hearRegistered(deps),
    'loan.reported.v1': hearReported(deps),
    'loan.renewed.v1': hearRenewed(deps),
    'loan.settled.v1': hearSettled(deps),
    'claim.returned.v1': hearTurnedDown(deps),
    'claim.rejected.v1': hearTurnedDown(deps),
    'claim.closed.v1': hearClaimOver(deps),
    'claim.written-off.v1': hearClaimOver(deps),
  };
}
