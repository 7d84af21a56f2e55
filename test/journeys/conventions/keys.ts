import { describe, expect, test } from 'vitest';
import type { Answer, Send } from '../../support/city.ts';
import { newUscc, nominationOf } from '../story.ts';
import { said } from './http.ts';
import { idempotencyKeys } from './refusals.ts';
import { addressOf, contentOf } from './samples.ts';
import { personOf, proved, type World } from './world.ts';

/** The same said twice. */
export function keys(world: World): void {
  describe('an Idempotency-Key', () => {
    const replayed = (answer: Answer) => answer.headers.get('idempotency-replayed');

    const twins = <Value>(make: () => Promise<Value>) => Promise.all(Array.from({ length: 8 }, make));

    test('is needed on every POST of people’s that stores something, and well-formed', async () => {
      for (const [name, route] of proved) {
        if (route.method !== 'POST' || route.storesNothing === true) continue;
        const role = personOf(route);
        if (role === undefined) continue;
        const token = world.people[role];
        const content = contentOf(route);
        const withKey = (headers: Record<string, string>) =>
          world.city.call('POST', addressOf(route, world.known), {
            token,
            ...content,
            key: null,
            headers: { ...content.headers, ...headers },
          });
        expect([name, said(await withKey({}))]).toEqual([name, '400 idempotency_key_missing']);
        for (const key of idempotencyKeys) {
          expect([name, key, said(await withKey({ 'idempotency-key': key }))]).toEqual([
            name,
            key,
            '400 idempotency_key_malformed',
          ]);
        }
      }
    });

    test('brings the stored answer again, for the same content only', async () => {
      const [key, json] = ['said-again-00000001', nominationOf(newUscc())];
      const first = await world.nominate({ key, json });
      const again = await world.nominate({ key, json });
      expect([said(first), said(again), replayed(first), replayed(again)]).toEqual(['201', '201', null, 'true']);
      expect(again.body).toEqual(first.body);
      expect(again.headers.get('location')).toBe(`/v1/enterprises/${json.uscc}`);

      const spaced = Buffer.from(JSON.stringify(json, undefined, 1));
      const asJson = { 'content-type': 'application/json' };
      const others = [
        world.nominate({ key, json: { ...json, name: '另一家示例公司' } }),
        world.nominate({ key, json: undefined, bytes: spaced, headers: asJson }),
        world.importList(world.clerk(), { key }),
      ];
      for (const other of others) expect(said(await other)).toBe('422 idempotency_key_reused');
      expect(said(await world.nominate({ key, json }))).toBe('201');
    });

    test('is the caller’s own, and asks every time whether he may', async () => {
      const [key, json] = ['of-one-person-000001', nominationOf(newUscc())];
      expect(said(await world.nominate({ key, json }))).toBe('201');
      const another = await world.nominate({ key, token: world.people['county-clerk'], json: nominationOf(newUscc()) });
      expect([said(another), replayed(another)]).toEqual(['201', null]);
      const moved = await world.city.cloud.issueToken({
        sub: 'county-clerk-411502',
        role: 'county-reviewer',
        divisionCode: '411502',
      });
      expect(said(await world.nominate({ key, token: moved, json }))).toBe('403 forbidden');
    });

    test('keeps a refusal of the operation', async () => {
      const [key, json] = ['refused-for-good-001', { opinion: 'recommend', reason: '县区核实' }];
      const uscc = await world.story.enterprise();
      const opine = () =>
        world.city.call('POST', `/v1/enterprises/${uscc}/county-opinions`, {
          token: world.people['county-reviewer'],
          json,
          key,
        });
      const first = await opine();
      expect([said(first), replayed(first)]).toEqual(['409 state_conflict', null]);
      await world.story.screen(uscc);
      const again = await opine();
      expect([said(again), replayed(again)]).toEqual(['409 state_conflict', 'true']);
      expect(again.body).toEqual(first.body);
    });

    test('is not used up by what was refused before the operation, or by a 404', async () => {
      const [key, json] = ['not-used-up-00000001', nominationOf(newUscc())];
      const asText = { 'content-type': 'text/plain' };
      const before: [string, Send][] = [
        ['422 validation_failed', { json: { ...json, sizeClass: 'huge' } }],
        [
          '400 json_malformed',
          { json: undefined, bytes: Buffer.from('{'), headers: { 'content-type': 'application/json' } },
        ],
        ['403 forbidden', { json: { ...json, divisionCode: '411525' } }],
        ['415 media_type_unsupported', { headers: asText }],
        ['413 body_too_large', { json: { ...json, name: 'x'.repeat(262_144) } }],
        ['406 not_acceptable', { headers: { accept: 'text/csv' } }],
      ];
      for (const [refusal, more] of before) expect(said(await world.nominate({ key, json, ...more }))).toBe(refusal);
      expect(said(await world.nominate({ key, json }))).toBe('201');

      const uscc = newUscc();
      const opine = () =>
        world.city.call('POST', `/v1/enterprises/${uscc}/county-opinions`, {
          token: world.people['county-reviewer'],
          json: { opinion: 'reject', reason: '县区核实' },
          key: 'found-the-next-time-1',
        });
      expect(said(await opine())).toBe('404 not_found');
      await world.story.nominate(uscc);
      expect(said(await opine())).toBe('409 state_conflict');
    });

    test('of simultaneous twins has one effect', async () => {
      const [token, json] = [world.people['city-admin'], { scope: { divisionCode: '411599' } }];
      const runs = await twins(() =>
        world.city.call('POST', '/v1/screening-runs', { token, json, key: 'twins-of-a-run-00001' }),
      );
      const lists = await twins(() => world.importList(world.clerk(), { key: 'twins-of-a-list-0001' }));
      for (const [answers, id] of [
        [runs, 'runId'],
        [lists, 'importId'],
      ] as const) {
        expect(answers.map(said).filter((line) => !['202', '409 idempotency_in_progress'].includes(line))).toEqual([]);
        const good = answers.filter(({ status }) => status === 202);
        expect(new Set(good.map(({ body }) => body[id])).size).toBe(1);
        expect(good.filter((answer) => replayed(answer) === null)).toHaveLength(1);
      }
      const nomination = nominationOf(newUscc());
      const nominations = await twins(() => world.nominate({ key: 'twins-of-a-company-1', json: nomination }));
      expect(nominations.map(said).filter((line) => !['201', '409 idempotency_in_progress'].includes(line))).toEqual(
        [],
      );
      expect((await world.story.view(nomination.uscc)).nominations).toHaveLength(1);
    });

    test('is not what keeps people apart: each of many at once has his effect', async () => {
      const uscc = await world.story.enterprise();
      await world.story.screen(uscc);
      const token = world.people['county-reviewer'];
      const sayings = Array.from({ length: 24 }, (_, index) => {
        const json = { opinion: index % 2 === 0 ? 'recommend' : 'reject', reason: `第 ${index} 次` };
        return world.city.call('POST', `/v1/enterprises/${uscc}/county-opinions`, { token, json });
      });
      expect((await Promise.all(sayings)).map(said)).toEqual(sayings.map(() => '200'));
      expect((await world.story.view(uscc)).opinions).toHaveLength(1);

      const json = nominationOf(newUscc());
      const answers = await twins(() => world.nominate({ json }));
      expect(answers.map(said)).toEqual(answers.map(() => '201'));
      expect(answers.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    });
  });
}
