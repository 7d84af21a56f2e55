import type { Routes } from '#packages/contract';
import { keyRoutes } from './contract/key-routes.ts';
import { partnerRoutes } from './contract/partner-routes.ts';
import { requestRoutes } from './contract/request-routes.ts';

export { eventTypes } from './contract/events.ts';
export * from './contract/schemas.ts';

/** Every route of the partners service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...partnerRoutes,
  ...keyRoutes,
  ...requestRoutes,
} as const satisfies Routes;
