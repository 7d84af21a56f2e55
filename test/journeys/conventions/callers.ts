import { describe, expect, test } from 'vitest';
import { personRoles } from '#packages/roles';
import { newUscc, nominationOf } from '../story.ts';
import { problemIn, said, send, timeless } from './http.ts';
import { addressOf, contentOf, forgeriesOf } from './samples.ts';
import { proved, type World } from './world.ts';

/** Who calls, and what he reaches. */
export function callers(world: World): void {
  describe('a proof', () => {
    test('is needed on every route that is not public', async () => {
      for (const [name, route] of proved) {
        const answer = await world.city.call(route.method, addressOf(route, world.known), contentOf(route));
        expect([name, said(answer)]).toEqual([name, '401 signature_missing']);
        expect(answer.headers.get('accept-signature')).toContain('"@method"');
      }
    });

    test('is one, not two', async () => {
      for (const name of ['signature', 'signature-input']) {
        const answer = await world.city.call('GET', '/v1/whitelist', {
          token: world.people.auditor,
          headers: { [name]: 'sig1=:AA==:' },
        });
        expect(said(answer)).toBe('400 credentials_ambiguous');
      }
      const headers: [string, string][] = [1, 2].map(() => ['authorization', `Bearer ${world.people.auditor}`]);
      expect(said(await send(world.city.baseUrl, { method: 'GET', path: '/v1/whitelist', headers }))).toBe(
        '400 header_duplicated',
      );
    });

    test('that is forged is refused, whatever is wrong with it', async () => {
      for (const [what, authorization] of await forgeriesOf(world.city)) {
        const answer = await world.city.call('GET', '/v1/whitelist', { headers: { authorization } });
        expect([what, said(answer)]).toEqual([what, '401 token_invalid']);
      }
    });

    test('past its end has expired', async () => {
      for (const ttlSeconds of [-3_600, -1]) {
        const issued = await world.city.call('POST', '/__local/tokens', {
          json: { sub: 'late', role: 'auditor', ttlSeconds },
        });
        expect(said(await world.city.get('/v1/whitelist', issued.body.token))).toBe('401 token_expired');
      }
    });
  });

  describe('a role', () => {
    test('reaches the routes that name it, and no other', async () => {
      for (const [name, route] of proved) {
        for (const role of personRoles) {
          if (route.roles.includes(role)) continue;
          const answer = await world.city.call(route.method, addressOf(route, world.known), {
            token: world.people[role],
            ...contentOf(route),
          });
          expect([name, role, said(answer)]).toEqual([name, role, '403 forbidden']);
        }
      }
    });

    test('that reads may read: nobody whom a route names is sent away', async () => {
      const reads = proved.filter(([, { method }]) => method === 'GET');
      for (const [name, route] of reads) {
        expect(route.roles).toContain('auditor');
        for (const role of personRoles.filter((one) => route.roles.includes(one))) {
          const path = addressOf(route, route.path.includes('import') ? world.importId : world.known);
          const answer = await world.city.get(path, world.people[role]);
          // Whose it is, people have to say, where a bank need not.
          if (answer.status === 422) expect(problemIn(answer).errors).toMatchObject([{ pointer: '?partnerId' }]);
          else expect([200, 404], `${name} ${role}`).toContain(answer.status);
        }
      }
    });

    test('without the place that binds it reaches nothing', async () => {
      for (const role of ['county-clerk', 'park-manager'] as const) {
        const token = await world.city.cloud.issueToken({ sub: `unbound-${role}`, role });
        expect(said(await world.nominate({ token }))).toBe('403 forbidden');
        expect(said(await world.importList(token))).toBe('403 forbidden');
        expect(said(await world.city.get('/v1/enterprises', token))).toBe('403 forbidden');
        expect(said(await world.city.get(`/v1/enterprises/${world.known}`, token))).toBe('404 not_found');
      }
    });
  });

  describe('what belongs to somebody else', () => {
    const strangers = async () => ({
      'county-clerk': world.city.operator('county-clerk-411525'),
      'county-reviewer': world.city.operator('county-reviewer-411525'),
      'park-manager': await world.city.cloud.issueToken({
        sub: 'other-park',
        role: 'park-manager',
        parkId: 'XY-ZONE-MG',
      }),
      'enterprise-user': world.city.operator('enterprise-user'),
    });

    test('is not there, just like what nobody has', async () => {
      const missing = newUscc();
      for (const [role, token] of Object.entries(await strangers())) {
        const theirs = proved.filter(
          ([, route]) => route.roles.some((one) => one === role) && /uscc|importId/.test(route.path),
        );
        for (const [name, route] of theirs.filter(([, { path }]) => !path.startsWith('/v1/whitelist'))) {
          const [foreign, none] = route.path.includes('importId')
            ? [world.importId, 'import-none']
            : [world.known, missing];
          const ask = (value: string) =>
            world.city.call(route.method, addressOf(route, value), { token, ...contentOf(route) });
          const [there, nowhere] = [await ask(foreign), await ask(none)];
          expect([name, role, said(there)]).toEqual([name, role, '404 not_found']);
          expect(timeless(problemIn(there))).toEqual(timeless(problemIn(nowhere)));
          expect([...there.headers.keys()]).toEqual([...nowhere.headers.keys()]);
        }
      }
      expect(await world.story.view(world.known)).toMatchObject({ consent: { status: 'live' }, opinions: [] });
    });

    test('must not be named in a body or a filter', async () => {
      const elsewhere = nominationOf(newUscc(), { divisionCode: '411525' });
      expect(said(await world.nominate({ json: elsewhere }))).toBe('403 forbidden');
      const ofPark = { token: world.city.operator('park-manager') };
      expect(said(await world.nominate({ ...ofPark, json: nominationOf(newUscc(), { parkId: 'XY-ZONE-MG' }) }))).toBe(
        '403 forbidden',
      );
      expect(said(await world.nominate({ ...ofPark, json: nominationOf(newUscc()) }))).toBe('403 forbidden');
      expect(said(await world.city.get('/v1/enterprises?divisionCode=411525', world.clerk()))).toBe('403 forbidden');
      expect(said(await world.city.get('/v1/enterprises?parkId=XY-ZONE-MG', ofPark.token))).toBe('403 forbidden');
    });
  });
}
