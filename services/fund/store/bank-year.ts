import { addDays, endOfDay } from '#packages/calendar';
import type { Table } from '#packages/table';
import { type Entry, signedFen } from '../ledger/entry.ts';
import { entriesAfter, readBookAt } from '../ledger/read.ts';
import { type CoveredLoan, loansOfBank } from './covered-loan.ts';

/** What a cap per bank and year is measured by, in the words of a claim's calculation. */
export type BankYearFacts = {
  /** Of the bank's loans in the fund's cover, as last reported by the end of the year before. */
  bankPreviousBalanceFen: bigint;
  /** Paid to the bank in the year, less what was taken back when an advance was settled. */
  bankYearPaidBeforeFen: bigint;
};

/** By the journal and the reports as they are now. Reads the entries of the year: for claims, not for lists. */
export async function bankYearFacts(
  table: Table,
  fundId: string,
  bankId: string,
  year: number,
): Promise<BankYearFacts> {
  const lastDay = addDays(`${year}-01-01`, -1);
  let bankPreviousBalanceFen = 0n;
  for await (const loan of loansOfBank(table, fundId, bankId)) bankPreviousBalanceFen += outstandingAt(loan, lastDay);
  let paid = 0n;
  const before = await readBookAt(table, fundId, endOfDay(lastDay));
  for await (const { entry } of entriesAfter(table, before)) {
    if (entry.valueDate.startsWith(`${year}-`)) paid += paidBy(entry, bankId);
  }
  return { bankPreviousBalanceFen, bankYearPaidBeforeFen: paid < 0n ? 0n : paid };
}

/** Recoveries lower what the fund is out by too, but are no part of what was paid. */
const payments: ReadonlySet<string> = new Set(['compensation-paid', 'claim-settled']);

function paidBy({ cause, lines }: Entry, bankId: string): bigint {
  if (!payments.has(cause.type)) return 0n;
  return lines
    .filter(({ account, partyId }) => account === '9009' && partyId === bankId)
    .reduce((sum, line) => sum + signedFen(line), 0n);
}

/** What was outstanding of a covered loan on the last day of a year, by the last report until then. */
export function outstandingAt(loan: CoveredLoan, lastDay: string): bigint {
  const { left, disbursedOn, ended, yearEnds, principalFen } = loan;
  if (left === undefined || disbursedOn > lastDay || (ended !== undefined && ended.on <= lastDay)) return 0n;
  return yearEnds.findLast(({ asOf }) => asOf <= lastDay)?.outstandingFen ?? principalFen;
}
