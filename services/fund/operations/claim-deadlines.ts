import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Table } from '#packages/table';
import { datesOf, deadlinesOf, soonUntil } from '../claim-clocks.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import type { routes } from '../contract.ts';
import type { OpenDeadline } from '../contract/deadline-schemas.ts';
import { getClaims } from '../store/claim.ts';
import { type DueItem, dueList, dueWrites, readDueItem, reminderWrite, undueWrites } from '../store/claim-clock.ts';
import type { Deps } from './context.ts';

/** What is still to be done, the first due first. A page may be short: what was done meanwhile is left out. */
export function listClaimDeadlines({ table }: Deps): Operation<typeof routes.listClaimDeadlines> {
  return async ({ query: { pageSize }, caller, now, position, seal }) => {
    const query = dueList(caller.kind === 'partner' ? { bankId: caller.partnerId } : {});
    const page = await table.page(query, pageSize, startOf(position));
    const due = page.items.map(readDueItem);
    const known = await claimsOf(table, due);
    const items = due.flatMap((item) => {
      const open = openOf(known.get(item.claimId), item, todayOf(now));
      return open === undefined || open.dueOn !== item.dueOn ? [] : [open];
    });
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

export type Reminded = { due: number; told: number; late: number; ended: number; moved: number };

/** Claims are looked at so many at a time. */
const atOnce = 100;

/**
 * Tells what comes due in a few working days, and what is late: each once, whatever happens to a run. What has been done
 * is taken off the list, what a new calendar has put off goes to its new day.
 */
export function remindOfClaims({ table }: Deps) {
  return async (now: Date): Promise<Reminded> => {
    const today = todayOf(now);
    const counts: Reminded = { due: 0, told: 0, late: 0, ended: 0, moved: 0 };
    let batch: DueItem[] = [];
    for await (const item of table.each(dueList({ through: soonUntil(today) }))) {
      batch.push(readDueItem(item));
      if (batch.length < atOnce) continue;
      await remind(batch);
      batch = [];
    }
    await remind(batch);
    return counts;

    async function remind(items: readonly DueItem[]): Promise<void> {
      const known = await claimsOf(table, items);
      for (const item of items) {
        counts.due += 1;
        const open = openOf(known.get(item.claimId), item, today);
        if (open === undefined) {
          await table.transact(undueWrites(item));
          counts.ended += 1;
        } else if (open.dueOn !== item.dueOn) {
          await table.transact([...dueWrites({ ...item, dueOn: open.dueOn }), ...undueWrites(item)]);
          counts.moved += 1;
        } else {
          if (open.state === 'late') counts.late += 1;
          if (await tell(open)) counts.told += 1;
        }
      }
    }

    async function tell({ claimId, loanId, fundId, partnerId, code, dueOn, provisional, state }: OpenDeadline) {
      const stage = state === 'late' ? state : 'due-soon';
      const reminder = { claimId, loanId, fundId, partnerId, code, stage, dueOn, provisional } as const;
      // Refused: it was told before.
      return (await table.transact([reminderWrite(reminder, now.toISOString())])).kind === 'written';
    }
  };
}

async function claimsOf(table: Table, due: readonly DueItem[]): Promise<Map<string, StoredClaim>> {
  const ids = [...new Set(due.map(({ claimId }) => claimId))];
  return new Map((await getClaims(table, ids)).map((claim) => [claim.claimId, claim]));
}

/** The duty as the claim has it now; nothing where it is done or no longer one. */
function openOf(claim: StoredClaim | undefined, { code }: DueItem, today: string): OpenDeadline | undefined {
  if (claim === undefined) return undefined;
  const found = deadlinesOf(datesOf(claim), today).find((one) => one.code === code);
  if (found === undefined || found.doneOn !== undefined) return undefined;
  const { claimId, loanId, fundId, bankId: partnerId } = claim;
  return { claimId, loanId, fundId, partnerId, ...found };
}
