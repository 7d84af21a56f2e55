import { describe, expect, test } from 'vitest';
import { said } from '../conventions/http.ts';
import { goodCredit, goodIp, newUscc, nominationOf } from '../story.ts';
import type { World } from './world.ts';

/** Who sees what of it. */
export function views(world: World): void {
  describe('who sees what', () => {
    const park = 'XY-ZONE-YSQY';

    test('a second county nominates the same master entry, and sees it from then on', async () => {
      const uscc = await world.story.enterprise();
      const [clerk, path] = [world.city.operator('county-clerk-411525'), `/v1/enterprises/${uscc}`];
      expect(said(await world.city.get(path, clerk))).toBe('404 not_found');
      const nomination = nominationOf(uscc, { divisionCode: '411525', name: '示例科技（固始）有限公司' });
      const second = await world.city.post('/v1/enterprises', clerk, nomination);
      expect([said(second), second.headers.get('idempotency-replayed')]).toEqual(['201', null]);
      expect(second.body.nominations.map((one: any) => one.divisionCode)).toEqual(['411502', '411525']);
      for (const token of [clerk, world.city.operator('county-clerk-411502')])
        expect((await world.city.get(path, token)).body.uscc).toBe(uscc);
      const again = await world.city.post('/v1/enterprises', clerk, nomination);
      expect([said(again), again.headers.get('idempotency-replayed')]).toEqual(['201', 'true']);
      expect(said(await world.city.post('/v1/enterprises', clerk, { ...nomination, sizeClass: 'large' }))).toBe(
        '409 already_exists',
      );
      const [newest] = (await world.city.get('/v1/enterprises', clerk)).body.items;
      expect(newest.uscc).toBe(uscc);
      await world.story.screen(uscc);
      await world.story.opine(uscc, 'recommend', '411525');
      expect((await world.story.view(uscc)).opinions).toMatchObject([{ divisionCode: '411525' }]);
    });

    test('a park manager sees the enterprises of the park', async () => {
      const manager = world.city.operator('park-manager');
      const [inside, outside] = [
        await world.story.enterprise({ parkId: park }),
        await world.story.enterprise({ parkId: 'XY-ZONE-MG' }),
      ];
      const own = nominationOf(newUscc(), { parkId: park });
      expect(said(await world.city.post('/v1/enterprises', manager, own))).toBe('201');
      const items = (await world.city.get('/v1/enterprises', manager)).body.items.map((one: any) => one.uscc);
      expect(items).toEqual([own.uscc, inside]);
      expect(said(await world.city.get(`/v1/enterprises/${inside}/screenings`, manager))).toBe('200');
      expect(said(await world.city.get(`/v1/enterprises/${outside}`, manager))).toBe('404 not_found');
      expect((await world.story.run({ parkId: park })).counts).toMatchObject({ total: 2, pass: 1, stale: 1 });
      expect(
        (await world.city.get(`/v1/enterprises?parkId=${park}`, world.city.operator('auditor'))).body.items,
      ).toHaveLength(2);
    });

    test('an enterprise sees itself, and says itself what may be asked about it', async () => {
      const uscc = newUscc();
      const token = await world.city.cloud.issueToken({ sub: 'a-company', role: 'enterprise-user', uscc });
      const path = `/v1/enterprises/${uscc}`;
      expect(said(await world.city.get(path, token))).toBe('404 not_found');
      await world.story.nominate(uscc);
      await world.story.tellSources(uscc, goodCredit(), goodIp());
      expect((await world.city.get(path, token)).body).toMatchObject({
        uscc,
        nominations: [{ divisionCode: '411502' }],
      });
      expect(await world.story.consent(uscc, {}, token)).toMatchObject({ status: 'live' });
      expect(await world.story.screen(uscc)).toEqual(['pass']);
      expect((await world.city.get(`${path}/screenings`, token)).body.items).toHaveLength(1);
      expect(said(await world.city.call('DELETE', `${path}/consent`, { token }))).toBe('204');
      expect(await world.story.screen(uscc)).toEqual(['stale']);
      const decisions = (await world.city.get(`${path}/screenings`, token)).body.items;
      expect(decisions.map((one: any) => one.outcome)).toEqual(['stale', 'pass']);
    });
  });
}
