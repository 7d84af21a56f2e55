import type { Routes } from '#packages/contract';
import { deliveryRoutes } from './contract/delivery-routes.ts';
import { keyRoutes } from './contract/key-routes.ts';
import { partnerRoutes } from './contract/partner-routes.ts';
import { reconciliationRoutes } from './contract/reconciliation-routes.ts';
import { requestRoutes } from './contract/request-routes.ts';
import { webhookRoutes } from './contract/webhook-routes.ts';

export { eventTypes } from './contract/events.ts';
export * from './contract/schemas.ts';
export * from './contract/webhook-schemas.ts';
export { Reconciliation } from './contract/reconciliation-routes.ts';

/** Every route of the partners service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...partnerRoutes,
  ...keyRoutes,
  ...requestRoutes,
  ...webhookRoutes,
  ...deliveryRoutes,
  ...reconciliationRoutes,
} as const satisfies Routes;
