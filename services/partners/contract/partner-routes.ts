import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { alreadyExists, notFound, secondPerson, stateConflict, versionConflict } from '#packages/refusals';
import type { Role } from '#packages/roles';
import { Digest } from '#packages/words';
import { Because, NewPartner, ofPartner, Partner, PartnerAccess } from './schemas.ts';

export const organisations = ['bank', 'guarantor', 'insurer'] as const satisfies readonly Role[];
export const partnerOffice = ['city-admin', 'city-reviewer', 'auditor'] as const satisfies readonly Role[];

/** Who may call as an organisation. */
export const partnerRoutes = {
  enterPartner: {
    method: 'POST',
    path: '/v1/partners',
    tag: '机构',
    summary: '登记合作机构（市级管理员）：编号、角色、来源网段、回调主机',
    roles: ['city-admin'],
    body: NewPartner,
    status: 201,
    answer: Partner,
    refusals: alreadyExists,
  },
  listPartners: {
    method: 'GET',
    path: '/v1/partners',
    tag: '机构',
    summary: '列出合作机构',
    roles: partnerOffice,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Partner),
  },
  getPartner: {
    method: 'GET',
    path: '/v1/partners/{partnerId}',
    tag: '机构',
    summary: '查看一家机构；机构查看自己',
    roles: [...organisations, ...partnerOffice],
    params: ofPartner,
    status: 200,
    answer: Partner,
    refusals: notFound,
  },
  changePartner: {
    method: 'PUT',
    path: '/v1/partners/{partnerId}',
    tag: '机构',
    summary: '提出变更名称、来源网段或回调主机，经另一人批准后生效',
    roles: ['city-admin'],
    params: ofPartner,
    body: PartnerAccess,
    status: 200,
    answer: Partner,
    refusals: { ...notFound, ...stateConflict },
  },
  approvePartner: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/approvals',
    tag: '机构',
    summary: '批准登记或变更（市级复核人，须为另一人）',
    roles: ['city-reviewer'],
    params: ofPartner,
    body: z.strictObject({
      proposal: Digest.optional().meta({ description: '所批准内容的摘要；提出后又有更改的，必须指明' }),
    }),
    status: 200,
    answer: Partner,
    refusals: { ...notFound, ...stateConflict, ...secondPerson, ...versionConflict },
  },
  suspendPartner: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/suspensions',
    tag: '机构',
    summary: '立即暂停一家机构：其签名请求被拒，其回调暂停投递',
    roles: ['city-admin', 'city-reviewer'],
    params: ofPartner,
    body: Because,
    status: 200,
    answer: Partner,
    refusals: { ...notFound, ...stateConflict },
  },
  reinstatePartner: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/reinstatements',
    tag: '机构',
    summary: '恢复已暂停的机构（须为另一人）',
    roles: ['city-admin', 'city-reviewer'],
    params: ofPartner,
    body: Because,
    status: 200,
    answer: Partner,
    refusals: { ...notFound, ...stateConflict, ...secondPerson },
  },
} as const satisfies Routes;
