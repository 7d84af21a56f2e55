import { expect, test } from 'vitest';
import { tries } from '../support/effort.ts';
import { mutants } from './ledger-mutants.ts';
import { type Counts } from './ledger-store.ts';
import { live } from './ledger-world.ts';

/** The posting path through crashes, lost answers, conflicts, throttles, duplicates hours later, two consumers, stale reads. */

async function liveThrough(first: number, count: number, staleEverywhere: boolean) {
  const broken: { seed: number; wrong: string[] }[] = [];
  const sums: Partial<Counts> = {};
  let booked = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const lived = await live(seed, { staleEverywhere });
    if (lived.wrong.length > 0) broken.push({ seed, wrong: lived.wrong.slice(0, 5) });
    booked += lived.booked;
    for (const [name, number] of Object.entries(lived.counts) as [keyof Counts, number][]) {
      sums[name] = (sums[name] ?? 0) + number;
    }
  }
  console.log({ booked, ...sums });
  return { broken, sums, booked };
}

test('whatever goes wrong, everything is booked once, in one chain, within all limits', async () => {
  const seeds = tries(200, 10_000);
  const { broken, sums, booked } = await liveThrough(1, seeds, false);
  expect(broken).toEqual([]);
  expect(booked).toBeGreaterThan(25 * seeds);
  for (const [name, count] of Object.entries(sums)) expect([name, count > seeds / 4]).toEqual([name, true]);
}, 3_600_000);

test('nothing depends on a read being consistent', async () => {
  const { broken } = await liveThrough(50_001, tries(25, 5_000), true);
  expect(broken).toEqual([]);
}, 3_600_000);

test.each(Object.entries(mutants))('found out: %s', async (_name, mutant) => {
  const found = async () => {
    for (let seed = 1; seed <= 200; seed += 1) {
      if ((await live(seed, { mutant, staleEverywhere: seed % 2 === 0 })).wrong.length > 0) return seed;
    }
    return undefined;
  };
  expect(await found()).toBeDefined();
});
