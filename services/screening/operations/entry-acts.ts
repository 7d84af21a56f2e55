import type { EnterpriseEvent, Head } from '../store/enterprise.ts';

/** What can happen to an entry outside a new version, and the reason that is told for it. */
export const actsOn = {
  suspend: 'city-suspended',
  reinstate: 'city-reinstated',
  remove: 'city-removed',
  expire: 'validity-over',
} as const;
export type Act = keyof typeof actsOn;

const types = {
  suspend: 'whitelist.entry.suspended.v1',
  reinstate: 'whitelist.entry.reinstated.v1',
  remove: 'whitelist.entry.removed.v1',
  expire: 'whitelist.entry.expired.v1',
} as const;

/** The event that tells the other services; the reason in it is a code, what a person wrote stays in the audit row. */
export function actEvent(
  act: Act,
  entry: NonNullable<Head['entry']>,
  uscc: string,
  reason: string = actsOn[act],
): EnterpriseEvent {
  const { version, listedOn, validUntil } = entry;
  const data = act === 'reinstate' ? { uscc, version, listedOn, validUntil } : { uscc, version, reason };
  return { type: types[act], data };
}
