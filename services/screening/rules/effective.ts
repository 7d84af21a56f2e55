import { addDays } from '#packages/calendar';

/** What holds from one legal date on, and through another where its end is stated. */
export type Dated = { version: string; validFrom: string; validThrough?: string | undefined };

export type InForce<Version extends Dated> =
  | { kind: 'in-force'; policy: Version }
  /** The date lies before the first version, or after the stated end of the last. */
  | { kind: 'none' }
  /** The versions do not make one unbroken line (中文): then nobody can say what is in force on any day. */
  | { kind: 'refused'; problems: readonly { version: string; message: string }[] };

/**
 * The version in force on a legal date. A version without a stated end gives way to the next one; a stated end must be
 * the day before the next version begins. Released versions so need not be touched when another follows.
 */
export function inForce<Version extends Dated>(policies: readonly Version[], date: string): InForce<Version> {
  const line = policies.toSorted((one, other) => (one.validFrom < other.validFrom ? -1 : 1));
  const problems = line.flatMap((policy, index) => brokenAt(policy, line[index + 1]));
  if (problems.length > 0) return { kind: 'refused', problems };
  const policy = line.findLast(({ validFrom }) => validFrom <= date);
  if (policy === undefined || (policy.validThrough !== undefined && policy.validThrough < date))
    return { kind: 'none' };
  return { kind: 'in-force', policy };
}

function brokenAt({ version, validFrom, validThrough }: Dated, next: Dated | undefined) {
  if (validThrough !== undefined && validThrough < validFrom) return [{ version, message: '终止日早于起始日' }];
  if (next === undefined) return [];
  const overlaps = next.validFrom === validFrom || (validThrough !== undefined && validThrough >= next.validFrom);
  if (overlaps) return [{ version: next.version, message: `与 ${version} 版的有效期重叠` }];
  if (validThrough === undefined || addDays(validThrough, 1) === next.validFrom) return [];
  return [{ version: next.version, message: `与 ${version} 版之间有空档：${addDays(validThrough, 1)} 起无版本有效` }];
}
