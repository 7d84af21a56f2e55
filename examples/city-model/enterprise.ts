import { createHash } from 'node:crypto';
import type { CreditFacts, IpFacts } from '#packages/local/simulators/facts';
import { inventUscc } from './codes.ts';
import { addDays, addYears } from './days.ts';
import { commonTrades, counties, givenNames, surnames, syllables, trades, type County, type Trade } from './words.ts';
import type { Random } from './random.ts';

/** The consent a county records with the row. */
export type Consent = { grantedOn: string; expiresOn: string; evidenceDigest: string };

/** A row of a county's list as text, so that it can also say what no enterprise is. */
export type ListRow = {
  uscc: string;
  name: string;
  divisionCode: string;
  /** 微型, 小型, 中型 or 大型. */
  size: string;
  industryCode: string;
  foundedOn: string;
  parkId?: string;
  legalRepresentative?: string;
  consent?: Consent;
};

/** An invented enterprise: its row, and what either source says of it (left out: it does not know it). */
export type Enterprise = { row: ListRow; trade: Trade; credit?: CreditFacts; ip?: IpFacts };

/** Ids of parks by county. */
export type Parks = ReadonlyMap<string, readonly string[]>;

export type Setting = {
  /** Against this day ages, displays and consents are reckoned. */
  day: string;
  parks: Parks;
  /** Codes and names that are taken already; new ones are added. */
  taken: Set<string>;
};

const evidence = (uscc: string, grantedOn: string) =>
  createHash('sha256').update(`示例授权书 ${uscc} ${grantedOn}`).digest('hex');

/** A consent for five years. */
export function consentOf(uscc: string, grantedOn: string): Consent {
  return { grantedOn, expiresOn: addDays(addYears(grantedOn, 5), -1), evidenceDigest: evidence(uscc, grantedOn) };
}

/** The row of an unremarkable small enterprise of that county: consented, and older than a year. */
export function inventRow(random: Random, setting: Setting, county: County): { row: ListRow; trade: Trade } {
  const uscc = unused(setting, () => inventUscc(random, county.code));
  const trade = random.chance(0.5) ? random.pick(county.trades) : random.weighted(commonTrades);
  const size = random.weighted([
    ['微型', 30],
    ['小型', 62],
    ['中型', 8],
  ]);
  const foundedOn = addDays(setting.day, -random.int(430, random.chance(0.6) ? 3_600 : 7_300));
  const row: ListRow = {
    uscc,
    name: unused(setting, () => inventName(random, county.name, trade)),
    divisionCode: county.code,
    size,
    industryCode: trades[trade].code,
    foundedOn,
    consent: consentOf(uscc, addDays(setting.day, -random.int(5, 240))),
  };
  const [park, ...more] = setting.parks.get(county.code) ?? [];
  if (park !== undefined && random.chance(0.35)) row.parkId = random.pick([park, ...more]);
  if (random.chance(0.85)) row.legalRepresentative = inventPerson(random);
  return { row, trade };
}

/** County, 字号, trade, legal form, and the mark that it is made up. */
export function inventName(random: Random, countyName: string, trade: Trade, brand = inventBrand(random)): string {
  const form = random.weighted([
    ['有限公司', 86],
    ['股份有限公司', 7],
    ['有限责任公司', 7],
  ]);
  return `${countyName}${brand}${trades[trade].label}${form}（示例）`;
}

function inventBrand(random: Random): string {
  const head = random.chance(0.015) ? random.pick(syllables.rare) : random.pick(syllables.first);
  return head + random.pick(syllables.second) + random.pick(syllables.third);
}

function inventPerson(random: Random): string {
  const given = random.chance(0.7) ? random.pick(givenNames) : '';
  return random.pick(surnames) + given + random.pick(givenNames);
}

/** A county, drawn by how many enterprises it has. */
export function drawCounty(random: Random): County {
  const code = random.weighted(counties.map((county) => [county.code, county.weight] as const));
  return countyOf(code);
}

export function countyOf(code: string): County {
  const county = counties.find((candidate) => candidate.code === code);
  if (county === undefined) throw new Error(`${code} is not a county of Xinyang`);
  return county;
}

function unused(setting: Setting, invent: () => string): string {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const value = invent();
    if (setting.taken.has(value)) continue;
    setting.taken.add(value);
    return value;
  }
  throw new Error('all codes or names of that kind are taken; fewer enterprises, please');
}
