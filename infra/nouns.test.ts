import { expect, test } from 'vitest';
import type { Route, Routes } from '#packages/contract';
import { nounsOf, ownersOf } from './nouns.ts';

const route = (path: Route['path']): Route => ({ method: 'GET', path, summary: '', tag: '', roles: [], status: 200 });
const whitelist: Routes = {
  list: route('/v1/whitelist'),
  one: route('/v1/whitelist/{uscc}'),
  nominate: route('/v1/enterprises'),
  consent: route('/v1/enterprises/{uscc}/consent'),
};

test('a noun is the first word after /v1/, once each', () => {
  expect(nounsOf(whitelist)).toEqual(['enterprises', 'whitelist']);
});

test.each(['/openapi.json', '/v1', '/v1/', '/v1/{uscc}', '/v2/enterprises', '/v1/Enterprises'] as const)(
  'a route %s has no noun',
  (path) => {
    expect(() => nounsOf({ odd: route(path) })).toThrow(`odd: ${path}`);
  },
);

test('a noun belongs to one service', () => {
  const other: Routes = { lines: route('/v1/park-lines') };
  const owners = ownersOf([
    { routes: whitelist, owner: 'screening' },
    { routes: other, owner: 'registry' },
  ]);
  expect([...owners]).toEqual([
    ['enterprises', 'screening'],
    ['whitelist', 'screening'],
    ['park-lines', 'registry'],
  ]);
  expect(() =>
    ownersOf([
      { routes: whitelist, owner: 'screening' },
      { routes: { mine: route('/v1/whitelist/{uscc}/removals') }, owner: 'registry' },
    ]),
  ).toThrow('two services claim /v1/whitelist');
});
