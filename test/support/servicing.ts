import type { Caller } from '#packages/access';
import type { Table } from '#packages/table';
import { getLoan, loansOf } from '../../services/lending/store/loan.ts';
import { getPortfolio } from '../../services/lending/store/portfolio.ts';
import { getServicing, lookPartitions, watchLists } from '../../services/lending/store/servicing.ts';
import { loanOperations } from '../../services/lending/operations/loan-operations.ts';
import { watchLoans } from '../../services/lending/operations/watch-loans.ts';
import { MonthlyReport, Renewal } from '../../services/lending/contract.ts';
import { bank, lendingOn } from './lending.ts';
import type { Loose } from './partners.ts';
import { partitionOf } from './screening.ts';

export const auditor: Caller = { kind: 'person', issuer: 'https://issuer.test', sub: 'auditor', role: 'auditor' };

/** What comes after a filing, on the lending service of the tests. */
export function servicingOn(table: Table, begin?: string) {
  const world = lendingOn(table, begin);
  const operations = loanOperations({ table });

  const report = (loanId: string, said: Record<string, unknown>, by = 'bank-a', on: Table = table): Promise<Loose> =>
    world.call(loanOperations({ table: on }).reportLoan, {
      caller: bank(by),
      params: { loanId },
      body: MonthlyReport.parse({
        outstandingFen: 500_000_000,
        overdueDays: 0,
        classification: 'normal',
        allLoansNplBps: 120,
        ...said,
      }),
    });

  return {
    ...world,
    operations,
    report,

    /** A loan of one right that is registered. */
    async lent(over: Record<string, unknown> = {}, numbers = ['201710601862.3'], by = 'bank-a'): Promise<string> {
      const registered = { registrationNo: 'Y2026980000001', registeredOn: world.today() };
      const assets = numbers.map((number) => world.asset(number, registered));
      const { result, code } = await world.file(world.loan(over, assets), by);
      if (result === undefined) throw new Error(`not filed: ${code}`);
      return result.loanId;
    },

    renew: (loanId: string, said: Record<string, unknown>, by = 'bank-a'): Promise<Loose> => {
      const { uscc: _uscc, pledge: _pledge, ...terms } = world.loan();
      return world.call(operations.renewLoan, {
        caller: bank(by),
        params: { loanId },
        body: Renewal.parse({ ...terms, ...said }),
      });
    },

    ask: (name: 'getNplMeter' | 'listLoanWatches' | 'listMissingReports', query: object, caller = bank('bank-a')) =>
      world.call<never, unknown>(operations[name] as never, {
        caller,
        query: { pageSize: 50, state: 'open', ...query },
      }),

    watch: (on: Table = table, run = 'run') => watchLoans({ table: on })(world.now(), run),

    loanOf: async (loanId: string) => (await getLoan(table, loanId))!.state,
    kept: (loanId: string) => getServicing(table, loanId),
    portfolio: (partnerId = 'bank-a') => getPortfolio(table, partnerId),
    openWatches: () => partitionOf(table, watchLists('open', '')[0]),
    async due(): Promise<string[]> {
      const items = (await Promise.all(lookPartitions.map((pk) => partitionOf(table, pk)))).flat();
      return items.map((item) => String(item['sk'])).toSorted();
    },
    loans: () => partitionOf(table, loansOf.all),
  };
}

export type ServicingWorld = ReturnType<typeof servicingOn>;
