import * as z from 'zod';
import type { Routes } from '#packages/contract';
import { pageOf, pageQuery } from '#packages/pages';
import { notFound, stateConflict } from '#packages/refusals';
import { Id } from '#packages/words';
import { deliveryMachine } from '../machines.ts';
import { organisations, partnerOffice } from './partner-routes.ts';
import { ofPartner } from './schemas.ts';
import { Delivery } from './webhook-schemas.ts';

/** What was sent to a partner's addresses, and how that went. */
export const deliveryRoutes = {
  listDeliveries: {
    method: 'GET',
    path: '/v1/partners/{partnerId}/deliveries',
    tag: '回调',
    summary: '列出对一家机构的投递及历次尝试，最近的在前',
    roles: [...organisations, ...partnerOffice],
    params: ofPartner,
    query: z.strictObject({
      ...pageQuery,
      status: z.enum(deliveryMachine.states).optional(),
      webhookId: Id.optional(),
    }),
    status: 200,
    answer: pageOf(Delivery),
    refusals: notFound,
  },
  replayDelivery: {
    method: 'POST',
    path: '/v1/partners/{partnerId}/deliveries/{deliveryId}/replays',
    tag: '回调',
    summary: '重发已送达或已用尽次数的投递：正文与 webhook-id 不变',
    roles: ['city-admin', ...organisations],
    params: z.strictObject({ partnerId: Id, deliveryId: Id }),
    body: z.strictObject({}),
    status: 202,
    answer: Delivery,
    refusals: { ...notFound, ...stateConflict },
  },
} as const satisfies Routes;
