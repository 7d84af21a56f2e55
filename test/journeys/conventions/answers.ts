import { describe, expect, test } from 'vitest';
import type { Answer } from '../../support/city.ts';
import { grantOf, newUscc } from '../story.ts';
import { problemIn, said } from './http.ts';
import { each, type World } from './world.ts';

/** What comes back. */
export function answers(world: World): void {
  describe('a list', () => {
    const pageOf = (path: string, cursor: string, token: string) =>
      world.city.get(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`, token);

    test('comes in pages, newest first, and ends', async () => {
      const usccs = [newUscc(), newUscc(), newUscc()];
      for (const uscc of usccs) await world.story.nominate(uscc);
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const at: string = cursor === null ? '' : `&cursor=${cursor}`;
        const { body }: Answer = await world.city.get(`/v1/enterprises?pageSize=2${at}`, world.clerk());
        expect(body.items.length).toBeLessThanOrEqual(2);
        seen.push(...body.items.map((item: { uscc: string }) => item.uscc));
        cursor = body.nextCursor;
      } while (cursor !== null);
      expect(seen.slice(0, 3)).toEqual(usccs.toReversed());
      expect(seen).toContain(world.known);
      expect(new Set(seen).size).toBe(seen.length);
    });

    test('goes on by a cursor that belongs to the caller and the filter', async () => {
      const path = '/v1/enterprises?pageSize=1';
      const cursor: string = (await world.city.get(path, world.clerk())).body.nextCursor;
      expect(said(await pageOf('/v1/enterprises?pageSize=7', cursor, world.clerk()))).toBe('200');
      const elsewhere = await world.city.cloud.issueToken({
        sub: 'county-clerk-411502',
        role: 'county-clerk',
        divisionCode: '411525',
      });
      const promoted = await world.city.cloud.issueToken({ sub: 'county-clerk-411502', role: 'auditor' });
      const edited = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
      const refused = [
        pageOf(path, cursor, world.people['county-clerk']),
        pageOf(path, cursor, elsewhere),
        pageOf(path, cursor, promoted),
        pageOf('/v1/enterprises?divisionCode=411502', cursor, world.clerk()),
        pageOf('/v1/whitelist', cursor, world.clerk()),
        pageOf(`/v1/enterprises/${world.known}/screenings`, cursor, world.clerk()),
        ...[
          edited,
          cursor.slice(0, -1),
          `${cursor}=`,
          `${cursor}.x`,
          cursor.split('.')[0]!,
          'nonsense',
          '.',
          '%F0%9F%92%A9',
        ].map((wrong) => pageOf(path, wrong, world.clerk())),
      ];
      for (const [index, answer] of (await Promise.all(refused)).entries()) {
        expect([index, said(answer)]).toEqual([index, '400 cursor_invalid']);
      }
    });
  });

  describe('an answer', () => {
    test('says where the new thing is, and has the status of its kind', async () => {
      const created = await world.nominate();
      expect(said(created)).toBe('201');
      expect((await world.city.get(created.headers.get('location')!, world.clerk())).body).toEqual(created.body);
      const list = await world.importList(world.clerk());
      expect([said(list), list.headers.get('location')]).toEqual([
        '202',
        `/v1/enterprise-imports/${list.body.importId}`,
      ]);
      const consent = `/v1/enterprises/${created.body.uscc}/consent`;
      expect(said(await world.city.call('PUT', consent, { token: world.clerk(), json: grantOf() }))).toBe('200');
      const withdrawn = await world.city.call('DELETE', consent, { token: world.clerk() });
      expect([said(withdrawn), withdrawn.body]).toEqual(['204', '']);
    });

    test('carries the request’s id, ours where the caller’s is none', async () => {
      const ask = (headers: Record<string, string>) =>
        world.city.call('GET', '/v1/whitelist/none', { token: world.people.auditor, headers });
      const named = await ask({ 'x-request-id': 'trace-1.a_B' });
      expect([named.headers.get('x-request-id'), problemIn(named).requestId]).toEqual(['trace-1.a_B', 'trace-1.a_B']);
      const ours = await Promise.all(
        [{}, { 'x-request-id': 'no blanks' }, { 'x-request-id': 'x'.repeat(65) }].map(ask),
      );
      const ids = ours.map((answer) => answer.headers.get('x-request-id'));
      expect(ours.map((answer) => problemIn(answer).requestId)).toEqual(ids);
      expect(new Set(ids).size).toBe(3);
      for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{8,64}$/);
    });
  });

  describe('the OpenAPI document', () => {
    test('names exactly the routes of the contracts, and each is there', async () => {
      const { paths } = (await world.city.get('/openapi.json')).body;
      const told = Object.entries<Record<string, unknown>>(paths).flatMap(([path, item]) =>
        Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
      );
      expect(told.toSorted()).toEqual(each.map(([, { method, path }]) => `${method} ${path}`).toSorted());
      for (const line of told) {
        const [method = '', path = ''] = line.split(' ');
        const { status } = await world.city.call(method, path.replace(/\{[^}]+\}/g, '1'), { key: null });
        expect([200, 401], line).toContain(status);
      }
    });

    test('is all there is: what the gateway hands to a service is in its contract', () => {
      const nouns = (paths: string[]) => new Set(paths.flatMap((path) => /^\/v1\/([^/{]+)/.exec(path)?.[1] ?? []));
      expect(nouns(world.city.cloud.deployment.routes.map(({ resource }) => resource))).toEqual(
        nouns(each.map(([, { path }]) => path)),
      );
    });
  });
}
