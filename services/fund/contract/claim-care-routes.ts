import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { alreadyExists, notFound, stateConflict } from '#packages/refusals';
import { Id } from '#packages/words';
import { ClaimList, ClaimListChecked } from './claim-list-schemas.ts';
import { NewConfirmation, PartyConfirmation } from './confirmation-schemas.ts';
import { OpenDeadline } from './deadline-schemas.ts';

const office = ['city-admin', 'city-reviewer', 'auditor'] as const;
const maxListBytes = 256 * 1024;

/** What stands around claims: their clocks, the other parties' word, the banks' own lists. */
export const claimCareRoutes = {
  listClaimDeadlines: {
    method: 'GET',
    path: '/v1/claim-deadlines',
    tag: '代偿',
    summary: '待办期限，最先到期的在前；银行只见自己的。跨入未公布日历的期限注明暂计',
    roles: ['bank', ...office, 'regulator'],
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(OpenDeadline),
  },
  confirmShare: {
    method: 'POST',
    path: '/v1/claims/{claimId}/confirmations',
    tag: '代偿',
    summary: '担保、保险机构确认自己分担的部分：与应担不同的照记并注明差异，不涉及基金资金',
    roles: ['guarantor', 'insurer'],
    params: z.strictObject({ claimId: Id }),
    body: NewConfirmation,
    status: 200,
    answer: PartyConfirmation,
    refusals: { ...notFound, ...alreadyExists, ...stateConflict },
  },
  checkClaimList: {
    method: 'POST',
    path: '/v1/claim-reconciliations',
    tag: '代偿',
    summary: '银行报送自己的代偿清单，逐件核对并列出差异；同一清单结果不变',
    roles: ['bank'],
    body: ClaimList,
    status: 200,
    answer: ClaimListChecked,
    refusals: notFound,
  },
  checkClaimListFile: {
    method: 'POST',
    path: '/v1/funds/{fundId}/claim-lists/{partnerId}/{asOf}',
    tag: '代偿',
    summary: '市级管理员代银行以 CSV 核对代偿清单（列：申请编号、贷款编号、应付、已付、已退、状态；金额为元）',
    roles: ['city-admin'],
    params: z.strictObject({ fundId: Id, partnerId: Id, asOf: LegalDate }),
    file: { mediaTypes: ['text/csv'], maxBytes: maxListBytes },
    status: 200,
    answer: ClaimListChecked,
    refusals: { ...notFound, list_unreadable: { status: 422, title: '清单无法读取' } },
  },
  listClaimReconciliations: {
    method: 'GET',
    path: '/v1/claim-reconciliations',
    tag: '代偿',
    summary: '一家银行与一个基金历次核对的结果，最近的在前；银行看自己的，人员须指明银行',
    roles: ['bank', ...office],
    query: z.strictObject({
      ...pageQuery,
      fundId: Id.meta({ description: '哪个基金', example: 'xinyang' }),
      partnerId: Id.optional().meta({ description: '哪家银行；银行自己可不填', example: 'bank-a' }),
    }),
    status: 200,
    answer: pageOf(ClaimListChecked),
    refusals: notFound,
  },
} as const satisfies Routes;
