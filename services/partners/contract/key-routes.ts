import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { notFound, secondPerson, stateConflict } from '#packages/refusals';
import { Digest } from '#packages/words';
import { organisations, partnerOffice } from './partner-routes.ts';
import { Because, NewKey, ofKey, ofPartner, OwnKey, PartnerKey } from './schemas.ts';

/** Partners' keys, and the platform's own. */
export const keyRoutes = {
  submitKey: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/keys',
    tag: '密钥',
    summary: '提交公钥（市级管理员或机构自己）：自动检查后给出待签名的挑战',
    roles: ['city-admin', ...organisations],
    params: ofPartner,
    body: NewKey,
    status: 201,
    answer: PartnerKey,
    refusals: {
      ...notFound,
      ...stateConflict,
      key_refused: { status: 422, title: '公钥未通过检查' },
      key_taken: { status: 409, title: '该公钥已登记，不能重复使用' },
    },
  },
  listKeys: {
    method: 'GET',
    path: '/v1/partners/{partnerId}/keys',
    tag: '密钥',
    summary: '列出一家机构的密钥，最近提交的在前',
    roles: [...organisations, ...partnerOffice],
    params: ofPartner,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(PartnerKey),
    refusals: notFound,
  },
  proveKey: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/keys/{keyid}/proofs',
    tag: '密钥',
    summary: '以该密钥对挑战签名，证明持有私钥',
    roles: ['city-admin', ...organisations],
    params: ofKey,
    body: z.strictObject({ signature: z.base64().max(1_024) }),
    status: 200,
    answer: PartnerKey,
    refusals: { ...notFound, ...stateConflict, proof_invalid: { status: 422, title: '挑战的签名不成立' } },
  },
  approveKey: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/keys/{keyid}/approvals',
    tag: '密钥',
    summary: '经另一渠道核对指纹后批准启用（市级复核人，须为另一人）；原有密钥转入交接期',
    roles: ['city-reviewer'],
    params: ofKey,
    body: z.strictObject({ fingerprint: Digest }),
    status: 200,
    answer: PartnerKey,
    refusals: {
      ...notFound,
      ...stateConflict,
      ...secondPerson,
      fingerprint_mismatch: { status: 422, title: '指纹与所提交的公钥不符' },
    },
  },
  revokeKey: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/keys/{keyid}/revocations',
    tag: '密钥',
    summary: '吊销密钥：至多 60 秒后不再有效',
    roles: ['city-admin', 'city-reviewer', ...organisations],
    params: ofKey,
    body: Because,
    status: 200,
    answer: PartnerKey,
    refusals: { ...notFound, ...stateConflict },
  },
  getOwnKeys: {
    method: 'GET',
    path: '/.well-known/ippf-keys',
    tag: '密钥',
    summary: '平台自己的公钥：应答签名与回调签名，含下一把',
    roles: [],
    public: true,
    status: 200,
    answer: z.strictObject({ keys: z.array(OwnKey) }),
  },
} as const satisfies Routes;
