import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { alreadyExists, notFound, secondPerson, stateConflict } from '#packages/refusals';
import { Id } from '#packages/words';
import { organisations, partnerOffice } from './partner-routes.ts';
import { ofPartner } from './schemas.ts';
import { NewWebhook, Webhook } from './webhook-schemas.ts';

const ofWebhook = z.strictObject({ partnerId: Id, webhookId: Id });
const path = '/v1/partners/{partnerId}/webhooks/{webhookId}';
const tag = '回调';
const empty = z.strictObject({});

/** Addresses at which partners hear what happened. */
export const webhookRoutes = {
  registerWebhook: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/webhooks',
    tag,
    summary: '登记回调地址（市级管理员或机构自己）：随即向该地址发送归属挑战',
    roles: ['city-admin', ...organisations],
    params: ofPartner,
    body: NewWebhook,
    status: 201,
    answer: Webhook,
    refusals: {
      ...notFound,
      ...stateConflict,
      ...alreadyExists,
      url_refused: { status: 422, title: '回调地址未通过检查' },
    },
  },
  listWebhooks: {
    method: 'GET',
    path: '/v1/partners/{partnerId}/webhooks',
    tag,
    summary: '列出一家机构未终止的回调地址',
    roles: [...organisations, ...partnerOffice],
    params: ofPartner,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(Webhook),
    refusals: notFound,
  },
  getWebhook: {
    method: 'GET',
    path,
    tag,
    summary: '查看一个回调地址',
    roles: [...organisations, ...partnerOffice],
    params: ofWebhook,
    status: 200,
    answer: Webhook,
    refusals: notFound,
  },
  challengeWebhook: {
    method: 'POST',
    path: `${path}/challenges`,
    tag,
    summary: '再次发送归属挑战',
    roles: ['city-admin', ...organisations],
    params: ofWebhook,
    body: empty,
    status: 202,
    answer: Webhook,
    refusals: { ...notFound, ...stateConflict },
  },
  approveWebhook: {
    method: 'POST',
    path: `${path}/approvals`,
    tag,
    summary: '批准已证明归属的回调地址（市级复核人，须为另一人）',
    roles: ['city-reviewer'],
    params: ofWebhook,
    body: empty,
    status: 200,
    answer: Webhook,
    refusals: { ...notFound, ...stateConflict, ...secondPerson },
  },
  resumeWebhook: {
    method: 'POST',
    path: `${path}/resumptions`,
    tag,
    summary: '恢复已停用的回调地址：积压的投递随即到期，按原次序发出',
    roles: ['city-admin', ...organisations],
    params: ofWebhook,
    body: empty,
    status: 200,
    answer: Webhook,
    refusals: { ...notFound, ...stateConflict },
  },
  renewWebhookSecret: {
    method: 'POST',
    path: `${path}/secrets`,
    tag,
    summary: '更换 v1 密钥：只在此次答复中给出，旧密钥再用 24 小时',
    roles: ['city-admin', ...organisations],
    params: ofWebhook,
    body: empty,
    status: 200,
    answer: Webhook,
    refusals: { ...notFound, ...stateConflict },
  },
  endWebhook: {
    method: 'DELETE',
    path,
    tag,
    summary: '终止回调地址：未送达的不再发送',
    roles: ['city-admin', ...organisations],
    params: ofWebhook,
    status: 204,
    refusals: { ...notFound, ...stateConflict },
  },
} as const satisfies Routes;
