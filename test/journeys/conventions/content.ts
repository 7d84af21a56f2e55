import { describe, expect, test } from 'vitest';
import { partnerClient } from '../../support/partner.ts';
import { newUscc, nominationOf } from '../story.ts';
import { problemIn, said, send } from './http.ts';
import { bodyCases, type BodyCase, queryCases, unknownPaths } from './refusals.ts';
import { addressOf, contentOf } from './samples.ts';
import { each, personOf, proved, type World } from './world.ts';

/** What is asked for, and what is sent with it. */
export function content(world: World): void {
  describe('an address', () => {
    test.each(unknownPaths)('%s is unknown, with and without a proof', async (path) => {
      for (const headers of [[], [['authorization', `Bearer ${world.people.auditor}`] as [string, string]]]) {
        expect(said(await send(world.city.baseUrl, { method: 'GET', path, headers }))).toBe('404 not_found');
      }
    });

    test('with another method says which it has', async () => {
      const paths = Map.groupBy(each, ([, route]) => route.path);
      for (const [path, rows] of paths) {
        const allowed = rows.map(([, route]) => route.method as string).toSorted();
        const others = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter(
          (method) => !allowed.includes(method),
        );
        for (const method of others) {
          const answer = await world.city.call(method, path.replace(/\{[^}]+\}/g, '1'), { key: null });
          expect([path, method, said(answer)]).toEqual([path, method, '405 method_not_allowed']);
          expect(answer.headers.get('allow')).toBe(allowed.join(', '));
        }
      }
    });
  });

  describe('a body', () => {
    test.each(bodyCases)('$what: $expected', async ({ expected, errors, body, ...request }: BodyCase) => {
      const { method = 'POST', path = '/v1/enterprises', as = 'county-clerk', headers = {} } = request;
      const all = { 'content-type': 'application/json', 'idempotency-key': `body-${newUscc()}`, ...headers };
      const sent = Object.entries({ ...all, authorization: `Bearer ${world.people[as]}` }).filter(
        ([, value]) => value !== '',
      );
      const text = typeof body === 'function' ? body(nominationOf(newUscc())) : body;
      const answer = await send(world.city.baseUrl, { method, path, headers: sent, body: text });
      expect(said(answer)).toBe(expected);
      if (errors === undefined) return;
      const named = problemIn(answer).errors?.map(({ pointer, code }) => `${pointer} ${code}`);
      expect(named?.toSorted()).toEqual(errors);
    });

    test('of more than 4 MB is too large for a list, and of more than 10 MB for the gateway', async () => {
      const token = world.clerk();
      expect(said(await world.importList(token, { bytes: Buffer.alloc(4 * 1024 * 1024 + 1, ',') }))).toBe(
        '413 body_too_large',
      );
      const answer = await world.importList(token, { bytes: Buffer.alloc(10 * 1024 * 1024 + 1, ',') });
      expect(answer.status).toBe(413);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(Object.keys(answer.body).toSorted()).toEqual(['code', 'status', 'title', 'type']);
      expect(answer.body).toMatchObject({ status: 413, code: 'body_too_large', title: expect.any(String) });
    });
  });

  describe('a parameter', () => {
    test.each(queryCases)('%s %s: %s', async (as, target, pointer) => {
      const answer = await world.city.get(target.replace('{uscc}', world.known), world.people[as]);
      expect(said(answer)).toBe('422 validation_failed');
      expect(problemIn(answer).errors).toMatchObject([{ pointer }]);
    });

    test('that a route does not know is refused on every route', async () => {
      for (const [name, route] of each) {
        const role = personOf(route);
        if (route.roles.length > 0 && role === undefined) continue;
        const token = role && world.people[role];
        const address = addressOf(route, world.known);
        const sign = address.includes('?') ? '&' : '?';
        const answer = await world.city.call(route.method, `${address}${sign}surprise=1`, {
          token,
          ...contentOf(route),
        });
        expect([name, said(answer)]).toEqual([name, '422 validation_failed']);
        expect(problemIn(answer).errors).toMatchObject([{ pointer: '?surprise' }]);
      }
    });

    test('that a route does not know is refused on every route of a bank’s own too', async () => {
      const bank = await partnerClient(world.city, 'bank-a');
      const own = proved.filter(([, route]) => route.roles.includes('bank') && personOf(route) === undefined);
      expect(own.map(([name]) => name)).toContain('fileLoan');
      for (const [name, route] of own.filter(([, { file }]) => file === undefined)) {
        const [path = '', asked = ''] = addressOf(route, world.known).split('?');
        const query = { ...Object.fromEntries(new URLSearchParams(asked)), surprise: '1' };
        const { json } = contentOf(route);
        const answer = await bank.call({
          method: route.method,
          path,
          query,
          ...(json !== undefined && { body: json }),
        });
        expect([name, answer]).toMatchObject([
          name,
          { status: 422, code: 'validation_failed', problem: { errors: [{ pointer: '?surprise' }] } },
        ]);
      }
    });
  });
}
