import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { notFound } from '#packages/refusals';
import { Id } from '#packages/words';
import { FundMatch } from './match-schemas.ts';
import { Forecast, Stress } from './forecast-schemas.ts';

const ofFund = z.strictObject({ fundId: Id });
/** Who answers for the fund's money, and who watches them. */
const watchers = ['city-admin', 'city-reviewer', 'auditor', 'regulator'] as const;
const picture = 'image/svg+xml';
const ofPool = {
  method: 'GET',
  tag: '预测',
  roles: watchers,
  params: ofFund,
  status: 200,
  refusals: notFound,
} as const;

/** What may lie ahead of a fund. Nothing is stored: it is computed from the covered loans and the book of the moment. */
export const forecastRoutes = {
  getForecast: {
    ...ofPool,
    path: '/v1/funds/{fundId}/forecast',
    summary: '未来十二个月的代偿支出：逐月期望值与区间、余额走势、首个可能缺钱的月份，并注明所用参数',
    answer: Forecast,
  },
  getForecastPicture: {
    ...ofPool,
    path: '/v1/funds/{fundId}/forecast.svg',
    summary: '同上，画成图：累计支出的区间与可用余额',
    answerFile: picture,
  },
  getStress: {
    ...ofPool,
    path: '/v1/funds/{fundId}/stress',
    summary: '压力测试：不同违约率与回收率之下的支出、余额、杠杆、覆盖率，以及离熔断还有多远',
    answer: Stress,
  },
  getStressPicture: {
    ...ofPool,
    path: '/v1/funds/{fundId}/stress.svg',
    summary: '同上，画成图：违约率与回收率的格子，标出预警与熔断',
    answerFile: picture,
  },
  listMatches: {
    method: 'GET',
    path: '/v1/funds/{fundId}/matches',
    tag: '账簿',
    summary: '每日三方核对：账簿与对账单、代偿申请、在保贷款，逐家银行列出差异，最近一日在前',
    roles: watchers,
    params: ofFund,
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(FundMatch),
    refusals: notFound,
  },
} as const satisfies Routes;
