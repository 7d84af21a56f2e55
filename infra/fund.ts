import { inboxPrefix } from '#packages/messaging/consumer';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type App, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Foundation } from './foundation.ts';
import { alarm } from './parts/alarm.ts';
import { addAudit } from './parts/audit.ts';
import { addOutbox } from './parts/outbox.ts';
import * as may from './parts/permissions.ts';
import { addFunction, serviceOf } from './parts/service.ts';
import { schedule } from './parts/triggers.ts';
import { addApi, addWorker } from './parts/usual-functions.ts';
import type { City } from './parts/service-function.ts';

/** The lists that a loan moves between when its cover ends. */
const coversPrefix = 'COVERS#';
/** What is due about claims; what has come to its day is taken off. */
const dueClaimsPrefix = 'CLAIM-DUE#';

/** The risk-sharing fund: its programmes, its arithmetic, its books. Answers with its API function. */
export function fundStack(app: App, city: City, props: StackProps, foundation: Foundation): LambdaFunction {
  const stack = new Stack(app, 'zhirong-fund', props);
  const service = serviceOf('fund', stack, city, foundation);
  const { table } = service;

  // Nothing of the books is ever deleted, so no function could if it would: only a loan's place in the lists moves, and
  // what the queue has held is done with.
  const api = addApi(service, { permissions: [may.addToTable(table), may.deleteFrom(table, [coversPrefix])] });

  addWorker(service, {
    permissions: [may.addToTable(table), may.deleteFrom(table, [inboxPrefix, coversPrefix])],
  });

  const terms = addFunction(service, 'terms', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table)],
  });
  schedule(stack, terms, {
    name: 'fund-terms',
    expression: 'cron(5 0 * * ? *)',
    impact:
      '今日起施行的基金方案没有在账簿生效：新备案仍按上一版的放大倍数计算额度；到账后未付完的待拨代偿款也没有补付，直到补跑。',
    topic: foundation.alarms,
  });

  const deadlines = addFunction(service, 'deadlines', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table), may.deleteFrom(table, [dueClaimsPrefix])],
  });
  schedule(stack, deadlines, {
    name: 'claim-deadlines',
    expression: 'cron(30 7 * * ? *)',
    impact: '今日的代偿期限提醒没有发出：将到期或已逾期的审核、支付、清算没有提醒经办人和银行，直到补跑。',
    topic: foundation.alarms,
  });

  const match = addFunction(service, 'match', {
    trigger: 'schedule',
    memoryMb: 512,
    variables: {},
    permissions: [may.readTable(table), may.addToTable(table)],
  });
  schedule(stack, match, {
    name: 'fund-match',
    expression: 'cron(40 6 * * ? *)',
    impact: '今日没有核对账簿与对账单、代偿申请和在保贷款：若有不符，今天不会被发现，直到补跑。',
    topic: foundation.alarms,
  });
  alarm(match, 'Differs', {
    name: 'zhirong-fund-match-differs',
    metric: new Metric({
      namespace: 'Zhirong',
      metricName: 'FundMatchDifferences',
      dimensionsMap: { service: 'fund' },
      statistic: 'Maximum',
      period: Duration.minutes(5),
    }),
    above: 0,
    impact: '有基金的账簿与对账单、代偿申请或在保贷款不符：请查看当日核对结果，查明之前不要据以付款。',
    topic: foundation.alarms,
  });

  addOutbox(service, {
    relayBehind: '资金池消息变慢：方案启用、入账等通知最多迟五分钟，由定时补发送出，不会丢失。',
    sweepFailed: '未送达的资金池消息没有被补发：其他服务可能还不知道某个方案已启用或某笔款已入账。',
    stuck: '有资金池消息二十分钟仍未送达：依赖它的备案或统计停住不动。',
  });
  const watch = addAudit(
    service,
    {
      behind: '资金池的审计记录未能及时串联，账簿未能及时复核：当日操作已记录在案，但防篡改证明与异常告警会延迟。',
      unsealed: '昨日资金池的审计记录没有封存：对外出具的防篡改证明缺少这一天，直到补封。',
    },
    'LEDGER#',
  );
  alarm(watch, 'LedgerFindings', {
    name: 'zhirong-fund-ledger-findings',
    metric: new Metric({
      namespace: 'Zhirong',
      metricName: 'LedgerFindings',
      dimensionsMap: { service: 'fund' },
      statistic: 'Sum',
      period: Duration.minutes(5),
    }),
    above: 0,
    impact: '有人绕过系统改动、删除或添加了账簿中的记录：请勿修复，先导出账簿并按基金账本说明核验。',
    topic: foundation.alarms,
  });
  return api;
}
