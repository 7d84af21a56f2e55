import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { people } from '#packages/roles';
import { city2 } from '../policies/city-2.ts';
import { city2Cases } from '../policies/city-2-cases.ts';
import { FiledPolicy } from '../rules/filed-policy.ts';
import { Id } from './schemas.ts';
import { notFound } from './shared.ts';

const ofVersion = z.strictObject({ version: Id });
const Filed = FiledPolicy.meta({ id: 'ScreeningPolicy', example: { ...city2, cases: city2Cases.slice(0, 2) } });

/** The policies that runs decide by: drafted by one person, released by another, then never changed. */
export const policyRoutes = {
  getPolicy: {
    method: 'GET',
    path: '/v1/screening-policies/{version}',
    tag: '政策',
    summary: '查看一个版本的筛选政策（规则即数据）',
    roles: people,
    params: ofVersion,
    status: 200,
    answer: Filed,
    refusals: notFound,
  },
} as const satisfies Routes;
