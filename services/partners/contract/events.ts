import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { Id } from '#packages/words';
import { KeyId, PartnerId } from './schemas.ts';
import { DisabledReason } from './webhook-schemas.ts';

const OfKey = z.strictObject({ partnerId: PartnerId, keyid: KeyId });

/** Every event of the partners service. Each is for the partner it names, as a webhook. */
export const eventTypes = {
  'partner.key.activated.v1': { stream: 'partner', summary: '密钥已启用', data: OfKey },
  'partner.key.revoked.v1': { stream: 'partner', summary: '密钥已吊销', data: OfKey },
  'partner.key.expiring.v1': {
    stream: 'partner',
    summary: '密钥即将到期',
    data: z.strictObject({ ...OfKey.shape, notAfter: Instant, daysLeft: z.int() }),
  },
  'partner.webhook.disabled.v1': {
    stream: 'webhook',
    summary: '回调地址已停用：它答复不再存在，或连续数日失败',
    data: z.strictObject({ partnerId: PartnerId, webhookId: Id, reason: DisabledReason }),
  },
} as const satisfies EventTypes;
