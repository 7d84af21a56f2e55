import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { absent, type Item, type Key, type Table, type Write } from '#packages/table';
import type { SourceName } from './facts.ts';

/** Where we are in a source's changes, and since when we have followed them without a break: that names the following. */
export const FeedState = z.object({ cursor: z.string(), since: Instant, syncedAt: Instant });
export type FeedState = z.output<typeof FeedState>;

/** The following of a source that delivers files: it is never broken. */
export const fileFollowing = '1970-01-01T00:00:00.000Z';

const feedKey = (source: SourceName): Key => ({ pk: `SOURCE#${source}`, sk: 'FEED' });

export async function getFeedState(table: Table, source: SourceName): Promise<FeedState | undefined> {
  const item = await table.get(feedKey(source));
  return item && FeedState.parse(item);
}

/** Refused where somebody else has gone on from there meanwhile. */
export function putFeedState(source: SourceName, before: FeedState | undefined, state: FeedState): Write {
  const condition = before === undefined ? absent : { expression: '#cursor = :cursor', ...cursorIs(before.cursor) };
  return { kind: 'put', item: { ...feedKey(source), ...state }, condition };
}

/** The source no longer knows our place in its changes. */
export function dropFeedState(source: SourceName, before: FeedState): Write {
  const condition = { expression: '#cursor = :cursor', ...cursorIs(before.cursor) };
  return { kind: 'delete', key: feedKey(source), condition };
}

function cursorIs(cursor: string) {
  return { names: { '#cursor': 'cursor' }, values: { ':cursor': cursor } };
}

/** What every sandbox has to know of a source that was found down; written when it goes down and when it is back. */
export const breakerKey = (source: SourceName): Key => ({ pk: `SOURCE#${source}`, sk: 'BREAKER' });

export function putBreaker(source: SourceName, state: Item): Write {
  return { kind: 'put', item: { ...breakerKey(source), ...state } };
}
