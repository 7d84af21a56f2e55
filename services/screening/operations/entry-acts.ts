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

export type Told = Pick<Head, 'uscc' | 'consent'>;

/** Whose entry it is, and who may be told of it: those whom the consent names that it rests on. */
export function aboutEntry({ uscc, consent }: Told): { uscc: string; recipients: string[] } {
  return { uscc, recipients: consent?.recipients ?? [] };
}

/** The event that tells the other services; the reason in it is a code, what a person wrote stays in the audit row. */
export function actEvent(
  act: Act,
  entry: NonNullable<Head['entry']>,
  head: Told,
  reason: string = actsOn[act],
): EnterpriseEvent {
  const { version, listedOn, validUntil } = entry;
  const data = act === 'reinstate' ? { version, listedOn, validUntil } : { version, reason };
  return { type: types[act], data: { ...aboutEntry(head), ...data } };
}
