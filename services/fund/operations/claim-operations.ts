import type { Operations } from '#packages/lambda/http';
import type { routes } from '../contract.ts';
import type { claimRoutes } from '../contract/claim-routes.ts';
import type { Deps } from './context.ts';
import { decideClaim, payClaim } from './decide-claim.ts';
import { checkClaim, fileClaim } from './file-claim.ts';
import { getClaim, listClaims } from './read-claims.ts';
import { recordRecovery, reverseRecovery } from './recover-claim.ts';
import {
  approveSettlement,
  approveWriteOff,
  getSettlement,
  getWriteOff,
  proposeSettlement,
  proposeWriteOff,
} from './settle-claim.ts';

/** The operations of claims. */
export function claimOperations(deps: Deps): Pick<Operations<typeof routes>, keyof typeof claimRoutes> {
  return {
    fileClaim: fileClaim(deps),
    checkClaim: checkClaim(deps),
    listClaims: listClaims(deps),
    getClaim: getClaim(deps),
    decideClaim: decideClaim(deps),
    payClaim: payClaim(deps),
    recordRecovery: recordRecovery(deps),
    reverseRecovery: reverseRecovery(deps),
    proposeSettlement: proposeSettlement(deps),
    getSettlement: getSettlement(deps),
    approveSettlement: approveSettlement(deps),
    proposeWriteOff: proposeWriteOff(deps),
    getWriteOff: getWriteOff(deps),
    approveWriteOff: approveWriteOff(deps),
  };
}
