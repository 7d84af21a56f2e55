import { nextOf, startOf } from '#packages/paging';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition, type Page } from '#packages/table';
import type { routes } from '../contract.ts';
import { builtInPolicies } from '../policies/built-in.ts';
import type { PolicyBook } from '../policy-book.ts';
import { partsOf } from '../policy-line.ts';
import { coverageOf, listedBuiltIn, listedOf } from '../policy-view.ts';
import { getPolicies, getPolicyHeads, policiesIndex } from '../store/policy.ts';
import { type Deps } from './context.ts';

/** Policies are data anybody may read: what a decision rested on is no secret. */
export function getPolicy({ book }: { book: PolicyBook }): Operation<typeof routes.getPolicy> {
  return async ({ params: { version } }) => {
    // A decision by a county's overlay names both: what they make together can be read under that name.
    const found = partsOf(version).overlay === undefined ? await book.filed(version) : await book.policyOf(version);
    return found === undefined ? refused('not_found') : done(found);
  };
}

/** What the cases kept beside a policy say of it; of an overlay, upon its core policy. */
export function getPolicyCoverage({ book }: { book: PolicyBook }): Operation<typeof routes.getPolicyCoverage> {
  return async ({ params: { version } }) => {
    const [filed, policy] = await Promise.all([
      book.filed(partsOf(version).overlay ?? version),
      book.policyOf(version),
    ]);
    if (filed === undefined || policy === undefined) return refused('not_found');
    return done(coverageOf(policy, filed.cases ?? []));
  };
}

/** Where a list goes on once all that was filed here has been told. */
const builtInPlace = 'BUILT-IN';
const builtInNewestFirst = builtInPolicies.toReversed();

/** Everything that was filed, newest first, and at the end what came with the software. */
export function listPolicies({ table }: Pick<Deps, 'table'>): Operation<typeof routes.listPolicies> {
  return async ({ query: { pageSize }, now, position, seal }) => {
    const today = todayOf(now);
    const line = await getPolicies(table);
    const told = position?.['pk'] === builtInPlace ? Number(position['sk']) : undefined;
    const condition = inPartition(policiesIndex);
    const page: Page =
      told === undefined
        ? await table.page({ condition, newestFirst: true }, pageSize, startOf(position))
        : { items: [] };
    const heads = await getPolicyHeads(
      table,
      page.items.map((item) => String(item['version'])),
    );
    const items = heads.map((head) => listedOf(head, line, today));
    if (page.last !== undefined) return done({ items, nextCursor: nextOf(page, seal) });

    const from = told ?? 0;
    const own = builtInNewestFirst.slice(from, from + pageSize - items.length);
    const next = from + own.length;
    return done({
      items: [...items, ...own.map((one) => listedBuiltIn(one, line, today))],
      nextCursor: next < builtInNewestFirst.length ? seal({ pk: builtInPlace, sk: String(next) }) : null,
    });
  };
}
