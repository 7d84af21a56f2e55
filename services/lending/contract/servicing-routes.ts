import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { alreadyExists, notFound, stateConflict } from '#packages/refusals';
import { Id, Reason } from '#packages/words';
import { Month } from '../report-months.ts';
import { Evidence } from './evidence-schemas.ts';
import { filingRefusals, loanReaders, ofLoan } from './loan-routes.ts';
import { Renewal, RenewedLoan } from './loan-schemas.ts';
import { CreditPlan, CreditPlanView, NplMeter, PathYear } from './meter-schemas.ts';
import { FiledReport, MonthlyReport, ReportAnswer } from './report-schemas.ts';
import { LoanWatch, MissingReport, WatchCode, watchStates } from './watch-schemas.ts';

const tag = '贷后';

/** What comes after the filing of a loan: reports, what is to be looked after, its end, and how its bank stands. */
export const servicingRoutes = {
  reportLoan: {
    method: 'POST',
    path: '/v1/loans/{loanId}/reports',
    tag,
    summary: '报送贷款月报（银行）：有疑点照收，即时列出，限下一个工作日前核实',
    roles: ['bank'],
    params: ofLoan,
    body: MonthlyReport,
    status: 200,
    answer: ReportAnswer,
    refusals: { ...notFound, ...alreadyExists },
  },
  listReports: {
    method: 'GET',
    path: '/v1/loans/{loanId}/reports',
    tag,
    summary: '列出一笔贷款的月报及各期疑点，报告日最近的在前',
    roles: loanReaders,
    params: ofLoan,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(FiledReport),
    refusals: notFound,
  },
  listMissingReports: {
    method: 'GET',
    path: '/v1/missing-reports',
    tag,
    summary: '列出某月尚缺月报的贷款，缺报最早的在前',
    roles: loanReaders,
    query: z.strictObject({ month: Month, ...pageQuery }),
    status: 200,
    answer: pageOf(MissingReport),
  },
  listLoanWatches: {
    method: 'GET',
    path: '/v1/loan-watches',
    tag,
    summary: '列出贷款的待办事项（缺月报、年费、权利到期、未登记、评估过期、出名单等），最近发现的在前',
    roles: loanReaders,
    query: z.strictObject({
      state: z.enum(watchStates).default('open'),
      code: WatchCode.optional(),
      ...pageQuery,
    }),
    status: 200,
    answer: pageOf(LoanWatch),
  },
  renewLoan: {
    method: 'POST',
    path: '/v1/loans/{loanId}/renewals',
    tag,
    summary: '续贷（银行）：到期前以新的一笔接续，原质押整体转至新的一笔',
    roles: ['bank'],
    params: ofLoan,
    body: Renewal,
    status: 201,
    answer: RenewedLoan,
    refusals: { ...notFound, ...alreadyExists, ...stateConflict, ...filingRefusals },
  },
  writeOffLoan: {
    method: 'POST',
    path: '/v1/loans/{loanId}/write-offs',
    tag,
    summary: '核销贷款（银行）：须已报为损失类；质押权利不因此解除',
    roles: ['bank'],
    params: ofLoan,
    body: z.strictObject({ on: LegalDate, reason: Reason }),
    status: 200,
    answer: z.strictObject({ loanId: Id, status: z.literal('written-off'), on: LegalDate }),
    refusals: { ...notFound, ...stateConflict, ...alreadyExists },
  },
  addEvidence: {
    method: 'POST',
    path: '/v1/loans/{loanId}/evidence',
    tag,
    summary: '登记尽职免责材料（银行）：只存摘要，原件由银行保管',
    roles: ['bank'],
    params: ofLoan,
    body: Evidence,
    status: 200,
    answer: z.strictObject({ loanId: Id, evidence: z.array(Evidence) }),
    refusals: { ...notFound, ...stateConflict, ...alreadyExists },
  },
  getNplMeter: {
    method: 'GET',
    path: '/v1/npl-meter',
    tag,
    summary: '知识产权质押贷款不良率与容忍度：本行全部贷款不良率加三个百分点（含）',
    roles: ['bank', 'city-admin', 'city-reviewer', 'auditor', 'regulator'],
    query: z.strictObject({ partnerId: Id.optional() }),
    status: 200,
    answer: NplMeter,
    refusals: notFound,
  },
  setCreditPlan: {
    method: 'PUT',
    path: '/v1/credit-plans/{year}',
    tag,
    summary: '登记本行当年的知识产权质押单列信贷计划（银行）',
    roles: ['bank'],
    params: z.strictObject({ year: PathYear }),
    body: CreditPlan,
    status: 200,
    answer: CreditPlanView,
  },
} as const satisfies Routes;
