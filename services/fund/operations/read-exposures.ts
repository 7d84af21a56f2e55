import { belongsTo, type Caller, mayReach } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { filledPage } from '#packages/paging';
import type { Exposure, routes } from '../contract.ts';
import { asItStands, type CoveredLoan, listedLoans, readListedLoan } from '../store/covered-loan.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';

export function listExposures({ table }: Deps): Operation<typeof routes.listExposures> {
  return async ({ params: { fundId }, query, caller, position, seal }) => {
    if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
    const bankId = caller.kind === 'partner' ? caller.partnerId : query.bankId;
    // Another bank than the caller itself has nothing that it may see.
    if (query.bankId !== undefined && query.bankId !== bankId) return done({ items: [], nextCursor: null });
    const condition = listedLoans(fundId, query.phase, bankId);
    const found = await filledPage(table, { condition }, { pageSize: query.pageSize, position, seal }, (items) =>
      items
        .map(readListedLoan)
        .filter((loan) => reaches(caller, loan))
        .map(exposureView),
    );
    return done(found);
  };
}

function reaches(caller: Caller, loan: CoveredLoan): boolean {
  return mayReach(caller, belongsTo({ ...loan, partnerId: loan.bankId }));
}

function exposureView(loan: CoveredLoan): Exposure {
  const {
    fundId: _fund,
    parkId: _park,
    ipPartBps: _ipPart,
    annualRateBps: _rate,
    renews: _renews,
    ended,
    ...told
  } = asItStands(loan);
  return { ...told, ...(ended !== undefined && { endedOn: ended.on }) };
}
