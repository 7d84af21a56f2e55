import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { maxListBytes } from '../county-list/columns.ts';
import { count, Digest, Id } from './schemas.ts';
import { notFound } from './shared.ts';

const source = z.enum(['credit', 'ip']);

const Delivery = z.strictObject({
  deliveryId: Id,
  source,
  status: z.enum(['received', 'taken', 'refused']),
  digest: Digest,
  receivedAt: Instant,
  lines: count,
  /** Answers that are kept, and those that said nothing new. */
  taken: count,
  unchanged: count,
  /** About enterprises that nobody nominated or that have not let us ask: not kept. */
  notOurs: count,
  rejected: count,
  findings: z.array(z.strictObject({ line: z.int().positive(), code: z.string(), message: z.string() })),
  error: z.strictObject({ code: z.string(), message: z.string() }).optional(),
});

/** What a source delivers as a file where it grants no interface. */
export const deliveryRoutes = {
  receiveDelivery: {
    method: 'POST',
    path: '/v1/source-deliveries/{source}',
    tag: '数据源',
    summary: '接收数据源交付的文件（每行一条记录，JSON）：无接口时的取数方式，仅保留有授权企业的记录',
    roles: ['city-admin', 'city-reviewer'],
    params: z.strictObject({ source }),
    file: { mediaTypes: ['application/x-ndjson'], maxBytes: maxListBytes },
    status: 202,
    answer: z.strictObject({ deliveryId: Id }),
    refusals: notFound,
  },
  getDelivery: {
    method: 'GET',
    path: '/v1/source-deliveries/{source}/{deliveryId}',
    tag: '数据源',
    summary: '查看一次文件交付的进度与逐行问题',
    roles: ['city-admin', 'city-reviewer', 'auditor'],
    params: z.strictObject({ source, deliveryId: Id }),
    status: 200,
    answer: Delivery,
    refusals: notFound,
  },
} as const satisfies Routes;
