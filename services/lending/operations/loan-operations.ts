import type { Operations } from '#packages/lambda/http';
import type { bundleRoutes } from '../contract/bundle-routes.ts';
import type { loanRoutes } from '../contract/loan-routes.ts';
import { changeAsset } from './change-asset.ts';
import { checkBundle } from './check-bundle.ts';
import type { Deps } from './context.ts';
import { fileLoan } from './file-loan.ts';
import { getLoanView, listLoans } from './read-loans.ts';

/** Each route of loans and of the bundle doctor with what it does. */
export function loanOperations(deps: Deps): Operations<typeof loanRoutes & typeof bundleRoutes> {
  return {
    fileLoan: fileLoan(deps),
    listLoans: listLoans(deps),
    getLoan: getLoanView(deps),
    changeAsset: changeAsset(deps),
    checkBundle: checkBundle(deps),
  };
}
