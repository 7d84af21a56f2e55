import type { Routes } from '#packages/contract';
import { simulationRoutes } from './contract/simulation-routes.ts';

export * from './contract/programme-schemas.ts';
export * from './contract/simulation-schemas.ts';

/** Every route of the fund service; the router, the checks and the OpenAPI document are made from it. */
export const routes = { ...simulationRoutes } as const satisfies Routes;
