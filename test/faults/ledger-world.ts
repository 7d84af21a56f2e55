import type { Answer, Command } from '../../services/fund/ledger/command.ts';
import { type Ledger, post } from '../../services/fund/ledger/post.ts';
import type { Item } from '../../packages/table.ts';
import { auditFund } from './ledger-audit.ts';
import {
  type Counts,
  type Faults,
  newSimulation,
  noFaults,
  type Process,
  runAll,
  type Simulation,
  step,
  storeOf,
} from './ledger-store.ts';
import { type Letter, storyOf } from './ledger-story.ts';

/**
 * A seed's world: a fund or two, queues of letters that come twice, late and out of order, consumers that die and that
 * overlap, clocks that disagree. In the end everything is delivered once more without faults, and then audited.
 */

export type Said = { command: Command; answer: Answer };
/** A change to the algorithm that must be noticed. */
export type Mutant = (run: typeof post) => typeof post;

const faults: Faults = {
  crashBefore: 0.01,
  crashAfter: 0.01,
  failBefore: 0.02,
  throttle: 0.03,
  conflict: 0.06,
  lostAnswer: 0.04,
  stale: 0.3,
  staleEverywhere: false,
};

const hour = 3_600_000;
const twiceAtOnce = 0.1;
const hoursLater = 0.15;

type Queue = { fundId: string; letters: Letter[]; said: Said[] };

export type Lived = { wrong: string[]; counts: Counts; booked: number };

export async function live(
  seed: number,
  { staleEverywhere = false, mutant = (run: typeof post) => run } = {},
): Promise<Lived> {
  const world = newSimulation(seed, { ...faults, staleEverywhere });
  // Funds share nothing, so in most worlds there is one.
  const queues = (seed % 4 === 0 ? ['fund-1', 'fund-2'] : ['fund-1']).map((fundId): Queue => {
    const story = storyOf(world.random);
    const twice = story.flatMap((letter) => (world.random() < twiceAtOnce ? [letter, letter] : [letter]));
    return { fundId, letters: twice, said: [] };
  });
  const stories = queues.map(({ letters }) => [...new Set(letters)]);
  const wrong: string[] = [];
  const deliver = async () => {
    for (const queue of queues) for (let count = 0; count < 2; count += 1) consume(world, queue, mutant, wrong);
    await runAll(world);
  };

  try {
    await deliver();
    for (const [place, queue] of queues.entries()) {
      queue.letters = (stories[place] ?? []).filter(() => world.random() < hoursLater);
    }
    world.now += 26 * hour;
    await deliver();
    Object.assign(world.faults, noFaults);
    world.now += 26 * hour;
    for (const [place, queue] of queues.entries()) queue.letters = [...(stories[place] ?? [])];
    await deliver();
  } catch (error) {
    wrong.push(String(error));
  }
  const items = [...world.partitions.values()].flatMap((partition) => [...partition.values()].map(({ item }) => item));
  for (const { fundId, said } of queues) {
    try {
      wrong.push(...auditFund(items, fundId, said, !staleEverywhere));
    } catch (error) {
      wrong.push(String(error));
    }
  }
  return { wrong, counts: world.counts, booked: items.filter((item: Item) => item['entry'] !== undefined).length };
}

/** One consumer: takes letters as long as there are any. When it dies, its letters are there again, for its successor. */
function consume(world: Simulation, queue: Queue, mutant: Mutant, wrong: string[]): void {
  let taken: Letter[] = [];
  const process: Process = {
    dead: false,
    onDeath() {
      queue.letters.unshift(...taken);
      consume(world, queue, mutant, wrong);
    },
  };
  const skew = world.random() < 0.2 ? (world.random() < 0.5 ? 600_000 : -24 * hour) : 0;
  let writers = 0;
  const name = Math.floor(world.random() * 1e9).toString(36);
  const run = mutant(post);
  const ledger: Ledger = {
    table: storeOf(world, process),
    now: () => new Date(world.now + skew),
    newWriter: () => `${name}-${(writers += 1)}`,
    pause: () => step(world, process, () => undefined),
    random: world.random,
  };
  const work = async () => {
    for (let turns = 0; turns < 400; turns += 1) {
      // Receiving is a step too, so that who works for whom depends on the seed.
      await step(world, process, () => undefined);
      const size = world.random() < 0.3 ? 1 : 1 + Math.floor(world.random() * 10);
      const received = queue.letters.splice(0, size);
      if (received.length === 0) return;
      // One batch names an event once; what else is said of it comes after.
      const ids = received.map(({ id }) => id);
      taken = received.filter(({ id }, place) => ids.indexOf(id) === place);
      queue.letters.push(...received.filter((letter, place) => ids.indexOf(letter.id) !== place));
      // The other consumer gets it as well: the first was too slow for its time-out.
      if (world.faults.crashAfter > 0 && world.random() < 0.1) queue.letters.unshift(...taken);
      await handle(run, ledger, queue, taken).catch((error: unknown) => {
        const known = error instanceof Error && (error.name === 'Unsettled' || passing.has(error.name));
        if (!known || world.faults.crashAfter === 0) wrong.push(String(error));
        else queue.letters.push(...taken);
      });
    }
    wrong.push('a consumer without an end');
  };
  void work();
}

const passing = new Set(['ProvisionedThroughputExceededException', 'InternalServerError']);

async function handle(run: typeof post, ledger: Ledger, queue: Queue, letters: readonly Letter[]): Promise<void> {
  const commands = new Map<string, Command>();
  for (const letter of letters) {
    const command = await letter.build(ledger, queue.fundId);
    if (command !== 'too-early') commands.set(command.id, command);
  }
  const list = [...commands.values()];
  const answers = await run(ledger, queue.fundId, list);
  for (const [place, command] of list.entries()) {
    const answer = answers[place];
    if (answer !== undefined) queue.said.push({ command, answer });
  }
}
