import { refused } from '#packages/outcome';

/** The refusal of a day that has not come yet: nobody knows what will have happened by then. */
export function futureDay(
  { asOf, knownOn }: { asOf?: string | undefined; knownOn?: string | undefined },
  today: string,
) {
  const errors = Object.entries({ asOf, knownOn })
    .filter(([, day]) => day !== undefined && day > today)
    .map(([name]) => ({ pointer: `?${name}`, code: 'in_future', message: '日期不能晚于今天' }));
  return errors.length === 0 ? undefined : refused('validation_failed', '不能查看将来的日期', errors);
}
