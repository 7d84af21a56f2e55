import { LegalDate } from '#packages/calendar';

/** So far from the ends of the calendar that terms, margins and notices can be reckoned from any day between. */
const [firstDay, lastDay] = ['1930-01-01', '2199-12-31'] as const;

/** A day in the life of a loan or a right. */
export const Day = dayBetween(firstDay, lastDay);

/** A day that a report speaks of: a loan may have been overdue on it for the longest that can be said, a hundred years. */
export const ReportDay = dayBetween('2000-01-01', lastDay);

function dayBetween(first: string, last: string) {
  const error = `日期应在 ${first} 至 ${last} 之间`;
  return LegalDate.refine((day) => first <= day && day <= last, { error }).meta({
    description: `日期（Asia/Shanghai），${first} 至 ${last}`,
    example: '2026-11-23',
  });
}
