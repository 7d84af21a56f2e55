import { nextOf, startOf } from '#packages/paging';
import type { Caller } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition } from '#packages/table';
import type { routes } from '../contract.ts';
import { getVersion, VersionEntry, type VersionHead } from '../store/whitelist.ts';
import type { Deps } from './context.ts';
import { versionView } from './propose-whitelist.ts';

/** A version's count and digest; a bank checks published ones. */
export function getWhitelistVersion({ table }: Deps): Operation<typeof routes.getWhitelistVersion> {
  return async ({ params, caller }) => {
    const head = await getVersion(table, params.version);
    if (head === undefined || (caller.kind === 'partner' && head.status !== 'published')) return refused('not_found');
    return done(versionView(head));
  };
}

/** The lines that a version's digest is made over, so that anybody can make it anew. */
export function listWhitelistLines({ table }: Deps): Operation<typeof routes.listWhitelistLines> {
  return async ({ params, query, caller, position, seal }) => {
    const head = await getVersion(table, params.version);
    if (head === undefined || !maySeeLines(caller, head)) return refused('not_found');
    const condition = inPartition(position?.['pk'] ?? head.entriesKey);
    const page = await table.page({ condition }, query.pageSize, startOf(position));
    const items = page.items
      .map((item) => VersionEntry.parse(item))
      .map(({ uscc, listedOn, validUntil }) => ({ uscc, listedOn, validUntil }));
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

/** What is only proposed is for those who decide on it. */
function maySeeLines({ role }: Caller, { status }: VersionHead): boolean {
  return status === 'published' || role === 'city-reviewer' || role === 'city-admin' || role === 'auditor';
}
