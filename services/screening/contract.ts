import type { Routes } from '#packages/contract';
import { deliveryRoutes } from './contract/delivery-routes.ts';
import { enterpriseRoutes } from './contract/enterprises-routes.ts';
import { passportRoutes } from './contract/passport-routes.ts';
import { policyRoutes } from './contract/policy-routes.ts';
import { screeningRoutes } from './contract/screening-routes.ts';
import { whitelistLinesRoutes } from './contract/whitelist-lines-routes.ts';
import { whitelistRoutes } from './contract/whitelist-routes.ts';

export { eventTypes } from './contract/events.ts';
export * from './contract/ip-facts-schemas.ts';
export * from './contract/passport-schemas.ts';
export * from './contract/policy-schemas.ts';
export * from './contract/schemas.ts';

/** Every route of the screening service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...enterpriseRoutes,
  ...passportRoutes,
  ...screeningRoutes,
  ...policyRoutes,
  ...whitelistRoutes,
  ...whitelistLinesRoutes,
  ...deliveryRoutes,
} as const satisfies Routes;
