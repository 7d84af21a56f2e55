import { commit } from '#packages/commit';
import { done, type Outcome } from '#packages/outcome';
import { inPartition, type Table, type Write } from '#packages/table';
import { type ChunkTask, nobody, type RunPage, type Tally, type VouchedSince } from '../contract/run-work.ts';
import { policiesInForce, type PolicyLine, versionFor } from '../policy-line.ts';
import { DueItem, duePartitions, markPrefix } from '../store/due.ts';
import { codesIn, divisionIndex, parkIndex } from '../store/enterprise.ts';
import { sourceNames } from '../store/facts.ts';
import { getPolicies } from '../store/policy.ts';
import {
  chunkEvent,
  dealtOut,
  getRun,
  keptResult,
  planEvent,
  lastDaily,
  putDaily,
  type RunHead,
} from '../store/run.ts';
import type { Context, Deps } from './context.ts';
import type { OpenSources } from './hear-each.ts';
import { syncSource } from './sync-source.ts';

/** Enterprises per chunk: few enough that one is done well within a function's time, whatever the sources do. */
const chunkSize = 20;
/** Chunks dealt out per event: with its own continuation and receipt, they fit one transaction. */
const chunksPerPage = 40;
/** As many of the due as one answer of the store holds. */
const dueAtOnce = 5_000;

type Planning = Pick<Deps, 'table'> & { clock: () => Date; sources: OpenSources };

