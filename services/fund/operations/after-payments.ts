import { todayOf } from '#packages/calendar';
import type { Deps } from './context.ts';
import { drainRest } from './drain-rest.ts';
import { openLedger } from '../ledger/post.ts';
import { watchBreaker } from './watch-breaker.ts';

/**
 * What follows money that came in or moved for claims, and may follow twice: the rest of those that wait is paid, and the
 * breaker is looked at, since what the fund is out by has changed. Whoever dies before it leaves it to the daily run.
 */
export async function afterPayments(
  { table }: Deps,
  fundId: string,
  { now, requestId }: { now: Date; requestId: string },
): Promise<void> {
  await drainRest(
    openLedger(table, () => now),
    fundId,
  );
  await watchBreaker({ table, now: () => now })({ fundId, requestId, toldOn: todayOf(now), time: now.toISOString() });
}
