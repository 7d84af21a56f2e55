import type { Routes } from '#packages/contract';
import { bookRoutes } from './contract/book-routes.ts';
import { claimCareRoutes } from './contract/claim-care-routes.ts';
import { claimRoutes } from './contract/claim-routes.ts';
import { exposureRoutes } from './contract/exposure-routes.ts';
import { forecastRoutes } from './contract/forecast-routes.ts';
import { fundRoutes } from './contract/fund-routes.ts';
import { simulationRoutes } from './contract/simulation-routes.ts';

export { eventTypes } from './contract/events.ts';
export * from './contract/book-schemas.ts';
export * from './contract/claim-list-schemas.ts';
export * from './contract/claim-schemas.ts';
export * from './contract/confirmation-schemas.ts';
export * from './contract/cover-schemas.ts';
export { coverTermsOf, type CoverTerms, knownTerms } from './contract/cover-terms.ts';
export * from './contract/exposure-schemas.ts';
export * from './contract/deadline-schemas.ts';
export * from './contract/forecast-schemas.ts';
export * from './contract/fund-schemas.ts';
export * from './contract/match-schemas.ts';
export * from './contract/programme-schemas.ts';
export * from './contract/simulation-schemas.ts';
export { type ProgrammeLine, versionOn } from './programme-line.ts';

/** Every route of the fund service; the router, the checks and the OpenAPI document are made from it. */
export const routes = {
  ...fundRoutes,
  ...exposureRoutes,
  ...bookRoutes,
  ...claimRoutes,
  ...claimCareRoutes,
  ...forecastRoutes,
  ...simulationRoutes,
} as const satisfies Routes;
