import { createHash } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type Condition, type Item, openTable, type Table } from '#packages/table';
import { type Answer, type City, startCity } from '../../support/city.ts';
import { storyOf } from '../story.ts';

/** A city with a whitelist, and what the tests ask it again and again. */
export type World = {
  city: City;
  story: ReturnType<typeof storyOf>;
  /** The table of the screening service, as only an engineer sees it. */
  table: Table;
  listed: () => Promise<string[]>;
  entry: (uscc: string) => Promise<Answer>;
  /** The county recommends; the answer, whatever it is. */
  opinion: (uscc: string) => Promise<Answer>;
  propose: (name?: string) => Promise<Answer>;
  screenings: (uscc: string) => Promise<any[]>;
  factsOf: (uscc: string) => Promise<Item[]>;
  itemsWith: (filter: Condition) => Promise<Item[]>;
  stop: () => Promise<void>;
};

export async function startWorld(): Promise<World> {
  const city = await startCity();
  const story = storyOf(city);
  // The engine itself, past the proxy that lets each function do only what it may.
  const { engines, deployment } = city.cloud;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const db = new DynamoDBClient({ endpoint: engines.dynamodb, region: deployment.region, credentials });
  const table = openTable(db, deployment.tables[0]!.name);
  return {
    city,
    story,
    table,
    listed: async () => (await story.whitelist()).map(({ uscc }) => uscc),
    entry: (uscc) => city.get(`/v1/whitelist/${uscc}`, city.operator('regulator')),
    opinion: (uscc) => {
      const body = { opinion: 'recommend', reason: '县区核实' };
      return city.post(`/v1/enterprises/${uscc}/county-opinions`, city.operator('county-reviewer-411502'), body);
    },
    propose: (name = 'city-reviewer') => city.post('/v1/whitelist-versions', city.operator(name)),
    screenings: async (uscc) =>
      (await city.get(`/v1/enterprises/${uscc}/screenings`, city.operator('auditor'))).body.items,
    factsOf: async (uscc) => {
      const values = { ':pk': `ENTERPRISE#${uscc}`, ':facts': 'FACTS#' };
      return (await table.page({ condition: { expression: 'pk = :pk AND begins_with(sk, :facts)', values } }, 10))
        .items;
    },
    async itemsWith(filter) {
      const items: Item[] = [];
      for await (const item of table.scan(filter)) items.push(item);
      return items;
    },
    async stop() {
      db.destroy();
      await city.stop();
    },
  };
}

export const inOrder = (left: string, right: string) => (left < right ? -1 : 1);

/** The published digest, made anew from what the list says. */
export function digestOf(entries: { uscc: string; listedOn: string; validUntil: string }[]): string {
  const lines = entries.map(({ uscc, listedOn, validUntil }) => `${uscc},${listedOn},${validUntil}\n`);
  return createHash('sha256').update(lines.toSorted(inOrder).join('')).digest('hex');
}
