import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { codes, credit, ip, type ScreeningWorld, startScreening } from '../../test/support/screening.ts';
import { tries } from '../../test/support/effort.ts';
import { startTable, type TestTable } from '../../test/support/table.ts';

/*
 * What screening a city again costs, counted and not timed: requests to the store and to the sources, and messages.
 */

/** The share of what a change costs falls with the stock: a small city shows it, the slow suite that of a large one. */
const enterprises = tries(2_000, 20_000);
const atMostPercent = tries(10, 3);
const changed = enterprises / 100;

let started: TestTable;
let world: ScreeningWorld;
beforeAll(async () => {
  started = await startTable({ streams: false });
  world = await startScreening(started);
});
afterAll(async () => {
  await world.stop();
  await started.stop();
});

async function costOf(run: () => Promise<number>): Promise<{ store: number; sources: number; messages: number }> {
  const before = started.requests();
  world.asked();
  const messages = await run();
  return { store: started.requests() - before, sources: world.asked().length, messages };
}

test(
  `screening ${enterprises} enterprises again of which 1 % changed makes less than ${atMostPercent} % of the requests of screening them all`,
  { timeout: 600_000 },
  async () => {
    const usccs = codes(enterprises);
    const folder = mkdtempSync(join(tmpdir(), 'zhirong-facts-'));
    const facts = join(folder, 'facts.jsonl');
    writeFileSync(facts, usccs.map((uscc) => `${JSON.stringify({ uscc, credit, ip })}\n`).join(''));
    await Promise.all([world.simulators.credit.load(facts), world.simulators.ip.load(facts)]);
    rmSync(folder, { recursive: true });
    await world.nominate(usccs, true);

    const full = await costOf(async () => {
      const { counts, messages } = await world.run('day-1', 'due');
      expect(counts).toMatchObject({ total: enterprises, pass: enterprises });
      return messages;
    });
    for (let place = 0; place < changed; place += 1) {
      const listed = { ...credit, lists: [{ kind: 'serious-tax', listedOn: '2026-11-20' }] };
      world.simulators.credit.set(usccs[place * 100 + 7] ?? '', listed);
    }
    const again = await costOf(async () => {
      const { counts, messages } = await world.run('day-2', 'due');
      expect(counts).toMatchObject({ total: changed, exclude: changed, unchanged: 0 });
      return messages;
    });
    for (const kind of ['store', 'sources', 'messages'] as const)
      expect(again[kind] / full[kind]).toBeLessThan(atMostPercent / 100);
  },
);
