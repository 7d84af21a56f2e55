import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import { type ChunkTask, nobody, type Tally } from '../contract/run-work.ts';
import { homeDivision } from '../domain.ts';
import type { PolicyBook } from '../policy-book.ts';
import { versionFor } from '../policy-line.ts';
import type { Head } from '../store/enterprise.ts';
import { sourceNames } from '../store/facts.ts';
import { chunkEvent, chunkResult } from '../store/run.ts';
import { type Context, type Deps } from './context.ts';
import { type Decided, type Deciding, decideEnterprise } from './decide-enterprise.ts';
import { type Heard, mayAsk, settles, stillStands } from './hear-sources.ts';
import { type Asking, hearEach, type OpenSources } from './hear-each.ts';
import { type ChunkFacts, readChunk } from './read-chunk.ts';

export type Screening = Pick<Deps, 'table' | 'vault'> & { book: PolicyBook; sources: OpenSources; clock: () => Date };

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
    given: ChunkTask,
    sequence: number,
    context: Context,
    { remainingMs }: Delivery,
  ): Promise<Outcome<undefined>> => {
    // One that comes late decides by the policy and the consent of the day on which it does.
    const today = todayOf(context.now);
    const task = { ...given, day: given.day > today ? given.day : today };
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

/** A transaction holds 4 MB at most; what is sealed is nearly all of it. */
const maxBatchBytes = 2_500_000;

function sizeOf({ writes }: Decided): number {
  const sealed = writes.map((write) => (write.kind === 'put' ? write.item['sealed'] : undefined));
  return sealed.reduce<number>((sum, text) => sum + (typeof text === 'string' ? text.length : 0), 0);
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
  let [steps, bytes] = [0, 0];
  const postponed: string[] = [];
  for (const head of facts.heads) {
    const said = heard.get(head.uscc);
    if (said === 'postponed') {
      postponed.push(head.uscc);
      continue;
    }
    const one = said === undefined ? asItIs(head, task) : await decide(deps, head, said, facts, task, context);
    const size = sizeOf(one);
    if (steps + one.writes.length > maxTransactionSteps || bytes + size > maxBatchBytes) {
      yield { decided, postponed: [] };
      decided = [];
      [steps, bytes] = [0, 0];
    }
    decided.push(one);
    steps += one.writes.length;
    bytes += size;
  }
  yield { decided, postponed };
}

async function decide(
  { book, vault, clock }: Screening,
  head: Head,
  heard: Heard,
  facts: ChunkFacts,
  { day, runId }: ChunkTask,
  context: Context,
): Promise<Decided> {
  const policy = await book.inForce(facts.policies, day, homeDivision(head));
  const deciding: Deciding = { policy, day, runId, vault };
  const marks = (facts.marks.get(head.uscc) ?? []).filter((mark) => settles(mark, head, heard));
  const settled = marks.map(({ key, markId }): Write => {
    // A mark made again meanwhile tells of something that was not asked about yet.
    return { kind: 'delete', key, condition: { expression: 'markId = :markId', values: { ':markId': markId } } };
  });
  return decideEnterprise(head, heard, deciding, { ...context, now: momentOf(head, clock()) }, settled);
}

/** Whether anything may have changed about an enterprise since it was decided on. */
function mustLook(head: Head, facts: ChunkFacts, { reach, day, following }: ChunkTask): boolean {
  const { screening, dueOn } = head;
  if (reach === 'named' || screening === undefined || dueOn <= day || facts.marks.has(head.uscc)) return true;
  if (screening.policyVersion !== versionFor(facts.policies, day, homeDivision(head))) return true;
  return sourceNames.some((source) => mayAsk(head, source, day) && !stillStands(head, source, following, day));
}

/** Nothing has changed about it, since before this run or since this run has looked at it: it keeps what it has. */
function asItIs({ uscc, screening }: Head, { runId }: ChunkTask): Decided {
  return { uscc, outcome: screening?.outcome ?? 'stale', unchanged: screening?.runId !== runId, writes: [] };
}

/**
 * When the decision is taken: now, and by no clock before the consent that it rests on or the decision that it follows.
 */
function momentOf({ consent, screening }: Head, now: Date): Date {
  const [since, last] = [Date.parse(consent?.since ?? ''), Date.parse(screening?.decidedAt ?? '') + 1];
  return new Date(Math.max(now.getTime(), ...[since, last].filter((time) => !Number.isNaN(time))));
}

function count(tally: Tally, decided: Decided): void {
  tally[decided.outcome] += 1;
  if (decided.unchanged) tally.unchanged += 1;
}
