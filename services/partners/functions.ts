import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { auditStreamFunction, sealFunction } from '#packages/audit/functions';
import { jsonText } from '#packages/json-text';
import { fifoFunction } from '#packages/lambda/fifo';
import { apiFunction } from '#packages/lambda/api';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { sqsFromEnvironment, tableFromEnvironment } from '#packages/messaging/environment';
import { outboxFunction } from '#packages/messaging/outbox-function';
import { relayFromEnvironment, relayRecords } from '#packages/messaging/relay';
import { streamFunction } from '#packages/lambda/stream';
import { type Handlers, queueFunction } from '#packages/lambda/queue';
import { done } from '#packages/outcome';
import { openOwnKeys } from '#packages/own-keys';
import { algorithms } from '#packages/signature/profile';
import { getFromEach, type Item } from '#packages/table';
import { secretNamed } from '#packages/secrets';
import { eventTypes as fundEvents } from '#services/fund/contract';
import { eventTypes as lendingEvents } from '#services/lending/contract';
import { eventTypes as screeningEvents } from '#services/screening/contract';
import { toldTypes } from './audience.ts';
import { eventTypes as ownEvents, routes } from './contract.ts';
import type { Deps } from './operations/context.ts';
import { listDeliveries, replayDelivery } from './operations/deliveries.ts';
import { dispatchDue, sweepDue } from './operations/dispatch-due.ts';
import { fanOut } from './operations/fan-out.ts';
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
import { getReconciliation } from './operations/reconciliations.ts';
import { getRequest } from './operations/read-request.ts';
import { renewOwnKeys } from './operations/renew-own-keys.ts';
import {
  approveWebhook,
  challengeWebhook,
  endWebhook,
  renewWebhookSecret,
  resumeWebhook,
} from './operations/webhook-acts.ts';
import { getWebhookView, listWebhooks, registerWebhook } from './operations/webhooks.ts';
import { ownKeyView } from './own-keys.ts';
import { senderWork } from './sender.ts';
import { duePrefix } from './store/delivery.ts';

const KeyEnvironment = z.enum(['test', 'prod']);

/** All routes of the contract. */
export const api = () => {
  const env = environment({
    OWN_KEYS_SECRET: z.string(),
    KEY_ENVIRONMENT: KeyEnvironment,
    ANSWER_TABLES: jsonText(z.array(z.string())),
    ...webhookVariables,
  });
  const deps: Deps = {
    table: tableFromEnvironment(),
    newId: (prefix) => `${prefix}-${randomUUID()}`,
    keyEnvironment: env.KEY_ENVIRONMENT,
  };
  const own = openOwnKeys(secretNamed(env.OWN_KEYS_SECRET));
  const db = new DynamoDBClient();
  const webhooks = { ...deps, ...webhookWorld(env) };
  return apiFunction({
    routes,
    table: deps.table,
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
      registerWebhook: registerWebhook(webhooks),
      listWebhooks: listWebhooks(deps),
      getWebhook: getWebhookView(deps),
      challengeWebhook: challengeWebhook(webhooks),
      approveWebhook: approveWebhook(webhooks),
      resumeWebhook: resumeWebhook(webhooks),
      renewWebhookSecret: renewWebhookSecret(webhooks),
      endWebhook: endWebhook(webhooks),
      listDeliveries: listDeliveries(deps),
      replayDelivery: replayDelivery(deps),
      getReconciliation: getReconciliation(deps),
      getRequest: getRequest(async (key) => (await getFromEach(db, env.ANSWER_TABLES, key)).values()),
    },
  });
};

/** What other services and this one tell: written down for each partner that may see it. */
export const worker = () => {
  const table = tableFromEnvironment();
  const tell = fanOut({ table, now: () => new Date() });
  const events = { ...screeningEvents, ...lendingEvents, ...fundEvents, ...ownEvents };
  const handlers: Handlers<typeof events> = Object.fromEntries(toldTypes.map((type) => [type, tell]));
  return queueFunction({ table, events, handlers });
};

/** Sends webhooks: what is due, in the order of each aggregate. */
export const sender = () => {
  const env = environment({ OWN_KEYS_SECRET: z.string(), ...webhookVariables });
  const own = openOwnKeys(secretNamed(env.OWN_KEYS_SECRET));
  const webhookKeys = async () => {
    const { keyid, key } = await own.signer('webhooks', new Date());
    if (key.key === undefined) throw new Error(`${keyid} cannot sign webhooks`);
    return [{ kind: 'v1a' as const, privateKey: key.key }];
  };
  return fifoFunction(senderWork({ table: tableFromEnvironment(), webhookKeys, ...webhookWorld(env) }));
};

/** Each minute: what is due by now, and what the relay did not send. */
export const retries = () => {
  const sweep = sweepDue({ table: tableFromEnvironment(), ...sends() });
  return scheduleFunction(z.strictObject({ at: ScheduledAt }), ({ at }, { remainingMs }) => sweep(at, remainingMs));
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
  const secret = {
    async read() {
      const { SecretString, VersionId } = await client.send(
        new GetSecretValueCommand({ SecretId: env.OWN_KEYS_SECRET }),
      );
      return { text: z.string().parse(SecretString), version: z.string().parse(VersionId) };
    },
    async write(SecretString: string, ClientRequestToken: string) {
      await client.send(new PutSecretValueCommand({ SecretId: env.OWN_KEYS_SECRET, SecretString, ClientRequestToken }));
    },
  };
  const renew = renewOwnKeys(secret, { environment: env.KEY_ENVIRONMENT, algorithm: env.ANSWER_ALGORITHM });
  return scheduleFunction(z.strictObject({ at: ScheduledAt.optional() }), ({ at }) =>
    renew(at === undefined ? new Date() : new Date(at)),
  );
};

/** Events to their subscribers, and deliveries that are due at once to the sender. */
export const relay = () => {
  const events = relayRecords(relayFromEnvironment());
  const due = dispatchDue({ ...sends(), now: () => new Date() });
  return streamFunction(async (records) => {
    const isDue = ({ item }: { item: Item }) => String(item['sk']).startsWith(duePrefix);
    const [unsent, undispatched] = await Promise.all([
      events(records.filter((record) => !isDue(record))),
      due(records.filter(isDue)),
    ]);
    return new Set([...unsent, ...undispatched]);
  });
};

export const outbox = () => outboxFunction();
export const audit = () => auditStreamFunction();
export const seal = () => sealFunction();

const webhookVariables = {
  WEBHOOK_SECRET: z.string(),
  LOCALHOST_WEBHOOKS: z.enum(['true', 'false']).transform((text) => text === 'true'),
};

function webhookWorld(env: z.output<z.ZodObject<typeof webhookVariables>>) {
  const read = secretNamed(env.WEBHOOK_SECRET);
  return { secret: () => read(), localhost: env.LOCALHOST_WEBHOOKS };
}

function sends() {
  const { SENDS_QUEUE_URL } = environment({ SENDS_QUEUE_URL: z.url() });
  return { sqs: sqsFromEnvironment(), queueUrl: SENDS_QUEUE_URL };
}

function environment<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.object(shape).parse(process.env);
}
