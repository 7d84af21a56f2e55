import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { auditStreamFunction, sealFunction } from '#packages/audit/functions';
import { jsonText } from '#packages/json-text';
import { httpFunction } from '#packages/lambda/http';
import { partnersFromEnvironment, secretNamed } from '#packages/lambda/partners';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFunction } from '#packages/messaging/relay';
import { done } from '#packages/outcome';
import { openOwnKeys } from '#packages/own-keys';
import { algorithms } from '#packages/signature/profile';
import { getFromEach } from '#packages/table';
import { tokenCheck } from '#packages/tokens';
import { routes } from './contract.ts';
import type { Deps } from './operations/context.ts';
import { noticeKeys } from './operations/key-notices.ts';
import { approveKey, listKeys, proveKey, revokeKey, submitKey } from './operations/keys.ts';
import {
  approvePartner,
  changePartner,
  enterPartner,
  getPartnerView,
  listPartners,
  reinstatePartner,
  suspendPartner,
} from './operations/partners.ts';
import { getRequest } from './operations/read-request.ts';
import { renewOwnKeys } from './operations/renew-own-keys.ts';
import { ownKeyView } from './own-keys.ts';

const KeyEnvironment = z.enum(['test', 'prod']);

/** All routes of the contract. */
export const api = () => {
  const env = environment({
    CURSOR_SECRET: z.string(),
    OIDC_ISSUER: z.string(),
    OIDC_AUDIENCE: z.string(),
    OIDC_JWKS_URL: z.url(),
    OWN_KEYS_SECRET: z.string(),
    KEY_ENVIRONMENT: KeyEnvironment,
    ANSWER_TABLES: jsonText(z.array(z.string())),
  });
  const deps: Deps = {
    table: tableFromEnvironment(),
    newId: (prefix) => `${prefix}-${randomUUID()}`,
    keyEnvironment: env.KEY_ENVIRONMENT,
  };
  const own = openOwnKeys(secretNamed(env.OWN_KEYS_SECRET));
  const db = new DynamoDBClient();
  const cursorSecret = secretNamed(env.CURSOR_SECRET);
  return httpFunction({
    routes,
    table: deps.table,
    tokens: tokenCheck({ issuer: env.OIDC_ISSUER, audience: env.OIDC_AUDIENCE, jwksUrl: env.OIDC_JWKS_URL }),
    partners: partnersFromEnvironment(deps.table),
    cursorSecret: () => cursorSecret(false),
    operations: {
      enterPartner: enterPartner(deps),
      listPartners: listPartners(deps),
      getPartner: getPartnerView(deps),
      changePartner: changePartner(deps),
      approvePartner: approvePartner(deps),
      suspendPartner: suspendPartner(deps),
      reinstatePartner: reinstatePartner(deps),
      submitKey: submitKey(deps),
      listKeys: listKeys(deps),
      proveKey: proveKey(deps),
      approveKey: approveKey(deps),
      revokeKey: revokeKey(deps),
      getOwnKeys: async ({ now }) => done({ keys: (await own.all()).map((key) => ownKeyView(key, now)) }),
      getRequest: getRequest(async (key) => (await getFromEach(db, env.ANSWER_TABLES, key)).values()),
    },
  });
};

/** Daily: who has to be told that a key of theirs ends soon. */
export const notices = () => {
  const notice = noticeKeys({ table: tableFromEnvironment() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }, { runId }) => notice(new Date(at), runId));
};

/** Daily, and once by a person after the first deployment: the platform's own keys. */
export const keys = () => {
  const env = environment({
    OWN_KEYS_SECRET: z.string(),
    KEY_ENVIRONMENT: KeyEnvironment,
    ANSWER_ALGORITHM: z.enum(algorithms),
  });
  const client = new SecretsManagerClient();
  const read = secretNamed(env.OWN_KEYS_SECRET);
  const secret = {
    read: () => read(true),
    async write(SecretString: string, ClientRequestToken: string) {
      await client.send(new PutSecretValueCommand({ SecretId: env.OWN_KEYS_SECRET, SecretString, ClientRequestToken }));
    },
  };
  const renew = renewOwnKeys(secret, { environment: env.KEY_ENVIRONMENT, algorithm: env.ANSWER_ALGORITHM });
  return scheduleFunction(z.strictObject({ at: ScheduledAt.optional() }), ({ at }) =>
    renew(at === undefined ? new Date() : new Date(at)),
  );
};

export const relay = () => relayFunction();
export const outbox = () => outboxFunction();
export const audit = () => auditStreamFunction();
export const seal = () => sealFunction();

function environment<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).parse(process.env);
}
