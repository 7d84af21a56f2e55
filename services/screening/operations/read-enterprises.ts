import { todayOf } from '#packages/calendar';
import { mayReach, type Caller } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import { inPartition } from '#packages/table';
import type { routes } from '../contract.ts';
import { decisionOf, decisionPrefix } from '../store/decisions.ts';
import {
  cityIndex,
  divisionIndex,
  enterprisePk,
  getHead,
  getHeads,
  IndexItem,
  parkIndex,
} from '../store/enterprise.ts';
import { enterpriseView } from '../view.ts';
import { type Deps } from './context.ts';
import { belongs } from './record-consent.ts';

export function getEnterprise({ table }: Deps): Operation<typeof routes.getEnterprise> {
  return async ({ params, caller, now }) => {
    const head = await getHead(table, params.uscc);
    if (head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    return done(enterpriseView(head, todayOf(now)));
  };
}

/** Newest nomination first, in the narrowest index that the caller's bounds and the filter allow. */
export function listEnterprises({ table }: Deps): Operation<typeof routes.listEnterprises> {
  return async ({ query, caller, now, position, seal }) => {
    if (query.divisionCode !== undefined && query.parkId !== undefined) {
      const message = 'divisionCode 与 parkId 只能填一个';
      return refused('validation_failed', message, [{ pointer: '?parkId', code: 'exclusive', message }]);
    }
    const index = indexFor(caller, query);
    if (index === undefined) return refused('forbidden', '只能查看本县区或本园区的企业');
    const condition = inPartition(index);
    const page = await table.page({ condition, newestFirst: true }, query.pageSize, startOf(position));
    const usccs = page.items.map((item) => IndexItem.parse(item).uscc);
    const heads = await getHeads(table, usccs);
    const today = todayOf(now);
    const items = usccs.flatMap((uscc) => {
      const head = heads.get(uscc);
      return head === undefined ? [] : [enterpriseView(head, today)];
    });
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

/** A caller bound to a place reads its own index, whatever it asks; one that asks for another place reads none. */
function indexFor(
  caller: Caller,
  query: { divisionCode?: string | undefined; parkId?: string | undefined },
): string | undefined {
  const { divisionCode, parkId } = query;
  const person = caller.kind === 'person' ? caller : undefined;
  if (caller.role === 'park-manager') {
    if (person?.parkId === undefined || divisionCode !== undefined) return undefined;
    return (parkId ?? person.parkId) === person.parkId ? parkIndex(person.parkId) : undefined;
  }
  if (caller.role === 'county-clerk' || caller.role === 'county-reviewer') {
    if (person?.divisionCode === undefined || parkId !== undefined) return undefined;
    return (divisionCode ?? person.divisionCode) === person.divisionCode
      ? divisionIndex(person.divisionCode)
      : undefined;
  }
  if (parkId !== undefined) return parkIndex(parkId);
  return divisionCode === undefined ? cityIndex : divisionIndex(divisionCode);
}

export function listScreenings({ table }: Deps): Operation<typeof routes.listScreenings> {
  return async ({ params, query, caller, position, seal }) => {
    const head = await getHead(table, params.uscc);
    if (head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    const condition = inPartition(enterprisePk(params.uscc), decisionPrefix);
    const page = await table.page({ condition, newestFirst: true }, query.pageSize, startOf(position));
    const items = page.items.map(decisionOf);
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

/** A table's place in a list, as a cursor carries it. */
