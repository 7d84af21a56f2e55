import type { Asset } from '#packages/local/simulators/facts';
import { inventPatentNumber, type PatentKind } from './codes.ts';
import { addDays } from './days.ts';
import type { Random } from './random.ts';
import { qualities, trades, type Trade } from './words.ts';

/** How long a patent of that kind is kept, in years from its filing, and how long the office takes to grant it, in days. */
const lives = {
  invention: { years: 20, grantDays: [420, 1_150] },
  'utility-model': { years: 10, grantDays: [180, 330] },
  design: { years: 15, grantDays: [120, 240] },
} as const;

/** A patent in force on that day, about what the trade makes. */
export function inventPatent(random: Random, kind: PatentKind, trade: Trade, day: string): Asset {
  // Filed so early that it was granted before the day, and so late that it has years left.
  const filedOn = addDays(day, -random.int(1_250, Math.min(lives[kind].years * 365 - 900, 3_000)));
  return patentFiledOn(random, kind, trade, filedOn);
}

function patentFiledOn(random: Random, kind: PatentKind, trade: Trade, filedOn: string): Asset {
  const [shortest, longest] = lives[kind].grantDays;
  return {
    kind,
    number: inventPatentNumber(random, kind, Number(filedOn.slice(0, 4))),
    title: patentTitle(random, kind, trade),
    status: 'in-force',
    filedOn,
    grantedOn: addDays(filedOn, random.int(shortest, longest)),
    pledged: false,
  };
}

/** An invention that protects nothing any more; an expired one was filed over twenty years ago. */
export function endedInvention(
  random: Random,
  trade: Trade,
  day: string,
  status: 'expired' | 'invalidated' | 'fee-overdue',
): Asset {
  if (status !== 'expired') return { ...inventPatent(random, 'invention', trade, day), status };
  return { ...patentFiledOn(random, 'invention', trade, addDays(day, -random.int(7_350, 8_200))), status };
}

/** Rights that are no inventions: what most small enterprises have, or nothing. */
export function inventOtherRights(random: Random, trade: Trade, day: string, atMost: number): Asset[] {
  return Array.from({ length: random.int(0, atMost) }, () => {
    const kind = random.weighted([
      ['utility-model', 62],
      ['design', 12],
      ['trademark', 14],
      ['software', 12],
    ]);
    if (kind === 'trademark' || kind === 'software') return inventRegistration(random, kind, trade, day);
    const patent = inventPatent(random, kind, trade, day);
    if (random.chance(0.08)) patent.status = random.pick(['fee-overdue', 'invalidated']);
    return patent;
  });
}

function inventRegistration(random: Random, kind: 'trademark' | 'software', trade: Trade, day: string): Asset {
  const filedOn = addDays(day, -random.int(400, 3_000));
  const year = filedOn.slice(0, 4);
  const isMark = kind === 'trademark';
  const number = isMark
    ? String(random.int(10_000_000, 89_999_999))
    : `${year}SR${String(random.int(0, 1_999_999)).padStart(7, '0')}`;
  const title = isMark ? `${trades[trade].label}商标` : `${trades[trade].label}生产管理系统软件V${random.int(1, 3)}.0`;
  const grantedOn = addDays(filedOn, isMark ? random.int(240, 390) : random.int(30, 90));
  return { kind, number, title, status: 'in-force', filedOn, grantedOn, pledged: false };
}

function patentTitle(random: Random, kind: PatentKind, trade: Trade): string {
  const thing = random.pick(trades[trade].things);
  if (kind === 'design') return `${thing.replace(/(方法|工艺|系统|配方)$/, '装置')}外观`;
  return `一种${random.pick(qualities)}${kind === 'utility-model' ? thing.replace(/(方法|工艺|配方)$/, '装置') : thing}`;
}
