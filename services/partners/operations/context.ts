import { type Caller, mayReach } from '#packages/access';
import type { Held } from '#packages/aggregate';
import type { Receipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { getPartner, type StoredPartner } from '../store/partner.ts';

/** What the operations of this service stand on. */
export type Deps = {
  table: Table;
  newId: (prefix: string) => string;
  /** The word in a key's id that tells a test environment's keys from those that count. */
  keyEnvironment: 'test' | 'prod';
};

export type Context = { now: Date; requestId: string; receipt: Receipt };

/** The partner, if the caller may reach it: another's is the same as none, by the same request. */
export async function reachedPartner(
  table: Table,
  caller: Caller,
  partnerId: string,
): Promise<Held<StoredPartner> | undefined> {
  const held = await getPartner(table, partnerId);
  return held !== undefined && mayReach(caller, { partnerId }) ? held : undefined;
}
