import type { Item, Table } from '#packages/table';
import type { ChunkTask } from '../contract/run-work.ts';
import { type CreditFacts, type IpFacts, sources as specs } from '../facts.ts';
import type { OpenedSource } from '../sources/open.ts';
import { type BreakerMemory, BreakerState } from '../sources/breaker.ts';
import type { Head } from '../store/enterprise.ts';
import { type BelievedAnswer, type SourceName, sourceNames, type SourceSpec } from '../store/facts.ts';
import { putBreaker } from '../store/source.ts';
import { type Deps, gate } from './context.ts';
import {
  type Heard,
  isFollowed,
  mayAsk,
  type Said,
  saidAgain,
  saidBefore,
  saidNow,
  stillStands,
} from './hear-sources.ts';
import type { ChunkFacts } from './read-chunk.ts';
import { type KeptItems, openKept, readKept } from './stored-facts.ts';

/** Both sources, begun anew for each piece of work from what is stored of them. */
export type OpenSources = {
  credit: (memory?: BreakerMemory) => OpenedSource<CreditFacts>;
  ip: (memory?: BreakerMemory) => OpenedSource<IpFacts>;
};

type Opened = { credit: OpenedSource<CreditFacts>; ip: OpenedSource<IpFacts> };

/** Asks about some enterprises whatever has to be asked. Whom there was no time for is `postponed`. */
export type Asking = (
  heads: readonly Head[],
  facts: ChunkFacts,
  task: ChunkTask,
  deadline: Date,
) => Promise<Map<string, Heard | 'postponed'>>;

/** What is known of one source before it is asked. */
type Known<Data> = {
  ref: Head['facts'][SourceName];
  stored: BelievedAnswer<Data> | undefined;
  line: string | undefined;
  deadline: Date;
};

/** Sources are asked about so many enterprises at once by one sandbox, however many chunks it works on side by side. */
const pullsAtOnce = 20;

/**
 * Chunks of one run that ask at the same time share the places and the sources, so that a source that is down costs them
 * one time-out together; what they find out about it is stored for all other workers.
 */
export function hearEach({ table, vault, sources }: Pick<Deps, 'table' | 'vault'> & { sources: OpenSources }): Asking {
  const inPlace = gate(pullsAtOnce);
  const shared = new Map<string, { opened: Opened; chunks: number }>();

  return async (heads, facts, task, deadline) => {
    const mine = shared.get(task.runId) ?? { opened: open(sources, facts, task), chunks: 0 };
    shared.set(task.runId, mine);
    mine.chunks += 1;
    try {
      // To stand for asking, or for a source that says "not modified".
      const kept = await readKept(table, heads);
      const said = await Promise.all(
        heads.map((head) => inPlace(() => hear(mine.opened, head, kept, facts, task, deadline))),
      );
      await Promise.all(sourceNames.map((source) => remember(table, source, mine.opened[source])));
      return new Map(heads.flatMap((head, place) => (said[place] === undefined ? [] : [[head.uscc, said[place]]])));
    } finally {
      mine.chunks -= 1;
      if (mine.chunks === 0) shared.delete(task.runId);
    }
  };

  async function hear(
    opened: Opened,
    head: Head,
    kept: KeptItems,
    facts: ChunkFacts,
    task: ChunkTask,
    deadline: Date,
  ): Promise<Heard | 'postponed'> {
    const one = <Data>(spec: SourceSpec<Data>, source: OpenedSource<Data>) =>
      hearOne(spec, source, head, kept, facts, task, deadline);
    const [credit, ip] = await Promise.all([one(specs.credit, opened.credit), one(specs.ip, opened.ip)]);
    return credit === 'postponed' || ip === 'postponed' ? 'postponed' : { credit, ip };
  }

  async function hearOne<Data>(
    spec: SourceSpec<Data>,
    { client }: OpenedSource<Data>,
    head: Head,
    kept: KeptItems,
    { marks }: ChunkFacts,
    { day, reach, following }: ChunkTask,
    deadline: Date,
  ): Promise<Said<Data> | 'postponed'> {
    if (!mayAsk(head, spec.name, day)) return { answer: { kind: 'no-consent' } };
    const ref = head.facts[spec.name];
    const stored = await openKept({ vault }, head, spec, kept);
    const marked = marks.get(head.uscc)?.some(({ source }) => source === spec.name) === true;
    const stands = reach !== 'named' && !marked && stillStands(head, spec.name, following, day);
    if (stands && ref !== undefined && stored !== undefined) return saidBefore(ref, stored);
    const line = following[spec.name];
    const said = await ask(client, head, spec.name, { ref, stored, line, deadline });
    // What was kept was not vouched for: that it is now has to be written down.
    return said === 'postponed' ? said : { ...said, renews: line !== undefined && !isFollowed(ref, line) };
  }

  async function ask<Data>(
    client: OpenedSource<Data>['client'],
    head: Head,
    source: SourceName,
    { ref, stored, line, deadline }: Known<Data>,
  ): Promise<Said<Data> | 'postponed'> {
    // A source that delivers files answers with what is stored, as of the last file that confirmed it.
    const known = stored && ref && { ...stored, fetchedAt: ref.confirmedAt };
    // Without what it was said of, "not modified" would tell nothing.
    const etag = stored === undefined ? undefined : ref?.etag;
    const pulled = await client.pull(head.uscc, { deadline, etag, stored: known });
    switch (pulled.kind) {
      case 'postponed':
        return 'postponed';
      case 'not-modified':
        if (ref === undefined || stored === undefined) throw new Error('not modified since nothing');
        return saidAgain(ref, stored, pulled.checkedAt, line);
      case 'answered': {
        const { answer } = pulled;
        // Cut off by our own time and not by the source's: that says nothing of it.
        if (answer.kind === 'unavailable' && answer.reason === 'deadline') return 'postponed';
        return saidNow(head, source, answer, { etag: pulled.etag, following: line, isKept: stored !== undefined });
      }
    }
  }
}

function open(sources: OpenSources, { breakers }: ChunkFacts, { startedAt }: ChunkTask): Opened {
  const memory = (source: SourceName) => memoryOf(breakers.get(source), startedAt);
  return { credit: sources.credit(memory('credit')), ip: sources.ip(memory('ip')) };
}

/** What was found of a source before, as its item keeps it; work that a run began asks anew. */
export function memoryOf(item: Item | undefined, startedAt: string): BreakerMemory {
  const { pk: _pk, sk: _sk, ...state } = item ?? {};
  const stored = BreakerState.safeParse(state).data;
  return { askedAt: startedAt, ...(stored !== undefined && { stored }) };
}

/** A source that went down, or is back, is told to all workers. What two find out at once is the same. */
export async function remember(
  table: Table,
  source: SourceName,
  { breaker }: Pick<OpenedSource<unknown>, 'breaker'>,
): Promise<void> {
  const state = breaker?.transition();
  if (state !== undefined) await table.transact([putBreaker(source, state)]);
}
