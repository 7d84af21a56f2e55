import { createHash } from 'node:crypto';
import { mayReach } from '#packages/access';
import { canonical } from '#packages/canonical';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { Fen } from '#packages/money';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Table } from '#packages/table';
import type { Reconciliation, ReconciliationRow } from '../contract/reconciliation-routes.ts';
import type { routes } from '../contract.ts';
import { getPartner } from '../store/partner.ts';
import { dayOf, readRow } from '../store/reconciliation.ts';

/** The day's file of the organisation that asks, or of the one that a person names. Totals and digest are of the whole day on every page. */
export function getReconciliation({ table }: { table: Table }): Operation<typeof routes.getReconciliation> {
  return async ({ caller, params: { date }, query, now, position, seal }) => {
    const today = todayOf(now);
    if (date > today) {
      const message = '日期不能晚于今天';
      return refused('validation_failed', message, [{ pointer: '/date', code: 'in_future', message }]);
    }
    const partnerId = query.partnerId ?? (caller.kind === 'partner' ? caller.partnerId : undefined);
    if (partnerId === undefined) {
      const message = '须指明机构编号';
      return refused('validation_failed', message, [{ pointer: '?partnerId', code: 'required', message }]);
    }
    // Whoever signs is a partner; of whom a person names it has to be seen.
    const known = caller.kind === 'partner' || (await getPartner(table, partnerId)) !== undefined;
    if (!known || !mayReach(caller, { partnerId })) return refused('not_found');
    const day = dayOf(partnerId, date);
    const page = await table.page(day, query.pageSize, startOf(position));
    const sum = summing();
    for await (const item of table.each(day)) sum.add(readRow(item));
    return done({
      date,
      partnerId,
      complete: date < today,
      ...sum.whole(),
      items: page.items.map(readRow),
      nextCursor: nextOf(page, seal),
    });
  };
}

function summing() {
  const digest = createHash('sha256');
  const totals = new Map<string, { rows: number; amounts: Map<string, bigint> }>();
  let rows = 0;
  return {
    add(row: ReconciliationRow): void {
      rows += 1;
      digest.update(`${canonical(row)}\n`);
      const total = totals.get(row.type) ?? { rows: 0, amounts: new Map() };
      totals.set(row.type, total);
      total.rows += 1;
      for (const [name, value] of Object.entries(row.data)) {
        if (name.endsWith('Fen')) {
          total.amounts.set(name, (total.amounts.get(name) ?? 0n) + Fen.parse(value));
        }
      }
    },
    whole(): Pick<Reconciliation, 'rows' | 'totals' | 'digest'> {
      const byType = [...totals].toSorted(([one], [other]) => (one < other ? -1 : 1));
      return {
        rows,
        totals: byType.map(([type, { rows: ofType, amounts }]) => ({
          type,
          rows: ofType,
          amounts: Object.fromEntries(amounts),
        })),
        digest: digest.digest('hex'),
      };
    },
  };
}
