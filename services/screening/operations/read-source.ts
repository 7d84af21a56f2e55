import type { Operation } from '#packages/lambda/http';
import { done } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { sources } from '../facts.ts';
import { BreakerState } from '../sources/breaker.ts';
import { breakerKey, getFeedState } from '../store/source.ts';
import type { Deps } from './context.ts';

/** How things stand with a source: since when we follow its changes, when we last read them, whether it was found down. */
export function getSource({ table }: Deps): Operation<typeof routes.getSource> {
  return async ({ params }) => {
    const { source } = params;
    const [feed, found] = await Promise.all([getFeedState(table, source), table.get(breakerKey(source))]);
    const { pk: _pk, sk: _sk, ...state } = found ?? {};
    const { openedAt } = BreakerState.safeParse(state).data ?? {};
    return done({
      source,
      title: sources[source].title,
      ...(feed !== undefined && { followedSince: feed.since, changesReadAt: feed.syncedAt }),
      ...(openedAt !== undefined && { downSince: openedAt }),
    });
  };
}
