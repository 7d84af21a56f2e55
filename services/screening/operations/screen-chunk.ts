import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import { type ChunkTask, nobody, type Tally } from '../contract/run-work.ts';
import { homeDivision } from '../domain.ts';
import type { PolicyBook } from '../policy-book.ts';
import { versionFor } from '../policy-line.ts';
import type { Head } from '../store/enterprise.ts';
import { sourceNames } from '../store/facts.ts';
import { readPolicies } from '../store/policy.ts';
import { chunkEvent, chunkResult } from '../store/run.ts';
import type { Context, Deps } from './context.ts';
import { type Decided, type Deciding, decideEnterprise } from './decide-enterprise.ts';
import { type Heard, mayAsk, stillStands } from './hear-sources.ts';
import { type Asking, hearEach, type OpenSources } from './hear-each.ts';
import { type ChunkFacts, readChunk } from './read-chunk.ts';

export type Screening = Pick<Deps, 'table' | 'vault'> & { book: PolicyBook; sources: OpenSources };

/** How a delivery knows how long it may work. */
export type Delivery = { remainingMs: () => number };

/** So much time is kept for writing down what the sources have said. */
const reserveMs = 3_000;

/**
 * Asks, decides and writes down a chunk of a run. A decision that stays as it was writes nothing. Killed anywhere and
 * started again, it comes to the same: what this run has already decided is recognised by the run's id. Whom there was
 * no time to ask about goes back in line under the chunk's next event.
 */
export function screenChunk(deps: Screening) {
  const { table } = deps;
  const asking = hearEach(deps);
  return async (
    task: ChunkTask,
    sequence: number,
    context: Context,
    { remainingMs }: Delivery,
  ): Promise<Outcome<undefined>> => {
    const deadline = new Date(context.now.getTime() + Math.max(0, remainingMs() - reserveMs));
    const tally: Tally = { ...(task.soFar ?? nobody) };
    const postponed: string[] = [];
    let { usccs } = task;
    await untilSettled(async () => {
      const moved: string[] = [];
      // An enterprise that moved is asked about again: its facts must have come under the consent that it has now.
      for await (const batch of batches(deps, asking, task, usccs, deadline, context)) {
        postponed.push(...batch.postponed);
        const writes = batch.decided.flatMap((decided) => decided.writes);
        const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
        for (const decided of batch.decided) {
          if (written === 'moved') moved.push(decided.uscc);
          else count(tally, decided);
        }
      }
      usccs = moved;
      return moved.length === 0 ? 'settled' : 'moved';
    });

    const outcome = done(undefined);
    const result =
      postponed.length === 0
        ? chunkResult(task.runId, task.chunk, tally)
        : chunkEvent({ ...task, usccs: postponed, soFar: tally }, sequence + 1, context.now);
    await commit(table, [result], context.receipt, outcome);
    return outcome;
  };
}

type Batch = { decided: Decided[]; postponed: string[] };

/** Decisions on several enterprises go in one transaction while they fit. */
async function* batches(
  deps: Screening,
  asking: Asking,
  task: ChunkTask,
  usccs: readonly string[],
  deadline: Date,
  context: Context,
): AsyncGenerator<Batch> {
  const facts = await readChunk(deps.table, usccs);
  const lookedAt = facts.heads.filter((head) => mustLook(head, facts, task));
  const heard = await asking(lookedAt, facts, task, deadline);
  let decided: Decided[] = [];
  let steps = 0;
  const postponed: string[] = [];
  for (const head of facts.heads) {
    const said = heard.get(head.uscc);
    if (said === 'postponed') {
      postponed.push(head.uscc);
      continue;
    }
    const one = said === undefined ? asItIs(head) : await decide(deps, head, said, facts, task, context);
    if (steps + one.writes.length > maxTransactionSteps) {
      yield { decided, postponed: [] };
      decided = [];
      steps = 0;
    }
    decided.push(one);
    steps += one.writes.length;
  }
  yield { decided, postponed };
}

async function decide(
  { book, vault }: Screening,
  head: Head,
  heard: Heard,
  facts: ChunkFacts,
  { day, runId }: ChunkTask,
  context: Context,
): Promise<Decided> {
  const policy = await book.inForce(readPolicies(facts.policies), day, homeDivision(head));
  const deciding: Deciding = { policy, day, runId, vault };
  const settled = (facts.marks.get(head.uscc) ?? []).map(({ key, recordId }): Write => ({
    kind: 'delete',
    key,
    // A mark made again meanwhile tells of something that was not asked about yet.
    condition: { expression: 'recordId = :recordId', values: { ':recordId': recordId } },
  }));
  return decideEnterprise(head, heard, deciding, context, settled);
}

/** Whether anything may have changed about an enterprise since it was decided on. */
function mustLook(head: Head, facts: ChunkFacts, { reach, day, vouchedSince }: ChunkTask): boolean {
  const { screening, dueOn } = head;
  if (reach === 'named' || screening === undefined || dueOn <= day || facts.marks.has(head.uscc)) return true;
  if (screening.policyVersion !== versionFor(readPolicies(facts.policies), day, homeDivision(head))) return true;
  return sourceNames.some((source) => mayAsk(head, source, day) && !stillStands(head, source, vouchedSince, day));
}

/** Nothing has changed about it: it keeps what it has. */
function asItIs({ uscc, screening }: Head): Decided {
  return { uscc, outcome: screening?.outcome ?? 'stale', unchanged: true, writes: [] };
}

function count(tally: Tally, decided: Decided): void {
  tally[decided.outcome] += 1;
  if (decided.unchanged) tally.unchanged += 1;
}
