import type { Routes } from '#packages/contract';
import { bundleRoutes } from './contract/bundle-routes.ts';
import { loanRoutes } from './contract/loan-routes.ts';
import { valuationRoutes } from './contract/valuation-routes.ts';
import { servicingRoutes } from './contract/servicing-routes.ts';

export * from './contract/bundle-schemas.ts';
export { eventTypes } from './contract/events.ts';
export * from './contract/evidence-schemas.ts';
export * from './contract/loan-schemas.ts';
export * from './contract/meter-schemas.ts';
export * from './contract/report-schemas.ts';
export * from './contract/right-schemas.ts';
export * from './contract/valuation-schemas.ts';
export * from './contract/watch-schemas.ts';

/** Every route of the lending service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...loanRoutes,
  ...servicingRoutes,
  ...bundleRoutes,
  ...valuationRoutes,
} as const satisfies Routes;
