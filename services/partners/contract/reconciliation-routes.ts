import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import type { Routes } from '#packages/contract';
import { Fen } from '#packages/money';
import { pageOf, pageQuery } from '#packages/pages';
import { Digest } from '#packages/words';
import { notFound } from '#packages/refusals';
import { organisations, partnerOffice } from './partner-routes.ts';
import { PartnerId } from './schemas.ts';

/** One business event of the day, as its partner may see it; fields of `data` that end in `Fen` are whole fen. */
export const ReconciliationRow = z.strictObject({
  eventId: z.string(),
  type: z.string(),
  subject: z.string(),
  sequence: z.int().positive(),
  time: Instant,
  data: z
    .record(z.string(), z.union([z.string(), z.int(), z.boolean()]))
    .meta({ description: '编号、版本与金额（分）', example: { uscc: '91411502MA9TETT0X9', version: 3 } }),
});
export type ReconciliationRow = z.output<typeof ReconciliationRow>;

export const Reconciliation = z.strictObject({
  date: LegalDate,
  partnerId: z.string(),
  /** The day is over. */
  complete: z.boolean(),
  /** Of the whole day, not of this page, like the totals and the digest. */
  rows: z.int().nonnegative(),
  totals: z.array(
    z.strictObject({
      type: z.string(),
      rows: z.int().positive(),
      /** By field: what all rows of the type have in it together. */
      amounts: z
        .record(z.string().regex(/Fen$/), Fen)
        .meta({ description: '各金额字段之和（分）', example: { principalFen: 580_000_000 } }),
    }),
  ),
  /** SHA-256 over all rows in the order of the list, each in its RFC 8785 form and followed by a line feed. */
  digest: Digest,
  ...pageOf(ReconciliationRow).shape,
});
export type Reconciliation = z.output<typeof Reconciliation>;

export const reconciliationRoutes = {
  getReconciliation: {
    method: 'GET',
    path: '/v1/reconciliations/{date}',
    tag: '对账',
    summary: '某日（Asia/Shanghai）与一家机构有关的全部业务事件、各类合计与摘要；机构取自己的，人员须指明机构',
    roles: [...organisations, ...partnerOffice],
    params: z.strictObject({ date: LegalDate }),
    query: z.strictObject({
      partnerId: PartnerId.optional().meta({ description: '哪家机构；机构自己可不填', example: 'bank-a' }),
      ...pageQuery,
    }),
    status: 200,
    answer: Reconciliation,
    refusals: notFound,
  },
} as const satisfies Routes;
