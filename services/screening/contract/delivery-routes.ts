import { notFound } from '#packages/refusals';
import { Digest, Id } from '#packages/words';
import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { maxListBytes } from '../county-list/columns.ts';
import { count } from './schemas.ts';

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

const SourceState = z.strictObject({
  source,
  title: z.string(),
  /** Since when we follow its changes without a break; not there of one that never told any, or delivers files. */
  followedSince: Instant.optional(),
  /** When its changes were last read with success. */
  changesReadAt: Instant.optional(),
  /** It did not answer, and is left alone for a while. */
  downSince: Instant.optional(),
});

/** The sources, and what one delivers as a file where it grants no interface. */
export const deliveryRoutes = {
  getSource: {
    method: 'GET',
    path: '/v1/sources/{source}',
    tag: '数据源',
    summary: '查看一个数据源的状况：何时起连续跟踪其变化、最近一次读取、是否中断',
    roles: ['city-admin', 'city-reviewer', 'auditor'],
    params: z.strictObject({ source }),
    status: 200,
    answer: SourceState,
    refusals: notFound,
  },
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
