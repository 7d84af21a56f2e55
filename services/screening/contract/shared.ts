import { Id } from '#packages/words';
import * as z from 'zod';
import { LegalDate } from '#packages/calendar';

/** What several routes say in the same words. */
export const ofEnterprise = z.strictObject({ uscc: Id });

/** Two days of the past: the one that is asked about, and the one by which what is told was known. */
export const daysAsked = {
  asOf: LegalDate.optional().meta({ description: '查看哪一天（法定日期，默认今天）' }),
  knownOn: LegalDate.optional().meta({ description: '以哪一天已知的情况为准（法定日期，默认今天）' }),
};

/** Who may look at an enterprise, each within its bounds. */
export const enterpriseReaders = [
  'city-admin',
  'city-reviewer',
  'county-clerk',
  'county-reviewer',
  'park-manager',
  'enterprise-user',
  'auditor',
] as const;
