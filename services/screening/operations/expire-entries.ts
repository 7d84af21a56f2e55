import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { entryMachine } from '../machines.ts';
import { enterpriseWrites, getHead } from '../store/enterprise.ts';
import { getListState, readEntries } from '../store/whitelist.ts';
import { actEvent, actsOn } from './entry-acts.ts';
import { type Context, type Deps, eachOf, worker } from './context.ts';

/** Enterprises are told so many at a time. */
const atOnce = 8;

/**
 * Says of every entry past its last day that it has expired. Readers see that by the date itself; this tells the other
 * services. Run twice, or dead in the middle, it tells each enterprise once.
 */
export function expireEntries({ table }: Pick<Deps, 'table'>) {
  return async (at: Date, context: Context): Promise<Outcome<{ expired: number }>> => {
    const today = todayOf(at);
    const state = await getListState(table);
    const entries = state?.entriesKey === undefined ? [] : await readEntries(table, state.entriesKey);
    const over = entries.filter((entry) => entry.validUntil < today).map((entry) => entry.uscc);
    const told = await eachOf(over, atOnce, (uscc) => expire(uscc));
    return done({ expired: told.filter(Boolean).length });

    async function expire(uscc: string): Promise<boolean> {
      return untilSettled(async () => {
        const head = await getHead(table, uscc);
        const entry = head?.entry;
        const status = entry && entry.validUntil < today ? entryMachine.next(entry.status, 'expire') : undefined;
        if (head === undefined || entry === undefined || status === undefined) return false;
        const changed = { ...entry, status, reason: actsOn.expire, at: context.now.toISOString() };
        const audit = { actor: worker, action: 'whitelist.expire', outcome: status };
        const events = [actEvent('expire', changed, head)];
        const writes = enterpriseWrites(head, { state: { ...head, entry: changed }, events, audit }, context);
        return (await commit(table, writes, noReceipt, done(undefined))) === 'moved' ? 'moved' : true;
      });
    }
  };
}
