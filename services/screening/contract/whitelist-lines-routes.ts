import { notFound } from '#packages/refusals';
import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { people } from '#packages/roles';
import { PathVersion } from '#packages/words';
import { WhitelistLine } from './schemas.ts';

/** What a version's digest is made over. */
export const whitelistLinesRoutes = {
  listWhitelistLines: {
    method: 'GET',
    path: '/v1/whitelist-versions/{version}/lines',
    tag: '白名单',
    summary: '一版白名单的全部行，按统一社会信用代码排序；据此可重算摘要',
    roles: people,
    params: z.strictObject({ version: PathVersion }),
    query: z.strictObject(pageQuery),
    status: 200,
    answer: pageOf(WhitelistLine),
    refusals: notFound,
  },
} as const satisfies Routes;
