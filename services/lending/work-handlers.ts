import type { Handlers } from '#packages/lambda/queue';
import { eventTypes as fundEvents } from '#services/fund/contract';
import { eventTypes as screeningEvents } from '#services/screening/contract';
import type { Deps } from './operations/context.ts';
import { hearClaims } from './operations/hear-claims.ts';
import { hearEnterprises } from './operations/hear-enterprises.ts';
import { hearFund } from './operations/hear-fund.ts';

/** What lending hears of others. */
export const heardEvents = { ...screeningEvents, ...fundEvents };

export function workHandlers(deps: Deps & { clock: () => Date }): Handlers<typeof heardEvents> {
  return { ...hearEnterprises(deps), ...hearFund(deps), ...hearClaims(deps) };
}
