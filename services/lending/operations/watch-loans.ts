import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt } from '#packages/outcome';
import { inPartition, type Item, type Table } from '#packages/table';
import { getLoan, loansOf, loanWrites } from '../store/loan.ts';
import { BorrowerMark, borrowerPrefix, getServicing, lookKey, LookItem, lookPartitions } from '../store/servicing.ts';
import { worker } from './context.ts';
import { keepWatch } from './keep-watch.ts';

export type WatchRun = { looked: number; raised: number; cleared: number; left: boolean };

/** Each run leaves itself so long to end in; what is not looked at then is still due for the next. */
const reserveMs = 10_000;
/** A loan whose watches do not fit one transaction is looked at again at once, so often at the most. */
const looksPerLoan = 40;

/**
 * Daily: looks at the loans on which a clock has run out since the last time, and at those of enterprises that were taken
 * off the whitelist or put back on it. Killed at any moment, or run twice, it finds what is left to do where it lies: a
 * loan's place among the due moves in the transaction that tells what was found.
 */
export function watchLoans({ table }: { table: Table }) {
  return async (now: Date, runId: string, remainingMs: () => number = () => Infinity): Promise<WatchRun> => {
    const run: WatchRun = { looked: 0, raised: 0, cleared: 0, left: false };
    const context = { now, requestId: runId };
    const today = todayOf(now);
    for (const pk of lookPartitions) {
      const due = { expression: 'pk = :pk AND sk < :after', values: { ':pk': pk, ':after': `${today}#~` } };
      for await (const item of table.each({ condition: due })) {
        if (remainingMs() < reserveMs) return { ...run, left: true };
        if (String(item['sk']).startsWith(borrowerPrefix)) await lookAtBorrower(item);
        else await lookAt(LookItem.parse(item).loanId, item);
      }
    }
    return run;

    async function lookAtBorrower(item: Item): Promise<void> {
      const { pk, sk, uscc, at } = BorrowerMark.parse(item);
      for await (const { loanId } of table.each({ condition: inPartition(loansOf.company(uscc)) })) {
        await lookAt(String(loanId));
      }
      // One that was made again meanwhile stays, whatever was seen of it already.
      const condition = { expression: '#at = :at', names: { '#at': 'at' }, values: { ':at': at } };
      await table.transact([{ kind: 'delete', key: { pk, sk }, condition }]);
    }

    async function lookAt(loanId: string, item?: Item): Promise<void> {
      run.looked += 1;
      for (let looks = 0; looks < looksPerLoan; looks += 1) {
        const seen = await untilSettled(() => lookOnce(loanId, item));
        run.raised += seen.raised;
        run.cleared += seen.cleared;
        if (!seen.more) return;
      }
    }

    async function lookOnce(loanId: string, item?: Item) {
      const held = await getLoan(table, loanId);
      if (held === undefined) throw new Error(`${loanId} is due and not there`);
      const before = await getServicing(table, loanId);
      const { servicing, events, writes } = await keepWatch(table, held.state, { before }, now);
      const raised = events.filter(({ type }) => type === 'loan.watch.raised.v1').length;
      const more = servicing.lookOn === today;
      const nothing = { raised: 0, cleared: 0, more: false };
      if (events.length === 0 && servicing.lookOn === before.lookOn) {
        // A place that its loan has left, if there could be one, must not be read for ever.
        const place = lookKey(loanId, before.lookOn ?? '');
        if (item !== undefined && item['sk'] !== place.sk) {
          await table.transact([{ kind: 'delete', key: { pk: place.pk, sk: String(item['sk']) } }]);
        }
        return nothing;
      }
      const audit = { actor: worker, action: 'loan.watch', outcome: `${events.length} told` };
      const steps = [...loanWrites(held, { state: held.state, events, audit }, context), ...writes];
      if ((await commit(table, steps, noReceipt, done(undefined))) === 'moved') return 'moved' as const;
      return { raised, cleared: events.length - raised, more };
    }
  };
}
