import type { Operations } from '#packages/lambda/http';
import type { routes } from '../contract.ts';
import { bookOperations } from './book-operations.ts';
import { claimCareOperations } from './claim-care-operations.ts';
import { claimOperations } from './claim-operations.ts';
import { contributionReturns } from './contribution-returns.ts';
import type { Deps } from './context.ts';
import { forecastOperations } from './forecast-operations.ts';
import { programmeOperations } from './programme-operations.ts';

/** What answers the service's routes. */
export function fundOperations(deps: Deps): Operations<typeof routes> {
  return {
    ...programmeOperations(deps),
    ...bookOperations(deps),
    ...contributionReturns(deps),
    ...claimOperations(deps),
    ...claimCareOperations(deps),
    ...forecastOperations(deps),
  };
}
