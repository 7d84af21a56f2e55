import { Id } from '#packages/words';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { count } from './schemas.ts';

/**
 * Whom a run looks at. `due`: who is due by date or has changed. `place`: everybody in its scope, but only who is due or
 * has changed is asked about. `named`: everybody named is asked about, whatever is known.
 */
export const Reach = z.enum(['due', 'place', 'named']);
export type Reach = z.output<typeof Reach>;

/**
 * Which sources' changes are followed, and which following it is: the moment at which it began names it. After a break,
 * however short, it is another one.
 */
export const Following = z.strictObject({ credit: Instant.optional(), ip: Instant.optional() });
export type Following = z.output<typeof Following>;

/** How many enterprises came to what, and how many of them kept what they had. */
export const Tally = z.object({ pass: count, review: count, exclude: count, stale: count, unchanged: count });
export type Tally = z.output<typeof Tally>;
export const nobody: Tally = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };

/** Where a run's own stream stands: the sources are followed first, then the scope is dealt out page by page. */
export const RunPage = z.strictObject({
  runId: Id,
  chunk: count,
  /** There once the sources were followed. */
  following: Following.optional(),
  /** How often the sources were turned to before. */
  syncs: count.optional(),
  /** What decides anywhere that day, as it was when the run began to deal. */
  policies: z.string().optional(),
  /** The last run over the city went by other policies, or a following has begun anew: everybody is looked at. */
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
  following: Following,
  /** Of a chunk that was put back in line: what it had come to before. */
  soFar: Tally.optional(),
});
export type ChunkTask = z.output<typeof ChunkTask>;
