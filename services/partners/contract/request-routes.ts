import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { IdempotencyKey } from '#packages/idempotency';
import { people } from '#packages/roles';
import { organisations } from './partner-routes.ts';

/** What became of a request whose answer was lost on the way. */
export const requestRoutes = {
  getRequest: {
    method: 'GET',
    path: '/v1/requests/{idempotencyKey}',
    tag: '请求查询',
    summary: '按流水号（Idempotency-Key）查询一次请求的结果；只能查询自己的',
    roles: [...organisations, ...people],
    params: z.strictObject({ idempotencyKey: IdempotencyKey }),
    status: 200,
    answer: z.strictObject({
      idempotencyKey: IdempotencyKey,
      /** `unknown`: nothing was done under this key. An effect and its record appear together, so none is ever half done. */
      status: z.enum(['unknown', 'running', 'done']),
      httpStatus: z.int().optional(),
      path: z.string().optional(),
      at: Instant.optional(),
    }),
  },
} as const satisfies Routes;
