import * as z from 'zod';
import { auditStreamFunction, sealFunction } from '#packages/audit/functions';
import { httpFunction } from '#packages/lambda/http';
import { partnersFromEnvironment, secretNamed } from '#packages/lambda/partners';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { tokenCheck } from '#packages/tokens';
import { routes } from './contract.ts';
import { applyTerms } from './operations/apply-terms.ts';
import { bookOperations } from './operations/book-operations.ts';
import { programmeOperations } from './operations/programme-operations.ts';

/** All routes of the contract. */
export const api = () => {
  const env = z
    .object({
      CURSOR_SECRET: z.string(),
      OIDC_ISSUER: z.string(),
      OIDC_AUDIENCE: z.string(),
      OIDC_JWKS_URL: z.url(),
    })
    .parse(process.env);
  const table = tableFromEnvironment();
  const cursorSecret = secretNamed(env.CURSOR_SECRET);
  return httpFunction({
    routes,
    table,
    tokens: tokenCheck({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE, jwksUrl: env.OIDC_JWKS_URL }),
    partners: partnersFromEnvironment(table),
    cursorSecret: () => cursorSecret(false),
    operations: { ...programmeOperations({ table }), ...bookOperations({ table }) },
  });
};

/** Daily: the terms of programmes whose day has come. */
export const terms = () => {
  const apply = applyTerms({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }) => apply(new Date(at)));
};

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => auditStreamFunction();
export const seal = () => sealFunction();
