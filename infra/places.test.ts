import { expect, test } from 'vitest';
import type { Route, Routes } from '#packages/contract';
import { ownersOf, placesOf } from './places.ts';

const route = (path: Route['path']): Route => ({ method: 'GET', path, summary: '', tag: '', roles: [], status: 200 });
const whitelist: Routes = {
  list: route('/v1/whitelist'),
  one: route('/v1/whitelist/{uscc}'),
  nominate: route('/v1/enterprises'),
  consent: route('/v1/enterprises/{uscc}/consent'),
};

test('a place is the first two words of a path, once each', () => {
  expect(placesOf(whitelist)).toEqual(['v1/enterprises', 'v1/whitelist']);
  expect(placesOf({ keys: route('/.well-known/ippf-keys') })).toEqual(['.well-known/ippf-keys']);
});

test.each(['/openapi.json', '/v1', '/v1/', '/v1/{uscc}', '/v2/enterprises', '/v1/Enterprises'] as const)(
  'a route %s has no place',
  (path) => {
    expect(() => placesOf({ odd: route(path) })).toThrow(`odd: ${path}`);
  },
);

test('a place belongs to one service', () => {
  const other: Routes = { lines: route('/v1/park-lines') };
  const owners = ownersOf([
    { routes: whitelist, owner: 'screening' },
    { routes: other, owner: 'registry' },
  ]);
  expect([...owners]).toEqual([
    ['v1/enterprises', 'screening'],
    ['v1/whitelist', 'screening'],
    ['v1/park-lines', 'registry'],
  ]);
  expect(() =>
    ownersOf([
      { routes: whitelist, owner: 'screening' },
      { routes: { mine: route('/v1/whitelist/{uscc}/removals') }, owner: 'registry' },
    ]),
  ).toThrow('two services claim /v1/whitelist');
});
