import type { Operations } from '#packages/lambda/http';
import type { routes } from '../contract.ts';
import type { claimCareRoutes } from '../contract/claim-care-routes.ts';
import { checkClaimList, checkClaimListFile, listClaimReconciliations } from './check-claim-list.ts';
import { listClaimDeadlines } from './claim-deadlines.ts';
import { confirmShare } from './confirm-share.ts';
import type { Deps } from './context.ts';

/** The operations around claims. */
export function claimCareOperations(deps: Deps): Pick<Operations<typeof routes>, keyof typeof claimCareRoutes> {
  return {
    listClaimDeadlines: listClaimDeadlines(deps),
    confirmShare: confirmShare(deps),
    checkClaimList: checkClaimList(deps),
    checkClaimListFile: checkClaimListFile(deps),
    listClaimReconciliations: listClaimReconciliations(deps),
  };
}
