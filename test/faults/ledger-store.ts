import type { Item, Key, Page, Query, Write, Written } from '../../packages/table.ts';
import type { LedgerTable } from '../../services/fund/ledger/read.ts';

/**
 * What DynamoDB documents of the few calls that the ledger makes, in memory, for the simulator only: puts where nothing
 * was, checks that nothing is, transactions of both, queries of a range, reads that may be stale. Every call is a step
 * of the scheduler, which decides whose turn it is and what goes wrong.
 */

export type Faults = {
  /** Of every call. */
  crashBefore: number;
  crashAfter: number;
  failBefore: number;
  throttle: number;
  /** Of transactions. */
  conflict: number;
  lostAnswer: number;
  /** Of reads that need not be consistent, or of all of them. */
  stale: number;
  staleEverywhere: boolean;
};

export const noFaults: Faults = {
  crashBefore: 0,
  crashAfter: 0,
  failBefore: 0,
  throttle: 0,
  conflict: 0,
  lostAnswer: 0,
  stale: 0,
  staleEverywhere: false,
};

/** How many writes a stale read may lag behind. */
const longestLag = 12;

type Stored = { item: Item; version: number };
export type Counts = Record<
  'steps' | 'crashes' | 'conflicts' | 'throttles' | 'failures' | 'lostAnswers' | 'staleReads' | 'refused',
  number
>;

export type Simulation = {
  random: () => number;
  faults: Faults;
  counts: Counts;
  /** Milliseconds of virtual time. */
  now: number;
  partitions: Map<string, Map<string, Stored>>;
  version: number;
  /** Calls that wait for their turn. */
  waiting: (() => void)[];
};

export function newSimulation(seed: number, faults: Faults): Simulation {
  const counts = {
    steps: 0,
    crashes: 0,
    conflicts: 0,
    throttles: 0,
    failures: 0,
    lostAnswers: 0,
    staleReads: 0,
    refused: 0,
  };
  const now = Date.parse('2026-11-27T00:00:00.000Z');
  return { random: numbers(seed), faults, counts, now, partitions: new Map(), version: 0, waiting: [] };
}

/** Mulberry32. */
export function numbers(seed: number): () => number {
  let state = Math.imul(seed, 2_654_435_761) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A process that uses the store: once dead, none of its calls comes back. */
export type Process = { dead: boolean; onDeath: () => void };

/** Waits for the scheduler; what it then does, it does at one moment. */
export function step<T>(world: Simulation, process: Process, act: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    world.waiting.push(() => {
      if (process.dead) return;
      try {
        const result = act();
        if (!process.dead) resolve(result);
      } catch (error) {
        reject(error);
      }
    });
  });
}

function die(world: Simulation, process: Process): void {
  process.dead = true;
  world.counts.crashes += 1;
  process.onDeath();
}

function fault(name: string, message = name): Error {
  const error = new Error(message);
  error.name = name;
  return error;
}

