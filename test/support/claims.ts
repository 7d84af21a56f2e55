import { todayOf } from '#packages/calendar';
import type { Event } from '#packages/messaging/envelope';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import type { Classification } from '#services/lending/contract';
import { requiredDocuments } from '../../services/fund/contract.ts';
import { exportJournal } from '../../services/fund/ledger/export.ts';
import { proveBook } from '../../services/fund/ledger/proof.ts';
import * as offline from '../../services/fund/ledger/verify-journal.mjs';
import { hearFiled, hearRegistered, hearReported, hearSettled } from '../../services/fund/operations/hear-loans.ts';
import { fundApi, type FundAnswer, type FundSend } from './fund-api.ts';

export const reviewer = 'city-reviewer.second';
export const plainProgramme = {
  parties: [
    { id: 'fund', kind: 'public', shareBps: 5_000 },
    { id: 'insurer', kind: 'private', shareBps: 1_600 },
  ],
  recoveryOrder: 'principal-first',
  leverage: 100,
  breaker: 'off',
};
export const documents = requiredDocuments.map((kind) => ({ kind, digest: '3f'.repeat(32) }));

export type ReportOf = { asOf?: string; outstandingFen: bigint; overdueDays?: number; classification?: Classification };
export type LoanOf = {
  disbursedOn?: string;
  loanId?: string;
  bankId?: string;
  uscc?: string;
  principalFen?: bigint;
  ipPartBps?: bigint;
  annualRateBps?: bigint;
};

