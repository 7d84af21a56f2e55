import { expect } from 'vitest';
import type { Route } from '#packages/contract';
import { personRoles } from '#packages/roles';
import { type Answer, type City, type Send, startCity } from '../../support/city.ts';
import { newUscc, nominationOf, storyOf } from '../story.ts';
import { routes } from './http.ts';
import { csv, csvHeader, peopleOf } from './samples.ts';

export const each = Object.entries(routes).map(([name, route]) => [name, route] as const);
export const proved = each.filter(([, route]) => route.public !== true);

/** A role that a person may have and that the route names; none on routes that are for organisations alone. */
export const personOf = (route: Route) => personRoles.find((role) => route.roles.includes(role));

/** What every convention is tried on. */
export type World = {
  city: City;
  story: ReturnType<typeof storyOf>;
  /** A token of each role. */
  people: Awaited<ReturnType<typeof peopleOf>>;
  /** An enterprise of 411502, in the park of the park manager, that has been screened. */
  known: string;
  /** Of an import that a clerk of 411502 made. */
  importId: string;
  clerk: () => string;
  /** A good nomination by the clerk, but for what is said otherwise. */
  nominate: (more?: Send) => Promise<Answer>;
  importList: (token: string, more?: Send) => Promise<Answer>;
};

export async function startWorld(): Promise<World> {
  const city = await startCity({ partners: true });
  const story = storyOf(city);
  const clerk = () => city.operator('county-clerk-411502');
  const importList = (token: string, more: Send = {}) => {
    const [bytes, headers] = [Buffer.from(`${csvHeader}\n`), { 'content-type': csv }];
    return city.call('POST', '/v1/enterprise-imports', { token, bytes, headers, ...more });
  };
  const known = await story.enterprise({ parkId: 'XY-ZONE-YSQY' });
  expect(await story.screen(known)).toEqual(['pass']);
  return {
    city,
    story,
    people: await peopleOf(city),
    known,
    importId: (await importList(clerk())).body.importId,
    clerk,
    nominate: (more = {}) =>
      city.call('POST', '/v1/enterprises', { token: clerk(), json: nominationOf(newUscc()), ...more }),
    importList,
  };
}
