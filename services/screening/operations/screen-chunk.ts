import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps } from '#packages/table';
import { homeDivision } from '../domain.ts';
import type { CreditFacts, IpFacts } from '../facts.ts';
import type { PolicyBook } from '../policy-book.ts';
import type { CompiledPolicy } from '../rules/engine.ts';
import type { SourceClient } from '../source.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import { getPolicies } from '../store/policy.ts';
import { type ChunkResult, chunkResult } from '../store/run.ts';
import { type Context, type Deps, gate, todayOf } from './context.ts';
import { type Decided, decideEnterprise, type Pulled, pullFacts } from './decide-enterprise.ts';

export type Sources = { credit: SourceClient<CreditFacts>; ip: SourceClient<IpFacts> };

/** Sources are asked about so many enterprises at once by one sandbox, however many chunks it works on side by side. */
const pullsAtOnce = 20;

/**
 * Pulls, decides and writes down a chunk of a run. A decision that stays as it was writes nothing. Killed anywhere and
 * started again, it comes to the same: what this run has already decided is recognised by the run's id.
 */
export function screenChunk({
  table,
  book,
  askSources,
}: Pick<Deps, 'table'> & { book: PolicyBook; askSources: () => Sources }) {
  const pullAll = puller(askSources);
  return async (
    chunk: { runId: string; chunk: number; usccs: string[] },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const result: ChunkResult = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };
    let { usccs } = chunk;
    await untilSettled(async () => {
      const today = todayOf(context.now);
      const [found, line] = await Promise.all([getHeads(table, usccs), getPolicies(table)]);
      const heads = [...found.values()];
      const policies = await Promise.all(heads.map((head) => book.inForce(line, today, homeDivision(head))));
      // An enterprise that moved is asked about again: its facts must have come under the consent that it has now.
      const pulled = await pullAll(heads, today);
      const moved: string[] = [];
      for (const batch of batches(heads, policies, pulled, chunk.runId, context)) {
        const writes = batch.flatMap((decided) => decided.writes);
        const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
        for (const decided of batch) {
          if (written === 'moved') moved.push(decided.uscc);
          else count(result, decided);
        }
      }
      usccs = moved;
      return moved.length === 0 ? 'settled' : 'moved';
    });

    const outcome = done(undefined);
    await commit(table, [chunkResult(chunk.runId, chunk.chunk, result)], context.receipt, outcome);
    return outcome;
  };
}

/**
 * Chunks that pull at the same time share the places and the clients, so that a source that is down costs them one
 * time-out together. Whoever comes when nobody pulls begins with fresh clients: a source that failed is asked anew.
 */
function puller(askSources: () => Sources) {
  const inPlace = gate(pullsAtOnce);
  let shared: { sources: Sources; chunks: number } | undefined;
  return async (heads: readonly Head[], today: string): Promise<Map<string, Pulled>> => {
    shared ??= { sources: askSources(), chunks: 0 };
    const mine = shared;
    mine.chunks += 1;
    try {
      const pulls = heads.map((head) => inPlace(() => pullFacts(mine.sources, head, today)));
      const facts = await Promise.all(pulls);
      return new Map(heads.flatMap((head, place) => (facts[place] === undefined ? [] : [[head.uscc, facts[place]]])));
    } finally {
      mine.chunks -= 1;
      if (mine.chunks === 0) shared = undefined;
    }
  };
}

/** Decisions on several enterprises go in one transaction while they fit. Each head has its policy at its place. */
function* batches(
  heads: readonly Head[],
  policies: readonly CompiledPolicy[],
  pulled: Map<string, Pulled>,
  runId: string,
  context: Context,
): Generator<Decided[]> {
  let batch: Decided[] = [];
  let steps = 0;
  for (const [place, head] of heads.entries()) {
    const [facts, policy] = [pulled.get(head.uscc), policies[place]];
    if (facts === undefined || policy === undefined) continue;
    const decided = decideEnterprise(head, facts, policy, runId, context);
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
