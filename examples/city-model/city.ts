import type { FactsLine } from '#packages/local/simulators/facts';
import { parks } from '#packages/parks';
import { edgeEntries, type EdgeCase } from './edge-cases.ts';
import { drawCounty, inventRow, type Enterprise, type ListRow, type Setting } from './enterprise.ts';
import { profileWeights, withProfile, type Profile } from './profiles.ts';
import { randomFrom } from './random.ts';
import { counties } from './words.ts';

export type CityOptions = {
  /** How many enterprises the city's lists hold together, edge cases included. */
  enterprises: number;
  seed: number;
  /** The day the city looks like this, `YYYY-MM-DD`. */
  day: string;
};

/** A synthetic city: the counties' lists row by row, and what the sources know. */
export type City = {
  lists: { divisionCode: string; name: string; rows: ListRow[] }[];
  facts: FactsLine[];
  edgeCases: EdgeCase[];
  /** What was intended for each enterprise that is no edge case. */
  profiles: Map<string, Profile>;
};

/** Zones of the city itself that take in enterprises of these divisions. */
const cityZones: Record<string, readonly string[]> = {
  '411502': ['XY-ZONE-GXQ', 'XY-ZONE-XYCY'],
  '411503': ['XY-ZONE-GXQ'],
  '411522': ['XY-ZONE-YDN'],
  '411526': ['XY-ZONE-YDN'],
};

/** Invents a city; the same options give the same city, to the byte. */
export function inventCity({ enterprises, seed, day }: CityOptions): City {
  const setting: Setting = { day, parks: parksByCounty(), taken: new Set() };
  const edges = edgeEntries(seed, setting);
  const edgeEnterprises = edges.flatMap(({ enterprise }) => enterprise ?? []);
  const ordinary: Enterprise[] = [];
  const profiles = new Map<string, Profile>();
  for (let i = 0; i < enterprises - edgeEnterprises.length; i += 1) {
    const random = randomFrom(seed, `enterprise/${i}`);
    const profile = random.weighted(profileWeights);
    const enterprise = withProfile(random, inventRow(random, setting, drawCounty(random)), profile, day);
    profiles.set(enterprise.row.uscc, profile);
    ordinary.push(enterprise);
  }
  const rows = [...ordinary.map(({ row }) => ({ list: row.divisionCode, row })), ...edges.flatMap((edge) => edge.rows)];
  const lists = counties.map(({ code, name }) => ({
    divisionCode: code,
    name,
    rows: shuffle(
      seed,
      code,
      rows.filter(({ list }) => list === code).map(({ row }) => row),
    ),
  }));
  const facts = [...edgeEnterprises, ...ordinary].map(({ row, credit, ip }) => ({
    uscc: row.uscc,
    ...(credit && { credit }),
    ...(ip && { ip }),
  }));
  return { lists, facts, edgeCases: edges.map(({ edge }) => edge), profiles };
}

function parksByCounty(): Map<string, string[]> {
  return new Map(
    counties.map(({ code }) => [
      code,
      [...parks.filter((park) => park.divisionCode === code).map((park) => park.id), ...(cityZones[code] ?? [])],
    ]),
  );
}

/** Edge cases stand among the others, not at the end. */
function shuffle(seed: number, label: string, rows: ListRow[]): ListRow[] {
  const random = randomFrom(seed, `order/${label}`);
  return rows
    .map((row) => ({ row, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ row }) => row);
}
