import { beforeAll, describe, expect, test } from 'vitest';
import { goodCredit, goodIp, newUscc } from '../story.ts';
import { type Case, outcomes } from './outcomes.ts';
import type { World } from './world.ts';

/** What a run decides, and when there is one. */
export function decisions(world: World): void {
  test('the policy decides on what is known, and unknown never passes', async () => {
    const [first, ...rest] = outcomes.map(async ([what, given, expected]) => ({
      what,
      expected,
      uscc: await made(given),
    }));
    const all = await Promise.all([first!, ...rest]);
    const { counts } = await world.story.run({ usccs: all.map(({ uscc }) => uscc) });
    const found = await Promise.all(all.map(async ({ what, uscc }) => [what, await world.story.outcomeOf(uscc)]));
    expect(found).toEqual(all.map(({ what, expected }) => [what, expected]));
    const count = (outcome: string) => all.filter(({ expected }) => expected === outcome).length;
    expect(counts).toMatchObject({
      total: all.length,
      pass: count('pass'),
      review: count('review'),
      exclude: count('exclude'),
      stale: count('stale'),
    });

    async function made(given: Case): Promise<string> {
      const uscc = newUscc();
      await world.story.nominate(uscc, given.nomination);
      if (given.consent !== 'none') await world.story.consent(uscc, given.consent);
      const { credit, ip } = { credit: goodCredit(), ip: goodIp(), ...given };
      await world.story.tellSources(uscc, credit, ip);
      return uscc;
    }
  });

  describe('a source that fails', () => {
    let usccs: [string, string];
    beforeAll(async () => {
      usccs = [await world.story.enterprise(), await world.story.enterprise()];
      expect(await world.story.screen(...usccs)).toEqual(['pass', 'pass']);
    });

    test.each(['slow', '429', '500', 'truncated', 'schema-drift', 'wrong-encoding', 'changed-record'])(
      '%s is never a pass, and forgotten afterwards',
      async (kind) => {
        for (const [index, source] of (['credit', 'ip'] as const).entries()) {
          await world.story.fault(source, kind);
          expect([source, await world.story.screen(usccs[index]!)]).toEqual([source, ['stale']]);
          await world.story.fault(source, 'none');
          const [{ rules }] = await world.screenings(usccs[index]!);
          const unknown = rules.filter((rule: any) => rule.outcome === 'unknown');
          expect(unknown.length).toBeGreaterThan(0);
          expect(rules.flatMap((rule: any) => rule.evidence).map((one: any) => one.source)).not.toContain(source);
        }
        expect(await world.story.screen(...usccs)).toEqual(['pass', 'pass']);
      },
    );
  });

  test('a run over a county while a source fails passes nobody, and the next one everybody who passed before', async () => {
    const outcomes = async () => (await world.story.run({ divisionCode: '411502' })).counts;
    const before = await outcomes();
    expect(before.pass).toBeGreaterThan(1);
    await world.story.fault('credit', '500');
    const during = await outcomes();
    await world.story.fault('credit', 'none');
    expect(during).toMatchObject({ total: before.total, pass: 0 });
    const { unchanged: _unchanged, ...after } = await outcomes();
    expect({ ...before, ...after }).toEqual(before);
  });

  test('the day’s run is started once, however often the clock strikes', async () => {
    // 02:00 of 2 December in Shanghai.
    const strike = () =>
      world.city.call('POST', '/__local/schedules/screening-daily', { json: { at: '2026-12-01T18:00:00.000Z' } });
    expect((await Promise.all([strike(), strike(), strike()])).map(({ status }) => status)).toEqual([200, 200, 200]);
    await world.story.drained();
    const path = '/v1/screening-runs/daily-2026-12-02';
    const { body } = await world.city.get(path, world.city.operator('auditor'));
    const everybody = (await world.city.get('/v1/enterprises?pageSize=200', world.city.operator('auditor'))).body;
    expect(everybody.nextCursor).toBe(null);
    expect(body).toMatchObject({ status: 'done', scope: {}, counts: { total: everybody.items.length } });
    // Struck again when it has ended, another run begins, and finds nothing that has changed.
    await strike();
    await world.story.drained();
    expect((await world.city.get(path, world.city.operator('auditor'))).body).toEqual(body);
    const again = (await world.city.get(`${path}.2`, world.city.operator('auditor'))).body;
    expect(again).toMatchObject({ status: 'done', counts: { total: again.counts.unchanged } });
    const runs = await world.itemsWith({
      expression: 'begins_with(pk, :run) AND sk = :head',
      values: { ':run': 'RUN#daily-', ':head': 'HEAD' },
    });
    expect(runs).toHaveLength(2);
  });
}