/** Follows the sources, then deals out the run's scope page by page: each delivery does one step and hands on the next. */
export function planRun(deps: Planning) {
  const { table } = deps;
  return async (page: RunPage, sequence: number, context: Context): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const run = await getRun(table, page.runId);
    if (run === undefined) throw new Error(`run ${page.runId} is not there yet`);
    const writes =
      run.reach !== 'named' && page.vouchedSince === undefined
        ? [planEvent(sequence + 1, await followed(deps, run, page), context.now)]
        : await dealt(table, run, page, sequence, context.now);
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

/** The page that comes after following the sources: the same again while there is more to follow. */
async function followed({ table, clock, sources }: Planning, run: RunHead, page: RunPage): Promise<RunPage> {
  const synced = await Promise.all(
    sourceNames.map(async (source) => {
      // Asked anew for each run: what others found of the source before does not count.
      const { feed } = sources[source]();
      return feed === undefined ? alwaysVouched : syncSource({ table, clock }, source, feed);
    }),
  );
  if (synced.some(({ kind }) => kind === 'more')) return page;
  const vouchedSince: VouchedSince = {};
  for (const [place, answer] of synced.entries()) {
    const source = sourceNames[place];
    if (source !== undefined && answer.kind === 'current') vouchedSince[source] = answer.since;
  }
  if (run.reach !== 'due') return { ...page, vouchedSince };
  const [policies, before] = await Promise.all([getPolicies(table), lastDaily(table)]);
  // Other policies decide otherwise; and what a source changed while we had lost our place was told to nobody.
  const lost = sourceNames.some((source) => (vouchedSince[source] ?? '') > (before?.vouchedSince[source] ?? ''));
  return { ...page, vouchedSince, everybody: lost || policiesInForce(policies, run.day) !== before?.policies };
}

/** A source that delivers files changes by a delivery only, which makes its enterprises due. */
const alwaysVouched = { kind: 'current', since: '1970-01-01T00:00:00.000Z' } as const;

async function dealt(table: Table, run: RunHead, page: RunPage, sequence: number, now: Date): Promise<Write[]> {
  const { runId, day, reach, startedAt } = run;
  const { vouchedSince = {} } = page;
  const room = chunkSize * chunksPerPage;
  const { usccs, kept, next } = await pageOfScope(table, run, page, room);
  const tasks: ChunkTask[] = [];
  for (let start = 0; start < usccs.length; start += chunkSize) {
    const chunk = page.chunk + tasks.length;
    tasks.push({ runId, chunk, usccs: usccs.slice(start, start + chunkSize), reach, day, startedAt, vouchedSince });
  }
  const chunks = page.chunk + tasks.length;
  // Whoever has dealt out the whole city has done what a daily run would have.
  const isCity = reach !== 'named' && run.scope.divisionCode === undefined && run.scope.parkId === undefined;
  const ends = next === undefined && isCity ? [await wentBy(table, day, vouchedSince)] : [];
  return [
    ...tasks.map((task) => chunkEvent(task, 1, now)),
    ...(kept === undefined ? [] : [keptResult(runId, sequence, kept)]),
    ...ends,
    next === undefined ? dealtOut(runId, chunks) : planEvent(sequence + 1, { ...page, chunk: chunks, ...next }, now),
  ];
}

/** What this run went by, for the next daily one; a source that was silent is followed from where it was. */
async function wentBy(table: Table, day: string, vouchedSince: VouchedSince): Promise<Write> {
  const [policies, before] = await Promise.all([getPolicies(table), lastDaily(table)]);
  return putDaily({
    policies: policiesInForce(policies, day),
    vouchedSince: { ...before?.vouchedSince, ...vouchedSince },
  });
}

type Dealt = {
  usccs: string[];
  /** Who was passed over and keeps what it has. */
  kept?: Tally;
  next?: { partition?: number; after?: string };
};

async function pageOfScope(table: Table, run: RunHead, page: RunPage, room: number): Promise<Dealt> {
  const { scope } = run;
  if (scope.usccs !== undefined) return { usccs: [...new Set(scope.usccs)] };
  if (scope.divisionCode !== undefined) return pageOfIndex(table, divisionIndex(scope.divisionCode), page, room);
  if (scope.parkId !== undefined) return pageOfIndex(table, parkIndex(scope.parkId), page, room);
  return pageOfCity(table, run, page, room);
}

async function pageOfIndex(table: Table, pk: string, { after }: RunPage, room: number): Promise<Dealt> {
  const { usccs, next } = await codesIn(table, pk, room, after);
  return next === undefined ? { usccs } : { usccs, next: { after: next } };
}

/**
 * The whole city: its partitions of the due one after the other, each in order of the code. A run that looks for what is
 * due reads their beginnings only; one over the city tells of the others what they have.
 */
async function pageOfCity(table: Table, run: RunHead, page: RunPage, room: number): Promise<Dealt> {
  const policies = await getPolicies(table);
  const beginning = run.reach === 'due' && page.everybody !== true;
  const since = sourceNames.map((source) => page.vouchedSince?.[source]);
  const silent = run.reach === 'place' && since.includes(undefined);
  const vouchedSince = silent
    ? undefined
    : (since
        .flatMap((one) => one ?? [])
        .toSorted()
        .at(-1) ?? '');
  const usccs: string[] = [];
  const kept: Tally = { ...nobody };
  let { partition = 0, after = '' } = page;
  for (; partition < duePartitions.length; partition += 1, after = '') {
    const found = await dueIn(table, duePartitions[partition] ?? '', beginning ? run.day : undefined);
    for (const [uscc, items] of found) {
      if (uscc <= after) continue;
      if (usccs.length === room) return { usccs, kept, next: { partition, after } };
      after = uscc;
      const outcome = vouchedSince === undefined ? undefined : keeps(items, policies, run.day, vouchedSince);
      if (outcome === undefined) usccs.push(uscc);
      else {
        kept[outcome] += 1;
        kept.unchanged += 1;
      }
    }
  }
  return { usccs, kept };
}

/** By code, everything that a partition holds of each enterprise; with `day` only what is due by then. */
async function dueIn(table: Table, pk: string, day: string | undefined): Promise<[string, DueItem[]][]> {
  const condition =
    day === undefined
      ? inPartition(pk)
      : // The character after the one that ends a day in a key.
        { expression: 'pk = :pk AND sk < :end', values: { ':pk': pk, ':end': `${day}$` } };
  const found = new Map<string, DueItem[]>();
  for await (const item of table.each({ condition }, dueAtOnce)) {
    const due = DueItem.parse(item);
    found.set(due.uscc, [...(found.get(due.uscc) ?? []), due]);
  }
  return [...found].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** The outcome that an enterprise keeps without being looked at; undefined where it has to be. */
function keeps(items: readonly DueItem[], policies: PolicyLine, day: string, vouchedSince: string): DueItem['outcome'] {
  const [only] = items;
  if (items.length > 1 || only === undefined || only.sk.startsWith(markPrefix)) return undefined;
  const { sk, outcome, policyVersion, divisionCode, confirmedAt = vouchedSince } = only;
  if (confirmedAt < vouchedSince) return undefined;
  if (sk < `${day}$` || outcome === undefined || divisionCode === undefined) return undefined;
  return policyVersion === versionFor(policies, day, divisionCode) ? outcome : undefined;
}
