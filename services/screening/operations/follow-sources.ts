import type { Table, Write } from '#packages/table';
import type { Following, RunPage } from '../contract/run-work.ts';
import { policiesInForce } from '../policy-line.ts';
import { type SourceName, sourceNames } from '../store/facts.ts';
import { getPolicies } from '../store/policy.ts';
import { lastDaily, putDaily, type RunHead } from '../store/run.ts';
import { breakerKey, fileFollowing, getFeedState } from '../store/source.ts';
import { memoryOf, type OpenSources, remember } from './hear-each.ts';
import { syncSource, type Synced, syncsAtMost } from './sync-source.ts';

type Followers = { table: Table; clock: () => Date; sources: OpenSources };

/**
 * The page that comes after following the sources: the same again while there is more to follow. What decides that day is
 * taken down here, so that a policy released while the run deals is not taken for one that it went by.
 */
export async function followSources(
  followers: Followers,
  run: RunHead,
  page: RunPage,
  deadline: Date,
): Promise<RunPage> {
  const { table } = followers;
  const { syncs = 0 } = page;
  const synced = await Promise.all(
    sourceNames.map((source) =>
      run.reach === 'named' ? followedAlready(followers, source) : follow(followers, source, run, deadline),
    ),
  );
  if (synced.some(({ kind }) => kind === 'more') && syncs < syncsAtMost) return { ...page, syncs: syncs + 1 };
  const following: Following = {};
  for (const [place, answer] of synced.entries()) {
    const source = sourceNames[place];
    if (source !== undefined && answer.kind === 'current') following[source] = answer.since;
  }
  const [line, before] = await Promise.all([getPolicies(table), lastDaily(table)]);
  const policies = policiesInForce(line, run.day);
  // Other policies decide otherwise; and what a source changed while we had lost our place was told to nobody.
  const begunAnew = sourceNames.some(
    (source) => following[source] !== undefined && following[source] !== before?.following[source],
  );
  return { ...page, following, policies, everybody: begunAnew || policies !== before?.policies };
}

async function follow(
  { table, clock, sources }: Followers,
  source: SourceName,
  { startedAt }: RunHead,
  deadline: Date,
): Promise<Synced> {
  const opened = sources[source](memoryOf(await table.get(breakerKey(source)), startedAt));
  if (opened.feed === undefined) return byFile;
  const synced = await syncSource({ table, clock }, source, opened.feed, deadline);
  await remember(table, source, opened);
  return synced;
}

/** Whoever names enterprises has each asked about; what is told then is still vouched for by the following there is. */
async function followedAlready({ table, sources }: Followers, source: SourceName): Promise<Synced> {
  if (sources[source]().feed === undefined) return byFile;
  const state = await getFeedState(table, source);
  return state === undefined ? { kind: 'unavailable' } : { kind: 'current', since: state.since };
}

/** A source that delivers files changes by a delivery only, which makes its enterprises due. */
const byFile: Synced = { kind: 'current', since: fileFollowing };

/** What this run went by, for the next daily one; a source that was silent is followed from where it was. */
export async function wentBy(table: Table, { policies = '', following = {} }: RunPage): Promise<Write> {
  const before = await lastDaily(table);
  return putDaily({ policies, following: { ...before?.following, ...following } });
}
