import { type App, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { factsSecretName, type Foundation } from './foundation.ts';
import { acknowledge } from './parts/acknowledge.ts';
import { addAudit } from './parts/audit.ts';
import { sourceSettings } from './parts/deployment-settings.ts';
import { addOutbox } from './parts/outbox.ts';
import * as may from './parts/permissions.ts';
import { addFunction, serviceOf } from './parts/service.ts';
import type { City } from './parts/service-function.ts';
import { schedule } from './parts/triggers.ts';
import { addApi, addWorker } from './parts/usual-functions.ts';

/** The whitelist: from a county's list to a published version. Answers with its API function. */
export function screeningStack(app: App, city: City, props: StackProps, foundation: Foundation): LambdaFunction {
  const stack = new Stack(app, 'zhirong-screening', props);
  const service = serviceOf('screening', stack, city, foundation);
  const { table } = service;
  const { files, alarms: topic, factsSecret } = foundation;
  const BUCKET = files.bucketName;
  const imports = () =>
    ['imports', 'deliveries'].flatMap((prefix) => [may.readFiles(files, prefix), may.writeFiles(files, prefix)]);

  const api = addApi(service, {
    variables: { BUCKET, FACTS_SECRET: factsSecretName },
    permissions: [may.writeTable(table), ...imports()],
    secrets: [factsSecret],
  });

  const worker = addWorker(service, {
    memoryMb: 1024,
    variables: { BUCKET, FACTS_SECRET: factsSecretName, ...sourceSettings(stack, city.environment) },
    permissions: [may.writeTable(table), ...imports()],
    secrets: [factsSecret],
  });

  for (const { role } of [api, worker]) {
    if (role === undefined) throw new Error('a function has no role');
    const files = 'Resource::zhirong-foundation:ExportsOutputFnGetAttFiles8E6940B8ArnD8EE6C03';
    const reason = 'One file per import or delivery, named when it comes: the prefix is all that can be said before.';
    acknowledge(role, {
      [`AwsSolutions-IAM5[${files}/imports/*]`]: reason,
      [`AwsSolutions-IAM5[${files}/deliveries/*]`]: reason,
    });
  }

  const daily = addFunction(service, 'daily', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table)],
  });
  schedule(stack, daily, {
    name: 'screening-daily',
    expression: 'cron(0 2 * * ? *)',
    impact: '今日的例行筛查没有开始：到期的授权、到期的名单条目和企业的新情况今天不会更新，直到补跑。',
    topic,
  });

  const expiry = addFunction(service, 'expiry', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table)],
  });
  schedule(stack, expiry, {
    name: 'whitelist-expiry',
    expression: 'cron(10 0 * * ? *)',
    impact: '名单条目到期没有通知其他服务：查询已按日期显示为到期，但银行收不到到期消息，直到补跑。',
    topic,
  });

  addOutbox(service, {
    relayBehind: '筛查进度变慢：名单导入、筛查和发布的后续步骤最多迟五分钟，由定时补发送出，不会丢失。',
    sweepFailed: '未送达的筛查消息没有被补发：个别企业的导入、筛查或发布可能停住不动。',
    stuck: '有筛查消息二十分钟仍未送达：它所属的导入、批次或版本停住不动，县区看不到结果。',
  });
  addAudit(service, {
    behind: '审计记录未能及时串联：当日操作已记录在案，但防篡改证明会延迟。',
    unsealed: '昨日的审计记录没有封存：对外出具的防篡改证明缺少这一天，直到补封。',
  });
  return api;
}
