import type { Table } from '#packages/table';
import { routes } from '../../services/fund/contract.ts';
import { fundOperations } from '../../services/fund/operations/fund-operations.ts';
import { serviceApi, type ServiceAnswer, type ServiceSend } from './service-api.ts';

export type FundAnswer = ServiceAnswer;
export type FundSend = ServiceSend;

/** The banks by the names that the fund's tests give them. */
const banks: Record<string, string> = { bank: 'bank-a', 'other-bank': 'bank-b' };

/** The fund service behind its real pipeline, on this table; whoever is not named is the first city-admin. */
export function fundApi(table: Table, clock: () => Date) {
  const call = serviceApi({ routes, operations: fundOperations({ table }), table }, clock);
  return (method: string, path: string, { as = 'city-admin.first', ...send }: FundSend = {}): Promise<FundAnswer> =>
    call(method, path, { ...send, as: banks[as] ?? as });
}
