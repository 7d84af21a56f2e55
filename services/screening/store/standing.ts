import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { padded } from '#packages/messaging/outbox';
import type { Table, Write } from '#packages/table';
import { EntryStatus } from '../contract.ts';
import type { EnterpriseState } from './enterprise.ts';

/*
 * How an enterprise stood towards the list on any day. Every change of it adds one item to the enterprise's own
 * partition, in the transaction of the change. To know a past list each of its lines takes one query; a log of all
 * changes would have to be read from the last version on for every page, and each version changes every entry.
 */

/** An entry in the whitelist. */
export const Entry = z.object({
  status: EntryStatus,
  version: z.int().positive(),
  listedOn: LegalDate,
  validUntil: LegalDate,
  /** A code, never what somebody wrote. */
  reason: z.string().optional(),
  at: Instant,
});
export type Entry = z.output<typeof Entry>;

/** What the list has to know of an enterprise, besides its last screening. */
export const Standing = z.object({
  entry: Entry.optional(),
  disputed: z.boolean(),
  consent: z.object({ since: Instant, withdrawnAt: Instant.optional() }).optional(),
});
export type Standing = z.output<typeof Standing>;

/** Every enterprise that ever had an entry, or was proposed for one, by its code. */
export const entriesIndex = 'WHITELIST#ENTRIES';
export function indexWrite(uscc: string): Write {
  return { kind: 'put', item: { pk: entriesIndex, sk: uscc, uscc } };
}

const standingPrefix = 'ENTRY#';

export function standingOf({ entry, disputes, consent }: EnterpriseState): Standing {
  return {
    disputed: disputes.length > 0,
    ...(entry !== undefined && { entry }),
    ...(consent !== undefined && { consent: { since: consent.since, withdrawnAt: consent.withdrawnAt } }),
  };
}

/** The steps that note a change of it. A first consent changes nothing about the list: only its loss, and its return. */
export function standingWrites(
  before: EnterpriseState | undefined,
  state: EnterpriseState,
  place: { pk: string; version: number; at: string },
): Write[] {
  const standing = standingOf(state);
  const told = ({ entry, disputed, consent }: Standing) => [entry, disputed, consent?.withdrawnAt];
  const known: Standing = before === undefined ? { disputed: false } : standingOf(before);
  if (isDeepStrictEqual(told(known), told(standing))) return [];
  const { pk, version, at } = place;
  return [{ kind: 'put', item: { pk, sk: `${standingPrefix}${at}#${padded(version)}`, ...standing } }];
}

/** How it stood at an instant; undefined where nothing about it had happened by then. */
export async function standingAt(table: Table, pk: string, until: string): Promise<Standing | undefined> {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': pk, ':from': standingPrefix, ':to': `${standingPrefix}${until}~` },
  };
  const [item] = (await table.page({ condition, newestFirst: true }, 1)).items;
  return item && Standing.parse(item);
}
