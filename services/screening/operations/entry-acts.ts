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

export type Told = Pick<Head, 'uscc' | 'consent' | 'nominations'>;

/** Whose entry it is, and who may be told of it: those whom the consent names that it rests on. */
export function aboutEntry({ uscc, consent }: Pick<Told, 'uscc' | 'consent'>): { uscc: string; recipients: string[] } {
  return { uscc, recipients: consent?.recipients ?? [] };
}

/** The same of an entry that stands, with the place where its enterprise was nominated first. */
export function aboutListed(head: Told) {
  const [first] = head.nominations;
  if (first === undefined) throw new Error(`${head.uscc} was never nominated`);
  const { divisionCode, parkId } = first;
  return { ...aboutEntry(head), divisionCode, ...(parkId !== undefined && { parkId }) };
}

/** The event that tells the other services; the reason in it is a code, what a person wrote stays in the audit row. */
export function actEvent(
  act: Act,
  entry: NonNullable<Head['entry']>,
  head: Told,
  reason: string = actsOn[act],
): EnterpriseEvent {
  const { version, listedOn, validUntil } = entry;
  const data =
    act === 'reinstate'
      ? { ...aboutListed(head), version, listedOn, validUntil }
      : { ...aboutEntry(head), version, reason };
  return { type: types[act], data };
}
