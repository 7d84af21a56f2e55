import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps } from '#packages/table';
import { type CreditFacts, type IpFacts, sources as sourceTable } from '../facts.ts';
import { defaultPolicy } from '../policy.ts';
import { compile } from '../rules/engine.ts';
import type { SourceClient } from '../source.ts';
import { getHeads, type Head } from '../store/enterprise.ts';
import { type ChunkResult, chunkResult } from '../store/run.ts';
import { type Context, type Deps, gate, todayOf } from './context.ts';
import { type Decided, type Deciding, decideEnterprise } from './decide-enterprise.ts';
import { type Heard, mayAsk, saidNow } from './hear-sources.ts';

const policy = compile(defaultPolicy);

export type Sources = { credit: SourceClient<CreditFacts>; ip: SourceClient<IpFacts> };

/** Sources are asked about so many enterprises at once by one sandbox, however many chunks it works on side by side. */
const pullsAtOnce = 20;

/**
 * Pulls, decides and writes down a chunk of a run. A decision that stays as it was writes nothing. Killed anywhere and
 * started again, it comes to the same: what this run has already decided is recognised by the run's id.
 */
export function screenChunk({
  table,
  vault,
  askSources,
}: Pick<Deps, 'table' | 'vault'> & { askSources: () => Sources }) {
  const pullAll = puller(askSources);
  return async (
    chunk: { runId: string; chunk: number; usccs: string[] },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const result: ChunkResult = { pass: 0, review: 0, exclude: 0, stale: 0, unchanged: 0 };
    let { usccs } = chunk;
    await untilSettled(async () => {
      const heads = await getHeads(table, usccs);
      // An enterprise that moved is asked about again: its facts must have come under the consent that it has now.
      const pulled = await pullAll([...heads.values()], todayOf(context.now));
      const moved: string[] = [];
      const deciding = { policy, day: todayOf(context.now), runId: chunk.runId, vault };
      for await (const batch of batches([...heads.values()], pulled, deciding, context)) {
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
  return async (heads: readonly Head[], today: string): Promise<Map<string, Heard>> => {
    shared ??= { sources: askSources(), chunks: 0 };
    const mine = shared;
    mine.chunks += 1;
    try {
      const pulls = heads.map((head) => inPlace(() => hear(mine.sources, head, today)));
      const facts = await Promise.all(pulls);
      return new Map(heads.flatMap((head, place) => (facts[place] === undefined ? [] : [[head.uscc, facts[place]]])));
    } finally {
      mine.chunks -= 1;
      if (mine.chunks === 0) shared = undefined;
    }
  };
}

/** Asks each source that a live consent lets us ask. */
async function hear(sources: Sources, head: Head, day: string): Promise<Heard> {
  const ask = async <Data>(source: (typeof sourceTable)['credit' | 'ip'], client: SourceClient<Data>) => {
    const answer = mayAsk(head, source, day) ? await client.pull(head.uscc) : ({ kind: 'no-consent' } as const);
    return saidNow(head, source.name, answer, undefined);
  };
  const [credit, ip] = await Promise.all([ask(sourceTable.credit, sources.credit), ask(sourceTable.ip, sources.ip)]);
  return { credit, ip };
}

/** Decisions on several enterprises go in one transaction while they fit. */
async function* batches(
  heads: Head[],
  pulled: Map<string, Heard>,
  deciding: Deciding,
  context: Context,
): AsyncGenerator<Decided[]> {
  let batch: Decided[] = [];
  let steps = 0;
  for (const head of heads) {
    const facts = pulled.get(head.uscc);
    if (facts === undefined) continue;
    const decided = await decideEnterprise(head, facts, deciding, context);
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
