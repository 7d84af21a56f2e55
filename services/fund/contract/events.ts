import type { EventTypes } from '#packages/contract';
import { ProgrammeActivated } from './fund-schemas.ts';

/** Every event of the fund service. */
export const eventTypes = {
  'fund.programme.activated.v1': {
    stream: 'fund-programme',
    summary: '基金方案已批准，自施行日起适用',
    data: ProgrammeActivated,
  },
} as const satisfies EventTypes;
