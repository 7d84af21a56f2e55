import { type Caller, mayReach } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Page } from '#packages/table';
import type { Exposure, routes } from '../contract.ts';
import { asItStands, type CoveredLoan, listedLoans, readListedLoan } from '../store/covered-loan.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';

/** A place that few loans are of is looked for in so many pages per call; the cursor goes on from there. */
const pagesPerCall = 20;

export function listExposures({ table }: Deps): Operation<typeof routes.listExposures> {
  return async ({ params: { fundId }, query, caller, position, seal }) => {
    if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
    const bankId = caller.kind === 'partner' ? caller.partnerId : query.bankId;
    const items: Exposure[] = [];
    let page: Page = { items: [] };
    let start = startOf(position);
    // Another bank than the caller itself has nothing that it may see.
    if (query.bankId !== undefined && query.bankId !== bankId) return done({ items, nextCursor: null });
    const condition = listedLoans(fundId, query.phase, bankId);
    for (let pages = 0; pages < pagesPerCall && items.length < query.pageSize; pages += 1) {
      page = await table.page({ condition }, query.pageSize - items.length, start);
      const loans = page.items.map(readListedLoan).filter((loan) => reaches(caller, loan));
      items.push(...loans.map(exposureView));
      start = page.last;
      if (start === undefined) break;
    }
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

function reaches(caller: Caller, { bankId, uscc, divisionCode, parkId }: CoveredLoan): boolean {
  const parks = parkId === undefined ? [] : [parkId];
  return mayReach(caller, { divisions: [divisionCode], parks, uscc, partnerId: bankId });
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
