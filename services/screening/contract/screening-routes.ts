import { notFound } from '#packages/refusals';
import { Id } from '#packages/words';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { RunScope, ScreeningRun } from './schemas.ts';

/** Runs over the city or a part of it. */
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
} as const satisfies Routes;
