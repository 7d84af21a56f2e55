import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { people } from '#packages/roles';
import { defaultPolicy } from '../policy.ts';
import { Policy } from '../rules/policy-schema.ts';
import { Id, RunScope, ScreeningRun } from './schemas.ts';
import { notFound } from './shared.ts';

/** Runs, and the policy they decide by. */
export const screeningRoutes = {
  startScreeningRun: {
    method: 'POST',
    path: '/v1/screening-runs',
    tag: '筛选',
    summary: '发起一次筛选：取数、按政策判定，进度可查',
    roles: ['city-admin', 'city-reviewer'],
    body: z.strictObject({ scope: RunScope, policyVersion: Id.optional() }),
    status: 202,
    answer: z.strictObject({ runId: Id }),
  },
  getScreeningRun: {
    method: 'GET',
    path: '/v1/screening-runs/{runId}',
    tag: '筛选',
    summary: '查看一次筛选的进度与各结论数',
    roles: ['city-admin', 'city-reviewer', 'auditor'],
    params: z.strictObject({ runId: Id }),
    status: 200,
    answer: ScreeningRun,
    refusals: notFound,
  },
  getPolicy: {
    method: 'GET',
    path: '/v1/screening-policies/{version}',
    tag: '政策',
    summary: '查看一个版本的筛选政策（规则即数据）',
    roles: people,
    params: z.strictObject({ version: Id }),
    status: 200,
    answer: Policy.meta({ example: defaultPolicy }),
    refusals: notFound,
  },
} as const satisfies Routes;
