import { commit } from '#packages/commit';
import { done, type Outcome } from '#packages/outcome';
import { inPartition, type Table, type Write } from '#packages/table';
import { type ChunkTask, nobody, type Following, type RunPage, type Tally } from '../contract/run-work.ts';
import { type PolicyLine, versionFor } from '../policy-line.ts';
import { DueItem, duePartitions, markPrefix } from '../store/due.ts';
import { codesIn, divisionIndex, parkIndex } from '../store/enterprise.ts';
import { sourceNames } from '../store/facts.ts';
import { getPolicies } from '../store/policy.ts';
import { chunkEvent, dealtOut, getRun, keptResult, planEvent, type RunHead } from '../store/run.ts';
import type { Context, Deps } from './context.ts';
import type { OpenSources } from './hear-each.ts';
import { followSources, wentBy } from './follow-sources.ts';
import type { Delivery } from './screen-chunk.ts';

/** Enterprises per chunk: few enough that one is done well within a function's time, whatever the sources do. */
const chunkSize = 20;
/** Chunks dealt out per event: with its own continuation and receipt, they fit one transaction. */
const chunksPerPage = 40;
/** So much time is kept for writing down what the sources have told. */
const reserveMs = 3_000;
/** As many of the due as one answer of the store holds. */
const dueAtOnce = 5_000;

type Planning = Pick<Deps, 'table'> & { clock: () => Date; sources: OpenSources };

/** Follows the sources, then deals out the run's scope page by page: each delivery does one step and hands on the next. */
export function planRun(deps: Planning) {
  const { table } = deps;
  return async (
    page: RunPage,
    sequence: number,
    context: Context,
    { remainingMs }: Delivery,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const run = await getRun(table, page.runId);
    if (run === undefined) throw new Error(`run ${page.runId} is not there yet`);
    const deadline = new Date(context.now.getTime() + Math.max(0, remainingMs() - reserveMs));
    const writes =
      page.following === undefined
        ? [planEvent(sequence + 1, await followSources(deps, run, page, deadline), context.now)]
        : await dealt(table, run, page, sequence, context.now);
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

async function dealt(table: Table, run: RunHead, page: RunPage, sequence: number, now: Date): Promise<Write[]> {
  const { runId, day, reach, startedAt, scope } = run;
  const { following = {} } = page;
  const room = chunkSize * chunksPerPage;
  const { usccs, kept, next } = await pageOfScope(table, run, page, room);
  const tasks: ChunkTask[] = [];
  for (let start = 0; start < usccs.length; start += chunkSize) {
    const chunk = page.chunk + tasks.length;
    tasks.push({ runId, chunk, usccs: usccs.slice(start, start + chunkSize), reach, day, startedAt, following });
  }
  const chunks = page.chunk + tasks.length;
  // Whoever has dealt out the whole city has done what a daily run would have.
  const isCity = reach !== 'named' && scope.divisionCode === undefined && scope.parkId === undefined;
  return [
    ...tasks.map((task) => chunkEvent(task, 1, now)),
    ...(kept === undefined ? [] : [keptResult(runId, sequence, kept)]),
    ...(next === undefined && isCity ? [await wentBy(table, page)] : []),
    next === undefined ? dealtOut(runId, chunks) : planEvent(sequence + 1, { ...page, chunk: chunks, ...next }, now),
  ];
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
  const { following = {} } = page;
  const beginning = run.reach === 'due' && page.everybody !== true;
  // A source that tells nothing today vouches for nobody: who is looked at in a place is asked about.
  const silent = run.reach === 'place' && sourceNames.some((source) => following[source] === undefined);
  const usccs: string[] = [];
  const kept: Tally = { ...nobody };
  let { partition = 0, after = '' } = page;
  for (let read = 0; partition < duePartitions.length; partition += 1, after = '') {
    // A page ends with a partition where it has read enough, though nobody in it had to be dealt out.
    if (read >= dueAtOnce) return { usccs, kept, next: { partition, after: '' } };
    const found = await dueIn(table, duePartitions[partition] ?? '', beginning ? run.day : undefined);
    read += found.length;
    for (const [uscc, items] of found) {
      if (uscc <= after) continue;
      if (usccs.length === room) return { usccs, kept, next: { partition, after } };
      after = uscc;
      const outcome = silent ? undefined : keeps(items, policies, run.day, following);
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
function keeps(items: readonly DueItem[], policies: PolicyLine, day: string, following: Following): DueItem['outcome'] {
  const [only] = items;
  if (items.length > 1 || only === undefined || only.sk.startsWith(markPrefix)) return undefined;
  const { sk, outcome, policyVersion, divisionCode, following: confirmed = {} } = only;
  const broken = sourceNames.some((source) => isBroken(confirmed[source], following[source]));
  if (broken) return undefined;
  if (sk < `${day}$` || outcome === undefined || divisionCode === undefined) return undefined;
  return policyVersion === versionFor(policies, day, divisionCode) ? outcome : undefined;
}

/** Whether what is kept of a source was confirmed in another following of it than the one of today, if there is one. */
function isBroken(confirmed: string | undefined, following: string | undefined): boolean {
  return confirmed !== undefined && following !== undefined && confirmed !== following;
}
