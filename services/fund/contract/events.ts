import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { Id } from '#packages/words';
import { ProgrammeActivated } from './fund-schemas.ts';

/** Every event of the fund service. */
export const eventTypes = {
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
} as const satisfies EventTypes;
