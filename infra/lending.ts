import { type App, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Foundation } from './foundation.ts';
import { addAudit } from './parts/audit.ts';
import { addOutbox } from './parts/outbox.ts';
import * as may from './parts/permissions.ts';
import { addFunction, serviceOf } from './parts/service.ts';
import type { City } from './parts/service-function.ts';
import { schedule } from './parts/triggers.ts';
import { addApi, addWorker } from './parts/usual-functions.ts';

/** Loans filed with a fund, and their pledges. Answers with its API function. */
export function lendingStack(app: App, city: City, props: StackProps, foundation: Foundation): LambdaFunction {
  const stack = new Stack(app, 'zhirong-lending', props);
  const service = serviceOf('lending', stack, city, foundation);
  const { table } = service;

  const api = addApi(service, { permissions: [may.writeTable(table)] });

  addWorker(service, { permissions: [may.writeTable(table)] });

  const watch = addFunction(service, 'watch', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.writeTable(table)],
  });
  schedule(stack, watch, {
    name: 'loan-watch',
    expression: 'cron(20 6 * * ? *)',
    impact: '今日没有查找贷款的到期事项：缺月报、年费将到期、权利未登记、企业出名单等今日未提示，次日补查。',
    topic: foundation.alarms,
  });

  addOutbox(service, {
    relayBehind: '贷款消息变慢：入池备案和月报最多迟五分钟到达基金，由定时补发送出，不会丢失。',
    sweepFailed: '未送达的贷款消息没有被补发：个别贷款可能一直等不到基金的分担答复。',
    stuck: '有贷款消息二十分钟仍未送达：基金还不知道这笔备案、登记或月报，相应的分担停住不动。',
  });
  addAudit(service, {
    behind: '贷款的审计记录未能及时串联：当日操作已记录在案，但防篡改证明会延迟。',
    unsealed: '昨日贷款的审计记录没有封存：对外出具的防篡改证明缺少这一天，直到补封。',
  });
  return api;
}