/** The store as one process sees it. */
export function storeOf(world: Simulation, process: Process): LedgerTable {
  const { faults, counts } = world;
  const chance = (probability: number) => probability > 0 && world.random() < probability;

  function call<T>(act: () => T): Promise<T> {
    return step(world, process, () => {
      if (chance(faults.crashBefore)) return die(world, process) as T;
      if (chance(faults.throttle)) {
        counts.throttles += 1;
        throw fault('ProvisionedThroughputExceededException');
      }
      if (chance(faults.failBefore)) {
        counts.failures += 1;
        throw fault('InternalServerError');
      }
      const result = act();
      if (chance(faults.crashAfter)) die(world, process);
      return result;
    });
  }

  function versionRead(consistent: boolean): number {
    if ((consistent && !faults.staleEverywhere) || !chance(faults.stale)) return world.version;
    counts.staleReads += 1;
    return Math.max(0, world.version - 1 - Math.floor(world.random() * longestLag));
  }

  return {
    getMany: (keys, consistent) =>
      call(() => {
        const version = versionRead(consistent !== false);
        return keys.flatMap((key) => {
          const stored = world.partitions.get(key.pk)?.get(key.sk);
          return stored !== undefined && stored.version <= version ? [stored.item] : [];
        });
      }),
    page: (query, limit, start) => {
      if (start !== undefined) throw new Error('the simulator knows no second page');
      return call((): Page => {
        const version = versionRead(query.consistent !== false);
        const [from, to] = rangeOf(query);
        const partition = world.partitions.get(String(query.condition.values?.[':pk'])) ?? new Map<string, Stored>();
        const keys = [...partition.keys()].filter((sk) => sk >= from && sk <= to).toSorted();
        if (query.newestFirst === true) keys.reverse();
        const items = keys.flatMap((sk) => {
          const stored = partition.get(sk);
          return stored !== undefined && stored.version <= version ? [stored.item] : [];
        });
        return { items: items.slice(0, limit) };
      });
    },
    transact: (writes) =>
      call((): Written => {
        if (chance(faults.conflict)) {
          counts.conflicts += 1;
          throw fault('TransactionCanceledException', 'TransactionConflict');
        }
        const written = apply(world, writes);
        if (written.kind === 'refused') counts.refused += 1;
        if (!chance(faults.lostAnswer)) return written;
        counts.lostAnswers += 1;
        // Either whoever sent it hears of a broken connection, or something on the way sends it again.
        if (world.random() < 0.5) throw Object.assign(fault('Error', 'socket hang up'), { code: 'ECONNRESET' });
        return apply(world, writes);
      }),
  };
}

function rangeOf({ condition }: Query): [string, string] {
  if (condition.expression === 'pk = :pk') return ['', '\uffff'];
  if (condition.expression !== 'pk = :pk AND sk BETWEEN :from AND :to') throw new Error(condition.expression);
  return [String(condition.values?.[':from']), String(condition.values?.[':to'])];
}

function keyOf(write: Write): Key {
  return write.kind === 'put' ? write.item : write.key;
}

/** All or nothing. The only condition that the ledger has is that there is no such item. */
export function apply(world: Simulation, writes: readonly Write[]): Written {
  const names = writes.map((write) => `${keyOf(write).pk} ${keyOf(write).sk}`);
  if (writes.length > 100 || new Set(names).size !== names.length) throw fault('ValidationException');
  const steps = writes.flatMap((write, place) => {
    if (write.kind !== 'put' && write.kind !== 'check') throw new Error(`the ledger never does a ${write.kind}`);
    if (write.condition === undefined) return [];
    if (write.condition.expression !== 'attribute_not_exists(pk)') throw new Error(write.condition.expression);
    const { pk, sk } = keyOf(write);
    return world.partitions.get(pk)?.has(sk) === true ? [place] : [];
  });
  if (steps.length > 0) return { kind: 'refused', steps };
  world.version += 1;
  for (const write of writes) {
    if (write.kind !== 'put') continue;
    const partition = world.partitions.get(write.item.pk) ?? new Map<string, Stored>();
    world.partitions.set(write.item.pk, partition);
    // Nobody changes an item that he has put or read.
    partition.set(write.item.sk, { item: write.item, version: world.version });
  }
  return { kind: 'written' };
}

/** Lets waiting calls go, one at a time and any of them next, until nobody waits. */
export async function runAll(world: Simulation, mostSteps = 3_000): Promise<void> {
  for (;;) {
    // All that follows from the last step without the store happens now.
    await new Promise((resolve) => setImmediate(resolve));
    if (world.waiting.length === 0) return;
    world.counts.steps += 1;
    if (world.counts.steps > mostSteps) throw new Error('the simulation does not end');
    world.now += Math.floor(world.random() * 40);
    const [next] = world.waiting.splice(Math.floor(world.random() * world.waiting.length), 1);
    next?.();
  }
}
