import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps } from '#packages/table';
import type { CreditFacts, IpFacts } from '../facts.ts';
import type { SourceClient } from '../source.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import { type ChunkResult, chunkResult } from '../store/run.ts';
import { type Context, type Deps, eachOf, todayOf } from './context.ts';
import { type Decided, decideEnterprise, type Pulled, pullFacts } from './decide-enterprise.ts';

export type Sources = { credit: SourceClient<CreditFacts>; ip: SourceClient<IpFacts> };

/** Sources are asked about so many enterprises at once. */
const pullsAtOnce = 10;

/**
 * Pulls, decides and writes down a chunk of a run. A decision that stays as it was writes nothing. Killed anywhere and
 * started again, it comes to the same: what this run has already decided is recognised by the run's id.
 */
export function screenChunk({ table, askSources }: Pick<Deps, 'table'> & { askSources: () => Sources }) {
  return async (
    chunk: { runId: string; chunk: number; usccs: string[] },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const today = todayOf(context.now);
    let heads = await getHeads(table, chunk.usccs);
    const pulled = new Map<string, Pulled>();
    // Clients of the chunk's own: a source that failed one chunk is asked anew by the next.
    const sources = askSources();
    await eachOf([...heads.values()], pullsAtOnce, async (head) => {
      pulled.set(head.uscc, await pullFacts(sources, head, today));
    });

    const result: ChunkResult = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };
    await untilSettled(async () => {
      const moved: string[] = [];
      for (const batch of batches([...heads.values()], pulled, chunk.runId, context)) {
        const writes = batch.flatMap((decided) => decided.writes);
        const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
        for (const decided of batch) {
          if (written === 'moved') moved.push(decided.uscc);
          else count(result, decided);
        }
      }
      if (moved.length === 0) return 'settled';
      heads = await getHeads(table, moved);
      return 'moved';
    });

    const outcome = done(undefined);
    await commit(table, [chunkResult(chunk.runId, chunk.chunk, result)], context.receipt, outcome);
    return outcome;
  };
}

/** Decisions on several enterprises go in one transaction while they fit. */
function* batches(heads: Head[], pulled: Map<string, Pulled>, runId: string, context: Context): Generator<Decided[]> {
  let batch: Decided[] = [];
  let steps = 0;
  for (const head of heads) {
    const facts = pulled.get(head.uscc);
    if (facts === undefined) continue;
    const decided = decideEnterprise(head, facts, runId, context);
    if (steps + decided.writes.length > maxTransactionSteps) {
      yield batch;
      batch = [];
      steps = 0;
    }
    batch.push(decided);
    steps += decided.writes.length;
  }
  if (batch.length > 0) yield batch;
}

function count(result: ChunkResult, decided: Decided): void {
  result[decided.outcome] += 1;
  if (decided.unchanged) result.unchanged += 1;
}
