import { answersPrefix } from '#packages/idempotency';
import { type App, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { type Foundation, ownKeysSecretName, webhookSecretName } from './foundation.ts';
import { addAudit } from './parts/audit.ts';
import { addOutbox } from './parts/outbox.ts';
import * as may from './parts/permissions.ts';
import { addFunction, serviceOf } from './parts/service.ts';
import type { City } from './parts/service-function.ts';
import { feedFromQueue, schedule } from './parts/triggers.ts';
import { addApi, addWorker } from './parts/usual-functions.ts';
import { tableNameOf, tableOwners } from './subscriptions.ts';

/** Partner organisations: their keys, their requests' fate, their webhooks. Answers with its API function. */
export function partnersStack(app: App, city: City, props: StackProps, foundation: Foundation): LambdaFunction {
  const stack = new Stack(app, 'zhirong-partners', props);
  const service = serviceOf('partners', stack, city, foundation);
  const { table } = service;
  const { alarms: topic, ownKeysSecret, webhookSecret } = foundation;
  const { work: sends } = foundation.queues.webhooks;
  const webhooks = {
    WEBHOOK_SECRET: webhookSecretName,
    LOCALHOST_WEBHOOKS: String(city.environment.localhostWebhooks),
  };
  const answerTables = tableOwners.map(tableNameOf);
  const { keyEnvironment: KEY_ENVIRONMENT, answerAlgorithm } = city.environment;

  const api = addApi(service, {
    variables: { KEY_ENVIRONMENT, ANSWER_TABLES: JSON.stringify(answerTables), ...webhooks },
    permissions: [may.writeTable(table), may.readPartitions(stack, answerTables, answersPrefix)],
    secrets: [webhookSecret],
  });

  addWorker(service, { permissions: [may.writeTable(table)] });

  const sender = addFunction(service, 'sender', {
    trigger: 'sender',
    memoryMb: 512,
    variables: { ...webhooks, OWN_KEYS_SECRET: ownKeysSecretName },
    permissions: [may.readTable(table), may.writeTable(table), may.readSecret(ownKeysSecret, webhookSecret)],
  });
  feedFromQueue(sender, sends, city.environment.workQueue.maxConcurrency);

  const retries = addFunction(service, 'retries', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: { SENDS_QUEUE_URL: sends.queueUrl },
    permissions: [may.readTable(table), may.sendTo(sends)],
  });
  schedule(stack, retries, {
    name: 'webhook-retries',
    expression: 'rate(1 minute)',
    impact: '到期的回调重试没有发出：机构暂时收不到重试，消息仍在库中，下一分钟再试。',
    topic,
  });

  const notices = addFunction(service, 'notices', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table)],
  });
  schedule(stack, notices, {
    name: 'partner-key-notices',
    expression: 'cron(0 9 * * ? *)',
    impact: '机构没有收到密钥到期提醒：到期当日其请求会被拒绝，直到更换密钥。',
    topic,
  });

  const keys = addFunction(service, 'keys', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {
      OWN_KEYS_SECRET: ownKeysSecretName,
      KEY_ENVIRONMENT,
      ANSWER_ALGORITHM: city.region.china ? answerAlgorithm.china : answerAlgorithm.elsewhere,
    },
    permissions: [may.readSecret(ownKeysSecret), may.replaceSecret(ownKeysSecret)],
  });
  schedule(stack, keys, {
    name: 'own-keys',
    expression: 'cron(30 3 * * ? *)',
    impact: '平台签名密钥没有按期更新：旧密钥到期后，应答和回调将无法签名。',
    topic,
  });

  addOutbox(
    service,
    {
      relayBehind: '机构消息变慢：回调和密钥通知最多迟五分钟，由定时补发送出，不会丢失。',
      sweepFailed: '未送出的机构消息没有被补发：个别回调或密钥通知可能停住不动。',
      stuck: '有机构消息二十分钟仍未送达：相应的回调或通知停住不动，机构收不到。',
    },
    { prefix: 'DUE#', variables: { SENDS_QUEUE_URL: sends.queueUrl }, permissions: [may.sendTo(sends)] },
  );
  addAudit(service, {
    behind: '机构的审计记录未能及时串联：当日操作已记录在案，但防篡改证明会延迟。',
    unsealed: '昨日机构的审计记录没有封存：对外出具的防篡改证明缺少这一天，直到补封。',
  });
  return api;
}
