import type { Operations } from '#packages/lambda/http';
import type { bundleRoutes } from '../contract/bundle-routes.ts';
import type { loanRoutes } from '../contract/loan-routes.ts';
import type { servicingRoutes } from '../contract/servicing-routes.ts';
import { addEvidence } from './add-evidence.ts';
import { getNplMeter, setCreditPlan } from './bank-credit.ts';
import { changeAsset } from './change-asset.ts';
import { checkBundle } from './check-bundle.ts';
import type { Deps } from './context.ts';
import { writeOffLoan } from './end-loan.ts';
import { fileLoan } from './file-loan.ts';
import { getLoanView, listLoans } from './read-loans.ts';
import { listLoanWatches, listMissingReports, listReports } from './read-servicing.ts';
import { renewLoan } from './renew-loan.ts';
import { reportLoan } from './report-loan.ts';

type LoanRoutes = typeof loanRoutes & typeof bundleRoutes & typeof servicingRoutes;

/** Each route of loans, of what comes after their filing and of the bundle doctor with what it does. */
export function loanOperations(deps: Deps): Operations<LoanRoutes> {
  return {
    fileLoan: fileLoan(deps),
    listLoans: listLoans(deps),
    getLoan: getLoanView(deps),
    changeAsset: changeAsset(deps),
    checkBundle: checkBundle(deps),
    reportLoan: reportLoan(deps),
    listReports: listReports(deps),
    listMissingReports: listMissingReports(deps),
    listLoanWatches: listLoanWatches(deps),
    renewLoan: renewLoan(deps),
    writeOffLoan: writeOffLoan(deps),
    addEvidence: addEvidence(deps),
    getNplMeter: getNplMeter(deps),
    setCreditPlan: setCreditPlan(deps),
  };
}
