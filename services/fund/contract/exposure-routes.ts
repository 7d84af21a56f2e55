import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { notFound } from '#packages/refusals';
import { people } from '#packages/roles';
import { Id } from '#packages/words';
import { Capacity, CoverPhase, Exposure } from './exposure-schemas.ts';

const ofFund = z.strictObject({ fundId: Id });

/** What a fund answers for, and what it may still take in. */
export const exposureRoutes = {
  listExposures: {
    method: 'GET',
    path: '/v1/funds/{fundId}/exposures',
    tag: '基金',
    summary: '在保贷款：分担状态、剩余责任、最近月报；银行只见本行，县区、园区、企业只见本级',
    roles: ['bank', ...people],
    params: ofFund,
    query: z.strictObject({
      ...pageQuery,
      /** Left out: those that are live. */
      phase: CoverPhase.default('live'),
      bankId: Id.optional(),
    }),
    status: 200,
    answer: pageOf(Exposure),
    refusals: notFound,
  },
  getCapacity: {
    method: 'GET',
    path: '/v1/funds/{fundId}/capacity',
    tag: '基金',
    summary: '还能纳入多少：总额度与已用、各银行额度、距熔断线多远；银行只见本行',
    roles: ['bank', ...people],
    params: ofFund,
    status: 200,
    answer: Capacity,
    refusals: notFound,
  },
} as const satisfies Routes;
