import type { CreditFacts } from '#packages/local/simulators/facts';
import { addDays } from './days.ts';
import type { Random } from './random.ts';

export type Penalty = NonNullable<CreditFacts['penalties']>[number];
export type Entry = NonNullable<CreditFacts['abnormal']>[number];

/** An entry that was taken off again. */
export function pastEntry(random: Random, day: string): Entry {
  const listedOn = addDays(day, -random.int(500, 1_500));
  return { listedOn, removedOn: addDays(listedOn, random.int(20, 300)) };
}

/** A penalty that everyone may still see on that day and the weeks after. */
export function penaltyOnDisplay(random: Random, day: string): Penalty {
  const gravity = random.weighted([
    ['minor', 15],
    ['general', 65],
    ['serious', 20],
  ]);
  // How long each is shown at most (国办发〔2025〕22号): 3, 12 and 36 months.
  const shown = { minor: 91, general: 365, serious: 1_095 }[gravity];
  const decidedOn = addDays(day, -random.int(5, gravity === 'minor' ? 20 : Math.floor(shown / 3)));
  const penalty = { ...decision(random, decidedOn), gravity, fineFen: fineOf(random, gravity) };
  return { ...penalty, displayUntil: addDays(decidedOn, shown) };
}

/** A penalty whose cause was put right: the display ended with the repair. */
export function repairedPenalty(random: Random, day: string): Penalty {
  const decidedOn = addDays(day, -random.int(150, 340));
  const repairedOn = addDays(decidedOn, random.int(95, 140));
  const penalty = { ...decision(random, decidedOn), gravity: 'general' as const, fineFen: fineOf(random, 'general') };
  return { ...penalty, displayUntil: addDays(decidedOn, 365), repairedOn };
}

/** A penalty whose time of display has run out by itself. */
export function expiredPenalty(random: Random, day: string): Penalty {
  const decidedOn = addDays(day, -random.int(500, 900));
  const penalty = { ...decision(random, decidedOn), gravity: 'general' as const, fineFen: fineOf(random, 'general') };
  return { ...penalty, displayUntil: addDays(decidedOn, 365) };
}

function decision(random: Random, decidedOn: string): { documentNo: string; decidedOn: string } {
  const office = random.pick(['市监', '环', '应急', '消', '人社']);
  return { documentNo: `信${office}罚示〔${decidedOn.slice(0, 4)}〕${random.int(1, 399)}号`, decidedOn };
}

/** Whole hundreds of yuan, in fen. */
function fineOf(random: Random, gravity: Penalty['gravity']): number {
  const [from, to] = { minor: [2, 20], general: [20, 500], serious: [500, 5_000] }[gravity];
  return random.int(from ?? 0, to ?? 0) * 10_000;
}
