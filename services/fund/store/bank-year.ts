import { addDays } from '#packages/calendar';
import type { Table } from '#packages/table';
import { allLoansOf, type CoveredLoan } from './covered-loan.ts';

/**
 * What a cap per bank and year is measured by: what was outstanding of the bank's loans in the fund's cover, as last
 * reported by the end of the year before. What the year's claims have taken of the cap is the ledger's to know (caps.ts).
 */
export async function previousBalanceFen(table: Table, fundId: string, bankId: string, year: number): Promise<bigint> {
  const lastDay = addDays(`${year}-01-01`, -1);
  let balanceFen = 0n;
  for await (const loan of allLoansOf(table, fundId, bankId)) balanceFen += outstandingAt(loan, lastDay);
  return balanceFen;
}

/** What was outstanding of a covered loan on the last day of a year, by the last report until then. */
export function outstandingAt(loan: CoveredLoan, lastDay: string): bigint {
  const { left, disbursedOn, ended, yearEnds, principalFen } = loan;
  if (left === undefined || disbursedOn > lastDay || (ended !== undefined && ended.on <= lastDay)) return 0n;
  return yearEnds.findLast(({ asOf }) => asOf <= lastDay)?.outstandingFen ?? principalFen;
}
