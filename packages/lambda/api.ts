import * as z from 'zod';
import type { Routes } from '../contract.ts';
import { secretNamed } from '../secrets.ts';
import type { Table } from '../table.ts';
import { tokenCheck } from '../tokens.ts';
import { httpFunction, type Operations } from './http.ts';
import { partnersFromEnvironment } from './partners.ts';

/** What an API function is told of who may call it, and with what cursors are sealed. */
const Variables = z.object({
  CURSOR_SECRET: z.string(),
  OIDC_ISSUER: z.string(),
  OIDC_AUDIENCE: z.string(),
  OIDC_JWKS_URL: z.url(),
});

/** A deployed service's API function: people come with tokens, partners sign, records lie in the service's own table. */
export function apiFunction<All extends Routes>(service: { routes: All; table: Table; operations: Operations<All> }) {
  const env = Variables.parse(process.env);
  const cursorSecret = secretNamed(env.CURSOR_SECRET);
  return httpFunction({
    ...service,
    tokens: tokenCheck({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE, jwksUrl: env.OIDC_JWKS_URL }),
    partners: partnersFromEnvironment(service.table),
    cursorSecret: () => cursorSecret(),
  });
}
