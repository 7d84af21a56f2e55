import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addWorkingDays } from '#packages/calendar/working-days';
import { type City, startCity } from '../support/city.ts';
import { goodCredit, goodIp, storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;

beforeAll(async () => {
  city = await startCity();
  story = storyOf(city);
});
afterAll(() => city.stop());

/** An enterprise that is on the list. */
async function listed(): Promise<string> {
  const uscc = await story.enterprise();
  await story.screen(uscc);
  await story.opine(uscc);
  await story.publish();
  return uscc;
}

const entry = (uscc: string) => story.ok(200, city.get(`/v1/whitelist/${uscc}`, city.operator('auditor')));
const act = (uscc: string, what: string) =>
  city.post(`/v1/whitelist/${uscc}/${what}`, city.operator('city-reviewer'), { reason: '市级核查' });
const listedCodes = async () => (await story.whitelist()).map((item) => item.uscc);

describe('an entry', () => {
  test('is suspended, reinstated and removed by a person, and comes back only by its county', async () => {
    const uscc = await listed();
    expect(await act(uscc, 'suspensions')).toMatchObject({ status: 200, body: { status: 'suspended' } });
    expect(await listedCodes()).not.toContain(uscc);
    expect(await act(uscc, 'suspensions')).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    expect(await act(uscc, 'reinstatements')).toMatchObject({ status: 200, body: { status: 'listed' } });
    expect(await listedCodes()).toContain(uscc);

    expect(await act(uscc, 'removals')).toMatchObject({ status: 200, body: { status: 'removed' } });
    expect(await act(uscc, 'reinstatements')).toMatchObject({ status: 409 });
    await story.publish();
    expect(await listedCodes()).not.toContain(uscc);
    await story.opine(uscc);
    await story.publish();
    expect(await listedCodes()).toContain(uscc);
  });

  test('stays suspended through a new version', async () => {
    const uscc = await listed();
    await act(uscc, 'suspensions');
    await story.publish();
    expect(await entry(uscc)).toMatchObject({ status: 'suspended' });
  });

  test('of an enterprise that nobody listed is none', async () => {
    const uscc = await story.enterprise();
    expect(await act(uscc, 'suspensions')).toMatchObject({ status: 404, body: { code: 'not_found' } });
  });

  test('is suspended at once by a hard hit, and taken off by the next version', async () => {
    const uscc = await listed();
    const lists = [{ kind: 'dishonest-debtor', listedOn: '2026-01-05' }];
    await story.tellSource('credit', uscc, goodCredit({ lists }));
    expect(await story.screen(uscc)).toEqual(['exclude']);
    expect(await entry(uscc)).toMatchObject({ status: 'suspended' });
    await story.publish();
    expect(await entry(uscc)).toMatchObject({ status: 'removed' });
  });

  test('expires after its last day, and says so once', async () => {
    const uscc = await listed();
    const at = '2099-01-01T00:00:00.000Z';
    await story.ok(200, city.call('POST', '/__local/schedules/whitelist-expiry', { json: { at } }));
    await story.ok(200, city.call('POST', '/__local/schedules/whitelist-expiry', { json: { at } }));
    expect(await entry(uscc)).toMatchObject({ status: 'expired' });
    expect(await act(uscc, 'suspensions')).toMatchObject({ status: 409 });
  });
});

describe('an objection', () => {
  const companyOf = (uscc: string) =>
    city.cloud.issueToken({ sub: `company-${uscc}`, role: 'enterprise-user', uscc, ttlSeconds: 600 });

  test('marks the entry at once, runs by working days, keeps it from removal, and is closed by one decision', async () => {
    const uscc = await listed();
    const company = await companyOf(uscc);
    const body = { uscc, recordRef: 'credit/penalty/1', statement: '该处罚已撤销' };
    const filed = await city.post('/v1/objections', company, body);
    expect(filed).toMatchObject({ status: 201, body: { uscc, status: 'open' } });
    const { objectionId, filedAt } = filed.body;
    expect(filed.headers.get('location')).toBe(`/v1/objections/${objectionId}`);
    const day = new Date(Date.parse(filedAt) + 8 * 3_600_000).toISOString().slice(0, 10);
    expect(filed.body).toMatchObject({
      ownCheckBy: addWorkingDays(day, 3).date,
      decideBy: addWorkingDays(day, 7).date,
      provisional: addWorkingDays(day, 7).provisional,
    });
    expect(await entry(uscc)).toMatchObject({ disputed: true, status: 'listed' });
    expect(await act(uscc, 'removals')).toMatchObject({ status: 409, body: { code: 'state_conflict' } });

    // A hard hit suspends, but what is disputed removes nobody.
    const lists = [{ kind: 'wage-arrears', listedOn: '2026-01-05' }];
    await story.tellSource('credit', uscc, goodCredit({ lists }));
    await story.screen(uscc);
    await story.publish();
    expect(await entry(uscc)).toMatchObject({ disputed: true, status: 'suspended' });

    const decide = () =>
      city.post(`/v1/objections/${objectionId}/decisions`, city.operator('city-reviewer'), {
        decision: 'corrected',
        reason: '来源已更正',
      });
    expect(await decide()).toMatchObject({ status: 200, body: { status: 'decided', decision: 'corrected' } });
    expect(await decide()).toMatchObject({ status: 409, body: { code: 'state_conflict' } });
    expect(await entry(uscc)).toMatchObject({ disputed: false, status: 'suspended' });

    await story.tellSources(uscc, goodCredit(), goodIp());
    expect(await story.screen(uscc)).toEqual(['pass']);
    expect(await act(uscc, 'reinstatements')).toMatchObject({ status: 200, body: { status: 'listed' } });
  });

  test('is the company’s own and nobody else’s', async () => {
    const [mine, other] = [await story.enterprise(), await story.enterprise()];
    const company = await companyOf(mine);
    const foreign = { uscc: other, recordRef: 'credit/1', statement: '不是本企业' };
    expect(await city.post('/v1/objections', company, foreign)).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
    const filed = await city.post('/v1/objections', company, { ...foreign, uscc: mine });
    const path = `/v1/objections/${filed.body.objectionId}`;
    expect(await city.get(path, company)).toMatchObject({ status: 200 });
    expect(await city.get(path, await companyOf(other))).toMatchObject({ status: 404, body: { code: 'not_found' } });
    const listed = await story.ok(200, city.get('/v1/objections', city.operator('auditor')));
    expect(listed.items[0]).toMatchObject({ uscc: mine, status: 'open' });
  });
});
