import { forbidden, notFound, secondPerson, stateConflict } from '#packages/refusals';
import { Id } from '#packages/words';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { people } from '#packages/roles';
import {
  AnyPolicy,
  ListedPolicy,
  PolicyCoverage,
  PolicyImpact,
  PolicySummary,
  ReleasedPolicy,
} from './policy-schemas.ts';

const ofVersion = z.strictObject({ version: Id });

/** The policies that runs decide by: drafted by one person, released by another, then never changed. */
export const policyRoutes = {
  draftPolicy: {
    method: 'POST',
    path: '/v1/screening-policies',
    tag: '政策',
    summary: '起草筛选政策（市级管理员）或本县区的附加规则（县区复核人），可附用例',
    roles: ['city-admin', 'county-reviewer'],
    body: AnyPolicy,
    status: 201,
    answer: PolicySummary,
    refusals: {
      ...forbidden,
      already_exists: { status: 409, title: '该版本已有不同内容' },
      overlay_relaxes_core: { status: 422, title: '附加规则放宽了市级政策' },
    },
  },
  listPolicies: {
    method: 'GET',
    path: '/v1/screening-policies',
    tag: '政策',
    summary: '列出筛选政策与附加规则，最近起草的在前',
    roles: people,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(ListedPolicy),
  },
  getPolicy: {
    method: 'GET',
    path: '/v1/screening-policies/{version}',
    tag: '政策',
    summary: '查看一个版本的筛选政策（规则即数据），换一个版本号即可再次提交',
    roles: people,
    params: ofVersion,
    status: 200,
    answer: AnyPolicy,
    refusals: notFound,
  },
  getPolicyCoverage: {
    method: 'GET',
    path: '/v1/screening-policies/{version}/coverage',
    tag: '政策',
    summary: '政策所附用例的结果，以及各条规则被用例触及的情况',
    roles: people,
    params: ofVersion,
    status: 200,
    answer: PolicyCoverage,
    refusals: notFound,
  },
  releasePolicy: {
    method: 'POST',
    path: '/v1/screening-policies/{version}/releases',
    tag: '政策',
    summary: '发布政策或附加规则（市级复核人，须为另一人）：自起始日起施行，不溯及既往',
    roles: ['city-reviewer'],
    params: ofVersion,
    body: z.strictObject({}),
    status: 200,
    answer: ReleasedPolicy,
    refusals: { ...notFound, ...stateConflict, ...secondPerson },
  },
  startPolicyImpact: {
    method: 'POST',
    path: '/v1/screening-policies/{version}/impacts',
    tag: '政策',
    summary: '试算一个版本对现有企业的影响：只比较，不作任何决定',
    roles: ['city-admin', 'city-reviewer'],
    params: ofVersion,
    body: z.strictObject({}),
    status: 202,
    answer: z.strictObject({ impactId: Id }),
    refusals: notFound,
    storesNothing: true,
  },
  getPolicyImpact: {
    method: 'GET',
    path: '/v1/screening-policies/{version}/impacts/{impactId}',
    tag: '政策',
    summary: '查看影响试算的进度与结果，保留一天',
    roles: ['city-admin', 'city-reviewer', 'auditor'],
    params: z.strictObject({ version: Id, impactId: Id }),
    status: 200,
    answer: PolicyImpact,
    refusals: notFound,
  },
} as const satisfies Routes;