/** A fund with its programme and its money, loans that it covers, and a bank that claims on them. */
export async function claimWorld(table: Table, programme: object = plainProgramme, fundId = 'fund-a') {
  let now = new Date('2026-11-23T04:00:00.000Z');
  const send = fundApi(table, () => now);
  const call = (method: string, path: string, more: FundSend = {}) => send(method, path, more);
  const post = (path: string, json: unknown, more: FundSend = {}) => call('POST', path, { json, ...more });
  const deps = { table, now: () => now };
  let told = 0;
  let money = 0;
  let loans = 0;
  const event = <Data>(type: string, loanId: string, data: Data): Event<Data> => ({
    specversion: '1.0',
    id: `event-${(told += 1)}`,
    type,
    source: '/services/lending',
    subject: `loan/${loanId}`,
    time: now.toISOString(),
    dataschema: `/services/lending/events/${type}`,
    sequence: told,
    data,
  });
  const founded = [
    await post('/v1/funds', { fundId, name: '资金池', programme }),
    await post(`/v1/funds/${fundId}/programmes/1/approvals`, {}, { as: reviewer }),
  ];
  for (const { status, body } of founded) if (status > 201) throw new Error(JSON.stringify(body));

  const world = {
    table,
    fundId,
    call,
    post,
    clock: (instant: string) => {
      now = new Date(instant);
    },
    now: () => now,
    contribute: (amountFen: bigint, more: object = {}) =>
      post(`/v1/funds/${fundId}/contributions`, {
        level: 'city',
        amountFen: Number(amountFen),
        receivedOn: todayOf(now),
        bankReference: `R${(money += 1)}`,
        ...more,
      }),
    /** A loan that the fund covers, and its last report: in default. */
    async loan(given: LoanOf = {}): Promise<string> {
      loans += 1;
      const { loanId = `loan-${loans}`, bankId: partnerId = 'bank-a', principalFen = 100_000_000n } = given;
      const filed = {
        loanId,
        partnerId,
        uscc: given.uscc ?? '91411502MA4600011X',
        divisionCode: '411502',
        fundId,
        programmeVersion: 1,
        principalFen,
        ipPartBps: given.ipPartBps ?? 10_000n,
        annualRateBps: given.annualRateBps ?? 400n,
        disbursedOn: given.disbursedOn ?? '2026-01-05',
        maturesOn: '2027-01-05',
        filedOn: '2026-01-06',
      };
      await hearFiled(deps)(event('loan.filed.v1', loanId, filed), noReceipt);
      const registered = { loanId, partnerId, registeredOn: '2026-01-06' };
      await hearRegistered(deps)(event('loan.registered.v1', loanId, registered), noReceipt);
      await world.report(loanId, { outstandingFen: principalFen });
      return loanId;
    },
    report: (
      loanId: string,
      { asOf = '2026-10-31', outstandingFen, overdueDays = 95, classification = 'substandard' }: ReportOf,
    ) =>
      hearReported(deps)(
        event('loan.reported.v1', loanId, {
          loanId,
          partnerId: 'bank-a',
          asOf,
          outstandingFen,
          overdueDays,
          classification,
        }),
        noReceipt,
      ),
    settleLoan: (loanId: string) =>
      hearSettled(deps)(
        event('loan.settled.v1', loanId, { loanId, partnerId: 'bank-a', on: todayOf(now), how: 'repaid' as const }),
        noReceipt,
      ),
    file: (loanId: string, more: object = {}, how: FundSend = {}) =>
      post('/v1/claims', claimOn(loanId, more), { as: 'bank', ...how }),
    check: (loanId: string, more: object = {}) => post('/v1/claim-checks', claimOn(loanId, more), { as: 'bank' }),
    decide: (claimId: string, decision = 'approve', more: object = {}, as = reviewer) =>
      post(`/v1/claims/${claimId}/decisions`, { decision, reason: '核对无误', ...more }, { as }),
    pay: (claimId: string, more: FundSend = {}) => post(`/v1/claims/${claimId}/payments`, {}, more),
    /** Filed, approved and paid. */
    async paid(loanId: string, more: object = {}): Promise<string> {
      const { body } = await world.file(loanId, more);
      await world.decide(body.claimId);
      await world.pay(body.claimId);
      return body.claimId;
    },
    recover: (claimId: string, reference: string, grossFen: number, costsFen = 0, more: object = {}) =>
      post(
        `/v1/claims/${claimId}/recoveries`,
        { grossFen, costsFen, receivedOn: todayOf(now), source: 'pledge-sale', reference, ...more },
        { as: 'bank' },
      ),
    propose: (claimId: string, what: 'settlements' | 'write-offs', as = reviewer) =>
      post(`/v1/claims/${claimId}/${what}`, what === 'settlements' ? {} : { reason: '已穷尽追偿' }, { as }),
    approve: (claimId: string, what: 'settlements' | 'write-offs', id: string, as = 'city-admin.first') =>
      post(`/v1/claims/${claimId}/${what}/${id}/approvals`, {}, { as }),
    claim: async (claimId: string, as = 'city-admin.first') =>
      (await call('GET', `/v1/claims/${claimId}`, { as })).body,
    balances: async () => (await call('GET', `/v1/funds/${fundId}/balances`)).body,
    /** What is wrong with the book, here and by the outsider's checker: nothing. */
    async problems(): Promise<string[]> {
      let text = '';
      for await (const line of exportJournal(table, fundId)) text += line;
      return [...(await proveBook(table, fundId)).findings, ...offline.verifyJournal(text).problems];
    },
  };
  return world;
}
export type ClaimWorld = Awaited<ReturnType<typeof claimWorld>>;

function claimOn(loanId: string, more: object) {
  const trigger = { mode: 'npl-classified', asOf: '2026-11-20' };
  return { loanId, lossPrincipalFen: 100_000_000, trigger, documents, ...more };
}

/** A balance by its code, of one party or all. */
export function balanceIn(balances: any, code: string, partyId?: string): number {
  return balances.accounts
    .filter((one: any) => one.code === code && (partyId === undefined || one.partyId === partyId))
    .reduce((sum: number, { balanceFen }: any) => sum + balanceFen, 0);
}

export const codeOf = ({ status, body }: FundAnswer): [number, string] => [status, body.code];
