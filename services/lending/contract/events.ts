import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { DivisionCode, ParkId, Uscc } from '#packages/identifiers';
import { Bps, Fen } from '#packages/money';
import { Id, Version } from '#packages/words';
import { Classification } from './report-schemas.ts';
import { LoanWatch } from './watch-schemas.ts';

/** Whose loan it is, in every event of it: banks are told by `partnerId`. */
const ofLoan = { loanId: Id, partnerId: Id };

/** All that the fund has to know of a loan to answer for it and, later, to judge a claim. */
const LoanFiled = z.strictObject({
  ...ofLoan,
  uscc: Uscc,
  divisionCode: DivisionCode,
  parkId: ParkId.optional(),
  fundId: Id,
  programmeVersion: Version,
  principalFen: Fen,
  ipPartBps: Bps,
  annualRateBps: Bps,
  disbursedOn: LegalDate,
  maturesOn: LegalDate,
  filedOn: LegalDate,
  /** The loan that this one renews. */
  renews: Id.optional(),
});

/** What has to be looked after, by its code: who is told of it reads the rest from the list. */
const Watched = LoanWatch.pick({ loanId: true, partnerId: true, code: true, dueOn: true });

/** Every event of the lending service, counted per loan. */
export const eventTypes = {
  'loan.filed.v1': { stream: 'loan', summary: '贷款已入池备案', data: LoanFiled },
  'loan.registered.v1': {
    stream: 'loan',
    summary: '质押各项权利均已登记，基金可予分担',
    data: z.strictObject({ ...ofLoan, registeredOn: LegalDate }),
  },
  'loan.reported.v1': {
    stream: 'loan',
    summary: '贷款月报已收到',
    data: z.strictObject({
      ...ofLoan,
      asOf: LegalDate,
      outstandingFen: Fen,
      overdueDays: z.int().nonnegative(),
      classification: Classification,
      /** The bank's ratio over its loans with pledged rights, as its reports have it, and over all its loans. */
      ipNplBps: Bps.optional(),
      allLoansNplBps: Bps.optional(),
    }),
  },
  'loan.renewed.v1': {
    stream: 'loan',
    summary: '贷款已续贷，由新的一笔接续',
    data: z.strictObject({ ...ofLoan, newLoanId: Id, on: LegalDate }),
  },
  'loan.settled.v1': {
    stream: 'loan',
    summary: '贷款已结清或核销，不再占用分担额度',
    data: z.strictObject({ ...ofLoan, on: LegalDate, how: z.enum(['repaid', 'renewed', 'written-off']) }),
  },
  'loan.watch.raised.v1': { stream: 'loan', summary: '贷款有事项待办', data: Watched },
  'loan.watch.cleared.v1': { stream: 'loan', summary: '贷款的待办事项已了结', data: Watched },
} as const satisfies EventTypes;
