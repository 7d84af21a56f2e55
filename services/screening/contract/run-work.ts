import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { count, Id } from './schemas.ts';

/**
 * Whom a run looks at. `due`: who is due by date or has changed. `place`: everybody in its scope, but only who is due or
 * has changed is asked about. `named`: everybody named is asked about, whatever is known.
 */
export const Reach = z.enum(['due', 'place', 'named']);
export type Reach = z.output<typeof Reach>;

/** Since when each source has told us of every change without a gap; nothing where it does not tell. */
export const VouchedSince = z.strictObject({ credit: Instant.optional(), ip: Instant.optional() });
export type VouchedSince = z.output<typeof VouchedSince>;

/** How many enterprises came to what, and how many of them kept what they had. */
export const Tally = z.object({ pass: count, review: count, exclude: count, stale: count, unchanged: count });
export type Tally = z.output<typeof Tally>;
export const nobody: Tally = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };

/** Where a run's own stream stands: the sources are followed first, then the scope is dealt out page by page. */
export const RunPage = z.strictObject({
  runId: Id,
  chunk: count,
  /** There once the sources were followed. */
  vouchedSince: VouchedSince.optional(),
  /** Other policies are in force than at the last run over the city: everybody has to be looked at. */
  everybody: z.boolean().optional(),
  /** The partition of the due that is dealt out, and the last enterprise of it (or place in an index) that was. */
  partition: count.optional(),
  after: z.string().optional(),
});
export type RunPage = z.output<typeof RunPage>;

/** What a chunk of a run is to do: a worker need not read the run. */
export const ChunkTask = z.strictObject({
  runId: Id,
  chunk: count,
  usccs: z.array(Uscc),
  reach: Reach,
  /** The legal date it decides for. */
  day: LegalDate,
  startedAt: Instant,
  vouchedSince: VouchedSince,
  /** Of a chunk that was put back in line: what it had come to before. */
  soFar: Tally.optional(),
});
export type ChunkTask = z.output<typeof ChunkTask>;
