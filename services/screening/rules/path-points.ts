import type { World } from './path-facts.ts';
import { bothOf, eitherOf, waysTo, type Ways } from './path-search.ts';
import type { Scoring, ScoreTable } from './policy-schema.ts';

/** All the ways to reach the floor with sure points; nothing where the policy has none. */
export function waysToFloor({ tables, floor = 0 }: Scoring, world: World): Ways | undefined {
  if (floor === 0) return undefined;
  let reached = new Map<number, Ways>([[0, bothOf([])]]);
  for (const table of tables) {
    for (const choices of choicesOf(table, world)) reached = addTo(reached, choices, floor);
  }
  return reached.get(floor) ?? eitherOf([]);
}

/** What can be chosen, and what each choice gives; a `first` table is one choice among its rows. */
function choicesOf({ hitPolicy, rows }: ScoreTable, world: World): [number, Ways][][] {
  const holds = rows.map(({ when }) => waysTo(when, true, world));
  if (hitPolicy === 'collect') return rows.map(({ points }, at) => [[points, holds[at] ?? eitherOf([])]]);
  const fails = rows.map(({ when }) => waysTo(when, false, world));
  return [rows.map(({ points }, at) => [points, bothOf([...fails.slice(0, at), holds[at] ?? eitherOf([])])])];
}

/** More points than the floor are as good as the floor. */
function addTo(
  before: ReadonlyMap<number, Ways>,
  choices: readonly [number, Ways][],
  floor: number,
): Map<number, Ways> {
  const after = new Map(before);
  for (const [points, way] of choices) {
    for (const [sum, ways] of before) {
      const total = Math.min(floor, sum + points);
      after.set(total, eitherOf([bothOf([ways, way]), after.get(total) ?? eitherOf([])]));
    }
  }
  return after;
}
