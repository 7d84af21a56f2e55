import { defaultSourceLimits, type SourceLimits, type SourceWorld } from './ask.ts';
import { type Breaker, type BreakerMemory, createBreaker } from './breaker.ts';
import { createBudget } from './budget.ts';
import { createSourceClient, type SourceClient, type SourceDefinition } from './client.ts';
import { createFeed, type Feed } from './feed.ts';
import { filePull } from './file.ts';

/** How a deployment reaches a source. */
export type SourceSettings = {
  /** Its base address, or `file` where it grants no interface and delivers files. */
  address: string;
  /** This process's share of what the source allows. */
  requestsPerSecond: number;
  breakerOpenSeconds: number;
};

/** A source at work. One that delivers files has no feed and cannot be down. */
export type OpenedSource<Data> = { client: SourceClient<Data>; feed?: Feed; breaker?: Breaker };

/** Failures in a row that open the breaker. */
const breakerFailures = 3;
/** Turns that may be saved up, in seconds of the rate: a pause of ours is made up for, no crowd is let loose. */
const burstSeconds = 0.1;
/** Deliveries come monthly; one that is late by more than a few days no longer speaks for today. */
const deliveryMaxAgeDays = 35;

/**
 * Makes a source of its definition and the deployment's settings. The budget lives as long as the process; client,
 * feed and breaker are begun anew for each piece of work, from what is stored of the breaker.
 */
export function openSource<Data>(
  definition: Omit<SourceDefinition<Data>, 'baseUrl'>,
  settings: SourceSettings,
  world: SourceWorld,
  limits: SourceLimits = defaultSourceLimits,
): (memory?: BreakerMemory) => OpenedSource<Data> {
  const { address, requestsPerSecond } = settings;
  if (address === 'file') return () => ({ client: fileClient(world) });
  const source = { ...definition, baseUrl: address };
  const budget = createBudget({ requestsPerSecond, burst: Math.ceil(requestsPerSecond * burstSeconds) }, world);
  const breakerLimits = { failures: breakerFailures, openMs: settings.breakerOpenSeconds * 1_000 };
  return (memory) => {
    const breaker = createBreaker(breakerLimits, world.now, memory);
    const means = { world, limits, breaker, budget };
    return { client: createSourceClient(source, means), feed: createFeed(source, means), breaker };
  };
}

function fileClient<Data>({ now }: SourceWorld): SourceClient<Data> {
  return {
    async pull(_uscc, { stored } = {}) {
      return { kind: 'answered', answer: filePull(stored, now(), deliveryMaxAgeDays) };
    },
  };
}
