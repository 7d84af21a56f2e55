import type { Operations } from '#packages/lambda/http';
import type { routes } from '../contract.ts';
import { approveProgramme } from './approve-programme.ts';
import type { Deps } from './context.ts';
import { foundFund } from './found-fund.ts';
import { proposeProgramme } from './propose-programme.ts';
import { getFund, getProgramme, listFunds, listProgrammes } from './read-funds.ts';
import { getCapacity } from './read-capacity.ts';
import { listExposures } from './read-exposures.ts';
import { simulateClaim } from './simulate.ts';

type Programmes =
  | 'foundFund'
  | 'listFunds'
  | 'getFund'
  | 'proposeProgramme'
  | 'listProgrammes'
  | 'getProgramme'
  | 'approveProgramme'
  | 'listExposures'
  | 'getCapacity'
  | 'simulateClaim';

/** The operations of the routes that need the table and nothing else: programmes, and what is computed by them. */
export function programmeOperations(deps: Deps): Pick<Operations<typeof routes>, Programmes> {
  return {
    foundFund: foundFund(deps),
    listFunds: listFunds(deps),
    getFund: getFund(deps),
    proposeProgramme: proposeProgramme(deps),
    listProgrammes: listProgrammes(deps),
    getProgramme: getProgramme(deps),
    approveProgramme: approveProgramme(deps),
    listExposures: listExposures(deps),
    getCapacity: getCapacity(deps),
    simulateClaim,
  };
}
