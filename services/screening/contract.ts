import type { Routes } from '#packages/contract';
import { deliveryRoutes } from './contract/delivery-routes.ts';
import { enterpriseRoutes } from './contract/enterprises-routes.ts';
import { policyRoutes } from './contract/policy-routes.ts';
import { screeningRoutes } from './contract/screening-routes.ts';
import { whitelistRoutes } from './contract/whitelist-routes.ts';

export { eventTypes } from './contract/events.ts';
export * from './contract/policy-schemas.ts';
export * from './contract/schemas.ts';

/** Every route of the screening service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...enterpriseRoutes,
  ...screeningRoutes,
  ...policyRoutes,
  ...whitelistRoutes,
  ...deliveryRoutes,
} as const satisfies Routes;
