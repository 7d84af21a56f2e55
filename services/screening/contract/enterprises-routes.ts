import { forbidden, notFound, secondPerson, stateConflict } from '#packages/refusals';
import { Id, Reason } from '#packages/words';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { DivisionCode } from '#packages/identifiers';
import { pageOf, pageQuery } from '#packages/pages';
import { listMediaTypes, maxListBytes, workbookMediaType } from '../county-list/columns.ts';
import { ConsentGrant, Nomination } from '../nomination.ts';
import { Consent, Department, Enterprise, EnterpriseImport, Opinion, ParkId, Screening } from './schemas.ts';
import { enterpriseReaders, ofEnterprise } from './shared.ts';

const nominators = ['county-clerk', 'park-manager'] as const;

/** Enterprises, their consents, the lists they come in, what their counties say of them. */
export const enterpriseRoutes = {
  nominateEnterprise: {
    method: 'POST',
    path: '/v1/enterprises',
    tag: '企业',
    summary: '推荐企业进入白名单筛选（一企一码，重复推荐视为同一次）',
    roles: nominators,
    body: Nomination,
    status: 201,
    answer: Enterprise,
    refusals: {
      ...forbidden,
      already_exists: { status: 409, title: '该企业已由本县区推荐，内容不同' },
    },
  },
  listEnterprises: {
    method: 'GET',
    path: '/v1/enterprises',
    tag: '企业',
    summary: '列出权限范围内的企业，最近推荐的在前',
    roles: ['city-admin', 'city-reviewer', 'county-clerk', 'county-reviewer', 'park-manager', 'auditor'],
    query: z.strictObject({ divisionCode: DivisionCode.optional(), parkId: ParkId.optional(), ...pageQuery }),
    status: 200,
    answer: pageOf(Enterprise),
    refusals: forbidden,
  },
  getEnterprise: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}',
    tag: '企业',
    summary: '查看一家企业：状态、授权、最近一次筛选、县区意见、名单条目',
    roles: enterpriseReaders,
    params: ofEnterprise,
    status: 200,
    answer: Enterprise,
    refusals: notFound,
  },
  listScreenings: {
    method: 'GET',
    path: '/v1/enterprises/{uscc}/screenings',
    tag: '筛选',
    summary: '一家企业的全部筛选结论，最新的在前，逐条规则给出依据',
    roles: enterpriseReaders,
    params: ofEnterprise,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Screening),
    refusals: notFound,
  },
  importEnterprises: {
    method: 'POST',
    path: '/v1/enterprise-imports',
    tag: '企业',
    summary: '导入县区名单（.xlsx 或 .csv），逐行受理或退回',
    roles: nominators,
    file: { mediaTypes: listMediaTypes, maxBytes: maxListBytes },
    status: 202,
    answer: z.strictObject({ importId: Id }),
    refusals: forbidden,
  },
  getImport: {
    method: 'GET',
    path: '/v1/enterprise-imports/{importId}',
    tag: '企业',
    summary: '查看一次导入的进度与逐行结果',
    roles: ['city-admin', 'city-reviewer', ...nominators, 'auditor'],
    params: z.strictObject({ importId: Id }),
    status: 200,
    answer: EnterpriseImport,
    refusals: notFound,
  },
  getImportErrors: {
    method: 'GET',
    path: '/v1/enterprise-imports/{importId}/errors.xlsx',
    tag: '企业',
    summary: '下载退回的行：原样列出并注明原因，改正后可直接再次导入',
    roles: ['city-admin', 'city-reviewer', ...nominators, 'auditor'],
    params: z.strictObject({ importId: Id }),
    status: 200,
    answerFile: workbookMediaType,
    refusals: notFound,
  },
  recordConsent: {
    method: 'PUT',
    path: '/v1/enterprises/{uscc}/consent',
    tag: '授权',
    summary: '登记企业授权：用途、接收方、起止日期、授权文件摘要',
    roles: ['county-clerk', 'enterprise-user'],
    params: ofEnterprise,
    body: ConsentGrant,
    status: 200,
    answer: Consent,
    refusals: notFound,
  },
  withdrawConsent: {
    method: 'DELETE',
    path: '/v1/enterprises/{uscc}/consent',
    tag: '授权',
    summary: '撤回授权：立即停止查询、退出名单、清除已取数据',
    roles: ['county-clerk', 'enterprise-user'],
    params: ofEnterprise,
    status: 204,
    refusals: notFound,
  },
  giveCountyOpinion: {
    method: 'POST',
    path: '/v1/enterprises/{uscc}/county-opinions',
    tag: '筛选',
    summary: '县区意见：对最近一次筛选结论推荐或不推荐',
    roles: ['county-reviewer'],
    params: ofEnterprise,
    body: z.strictObject({
      opinion: z.enum(['recommend', 'reject']),
      reason: Reason,
      department: Department.optional(),
    }),
    status: 200,
    answer: Opinion,
    refusals: { ...notFound, ...stateConflict, ...secondPerson },
  },
} as const satisfies Routes;
