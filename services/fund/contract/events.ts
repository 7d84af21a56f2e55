import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { Id } from '#packages/words';
import { claimEventTypes } from './claim-events.ts';
import { BreakerTold, CoverConfirmed, CoverRefused } from './cover-schemas.ts';
import { ReminderDue } from './deadline-schemas.ts';
import { FundFounded, ProgrammeActivated } from './fund-schemas.ts';

/** Every event of the fund service. */
export const eventTypes = {
  'fund.founded.v1': {
    stream: 'fund-programme',
    summary: '基金已设立，方案待批准',
    data: FundFounded,
  },
  'fund.programme.activated.v1': {
    stream: 'fund-programme',
    summary: '基金方案已批准，自施行日起适用',
    data: ProgrammeActivated,
  },
  'fund.contribution.posted.v1': {
    stream: 'contribution',
    summary: '出资已入账',
    data: z.strictObject({
      fundId: Id,
      seq: z.int().positive(),
      amountFen: z.int().nonnegative(),
      valueDate: LegalDate,
    }),
  },
  'fund.cover.confirmed.v1': { stream: 'cover', summary: '贷款已纳入基金分担', data: CoverConfirmed },
  'fund.cover.refused.v1': { stream: 'cover', summary: '贷款未能纳入基金分担', data: CoverRefused },
  'fund.breaker.warned.v1': { stream: 'breaker', summary: '银行不良率或基金净赔付已达预警线', data: BreakerTold },
  'fund.breaker.tripped.v1': {
    stream: 'breaker',
    summary: '银行不良率或基金净赔付已达停办线，自该分录起暂停新增备案',
    data: BreakerTold,
  },
  ...claimEventTypes,
  'claim.reminder.due.v1': {
    stream: 'claim-reminder',
    summary: '代偿事项将到期或已逾期',
    data: ReminderDue,
  },
} as const satisfies EventTypes;
