import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { Uscc } from '#packages/identifiers';
import { pageOf, pageQuery } from '#packages/pages';
import { notFound, stateConflict } from '#packages/refusals';
import { partnerRoles, personRoles, type Role } from '#packages/roles';
import { Id } from '#packages/words';
import { RightKind, RightNumber } from './right-schemas.ts';
import { Assessment, Valuation, ValuationLine, ValuationRequest } from './valuation-schemas.ts';

/** A bank sees its own; the office all. */
const readers = ['bank', 'city-admin', 'city-reviewer', 'auditor'] as const satisfies readonly Role[];

/** Of a licence's income the number is the enterprise's own, so only with its code does it name a right. */
const ofEnterprise = { uscc: Uscc.optional() };

export const valuationRoutes = {
  recordValuation: {
    method: 'POST',
    path: '/v1/valuations',
    tag: '评估',
    summary: '评估一项权利并存档：各方法的价值、区间与敏感性、所定价值及经过；取代本行此前对它的评估',
    roles: ['bank'],
    body: ValuationRequest,
    status: 201,
    answer: Valuation,
    refusals: { ...notFound, ...stateConflict },
  },
  tryValuation: {
    method: 'POST',
    path: '/v1/valuation-trials',
    tag: '评估',
    summary: '试算：与评估同一套算法，不留任何记录',
    roles: [...personRoles, ...partnerRoles],
    body: ValuationRequest,
    status: 200,
    answer: Assessment,
    storesNothing: true,
  },
  getValuation: {
    method: 'GET',
    path: '/v1/valuations/{valuationId}',
    tag: '评估',
    summary: '查看一次评估；银行查看自己的，企业查看指明为它的',
    roles: [...readers, 'enterprise-user'],
    params: z.strictObject({ valuationId: Id }),
    status: 200,
    answer: Valuation,
    refusals: notFound,
  },
  listValuations: {
    method: 'GET',
    path: '/v1/rights/{kind}/{number}/valuations',
    tag: '评估',
    summary: '一项权利的历次评估，每家银行的由近及远',
    roles: readers,
    params: z.strictObject({ kind: RightKind, number: RightNumber }),
    query: z.strictObject({ ...ofEnterprise, ...pageQuery }),
    status: 200,
    answer: pageOf(ValuationLine),
  },
} as const satisfies Routes;
