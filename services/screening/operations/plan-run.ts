import { commit } from '#packages/commit';
import { done, type Outcome } from '#packages/outcome';
import type { Table, Write } from '#packages/table';
import type { RunScope } from '../contract.ts';
import { cityIndex, codesIn, divisionIndex, parkIndex } from '../store/enterprise.ts';
import { chunkEvent, dealtOut, getRun, planEvent } from '../store/run.ts';
import type { Context, Deps } from './context.ts';

/** Enterprises per chunk: few enough that one is done well within a function's time, whatever the sources do. */
const chunkSize = 20;
/** Chunks dealt out per event: with its own continuation and receipt, they fit one transaction. */
const chunksPerPage = 40;

/** Deals out the next page of a run's scope as chunks, and itself on with the page after it. */
export function planRun({ table }: Pick<Deps, 'table'>) {
  return async (
    page: { runId: string; chunk: number; after?: string | undefined },
    sequence: number,
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const run = await getRun(table, page.runId);
    if (run === undefined) throw new Error(`run ${page.runId} is not there yet`);
    const { usccs, next } = await pageOfScope(table, run.scope, page.after);
    const writes: Write[] = [];
    for (let start = 0; start < usccs.length; start += chunkSize) {
      const chunk = page.chunk + writes.length;
      writes.push(chunkEvent(page.runId, chunk, usccs.slice(start, start + chunkSize), context.now));
    }
    const chunks = page.chunk + writes.length;
    writes.push(
      next === undefined
        ? dealtOut(page.runId, chunks)
        : planEvent(page.runId, sequence + 1, { chunk: chunks, after: next }, context.now),
    );
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

async function pageOfScope(
  table: Table,
  scope: RunScope,
  after: string | undefined,
): Promise<{ usccs: string[]; next?: string }> {
  if (scope.usccs !== undefined) return { usccs: [...new Set(scope.usccs)] };
  const pk =
    scope.divisionCode !== undefined
      ? divisionIndex(scope.divisionCode)
      : scope.parkId !== undefined
        ? parkIndex(scope.parkId)
        : cityIndex;
  return codesIn(table, pk, chunkSize * chunksPerPage, after);
}
