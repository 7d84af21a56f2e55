import { notFound } from '#packages/refusals';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { IpFactsView, LoanPurpose } from './ip-facts-schemas.ts';
import { DecisionView, Passport } from './passport-schemas.ts';
import { daysAsked, enterpriseReaders, ofEnterprise } from './shared.ts';

/** What is told of one enterprise, with all that it rests on. Each look is noted, and the enterprise may read who looked. */
export const passportRoutes = {
  getPassport: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}/passport',
    tag: '企业',
    summary: '企业档案：全部事实及其来源、最近结论的逐条解释与达标路径、授权、意见、争议、查询记录、如何提出异议',
    roles: ['city-admin', 'city-reviewer', 'county-clerk', 'county-reviewer', 'enterprise-user', 'auditor'],
    params: ofEnterprise,
    status: 200,
    answer: Passport,
    refusals: notFound,
  },
  getIpFacts: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}/ip-facts',
    tag: '企业',
    summary:
      '银行贷前、贷后查询企业知识产权状况：有效权利、有效发明、知识产权信用、非正常申请（须有企业授权，逐次记录）',
    roles: ['bank', 'city-admin', 'city-reviewer', 'enterprise-user', 'auditor'],
    params: ofEnterprise,
    query: z.strictObject({ purpose: LoanPurpose }),
    status: 200,
    answer: IpFactsView,
    refusals: notFound,
  },
  getDecision: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}/decision',
    tag: '筛选',
    summary: '回溯：某日有效的结论，与按该日政策、以当时已知的事实重算的结论，逐条对照',
    roles: enterpriseReaders,
    params: ofEnterprise,
    query: z.strictObject(daysAsked),
    status: 200,
    answer: DecisionView,
    refusals: notFound,
  },
} as const satisfies Routes;
