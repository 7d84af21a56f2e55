import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { legalDateOf } from '#packages/calendar';
import { type City, startCity } from '../support/city.ts';
import { said } from './conventions/http.ts';
import { goodCredit, newUscc, storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let [uscc, token, foreign] = ['', '', ''];

beforeAll(async () => {
  city = await startCity();
  story = storyOf(city);
  uscc = await story.enterprise();
  token = await city.cloud.issueToken({ sub: 'a-company', role: 'enterprise-user', uscc });
  foreign = await city.cloud.issueToken({ sub: 'another-company', role: 'enterprise-user', uscc: newUscc() });
  await story.tellSource('credit', uscc, goodCredit({ taxGrade: 'C' }));
  expect(await story.screen(uscc)).toEqual(['review']);
});
afterAll(() => city.stop());

const today = () => legalDateOf(new Date().toISOString());
const passport = async () => story.ok(200, city.get(`/v1/enterprises/${uscc}/passport`, token));

test('an enterprise reads what is known of it, why it does not pass, and who has looked', async () => {
  await story.ok(200, city.get(`/v1/enterprises/${uscc}`, city.operator('county-clerk-411502')));
  await story.ok(200, city.get(`/v1/enterprises/${uscc}/ip-facts?purpose=post-loan`, city.operator('city-admin')));
  const { decision, sources, looks, consent } = await passport();
  expect(decision).toMatchObject({ outcome: 'review', reproduced: true, path: { kind: 'path' } });
  expect(decision.path.steps).toMatchObject([{ path: 'credit.taxGrade', change: 'improve' }]);
  expect(sources).toMatchObject({
    credit: { title: '信用中国', facts: { taxGrade: 'C' }, answers: [{ usedBy: [decision.screeningId] }] },
    ip: { facts: { assets: [{ kind: 'invention' }] } },
  });
  expect(consent).toMatchObject({ status: 'live', recipients: ['all-banks'] });
  expect(looks.slice(0, 2)).toMatchObject([
    { role: 'city-admin', what: 'GET /v1/enterprises/{uscc}/ip-facts', purpose: 'post-loan' },
    { role: 'county-clerk', actorId: 'county-clerk-411502', what: 'GET /v1/enterprises/{uscc}' },
  ]);
  expect((await passport()).looks[0]).toMatchObject({ role: 'enterprise-user', actorId: 'a-company' });
});

test('objects to a record by the name it was given, and sees it disputed', async () => {
  const { objection, sources } = await passport();
  const recordRef = sources.credit.answers[0].recordId;
  expect(objection.recordRefs).toContain(recordRef);
  const filed = await city.call(objection.method, objection.path, {
    token,
    json: { uscc, recordRef, statement: '纳税信用已修复' },
  });
  expect(said(filed)).toBe('201');
  expect((await passport()).disputes).toEqual([{ objectionId: filed.body.objectionId, recordRef }]);
  const mine = await story.ok(200, city.get(`/v1/objections?uscc=${uscc}`, token));
  expect(mine.items).toEqual([filed.body]);
  expect(said(await city.get(`/v1/objections?uscc=${uscc}`, foreign))).toBe('403 forbidden');

  // What is corrected is asked for anew by the next run.
  await story.tellSource('credit', uscc, goodCredit());
  const decisions = `/v1/objections/${filed.body.objectionId}/decisions`;
  await story.ok(
    200,
    city.post(decisions, city.operator('city-reviewer'), { decision: 'corrected', reason: '已更正' }),
  );
  await story.run({});
  expect((await passport()).decision).toMatchObject({ outcome: 'pass', reproduced: true, path: { steps: [] } });
});

test('a foreign company finds nothing, as where there is nothing, and leaves no trace', async () => {
  const before = (await passport()).looks.length;
  for (const view of ['', '/passport', '/decision', '/screenings', '/ip-facts?purpose=pre-loan'])
    expect([view, said(await city.get(`/v1/enterprises/${uscc}${view}`, foreign))]).toEqual([view, '404 not_found']);
  expect((await passport()).looks).toHaveLength(before + 1);
});

test('a version can be checked by its lines, and a list of a day read again', async () => {
  await story.opine(uscc);
  const { version, digest } = await story.publish();
  const lines: string[] = [];
  const page = await story.ok(200, city.get(`/v1/whitelist-versions/${version}/lines`, token));
  for (const line of page.items) lines.push(`${line.uscc},${line.listedOn},${line.validUntil}\n`);
  expect(createHash('sha256').update(lines.join('')).digest('hex')).toBe(digest);
  const now = await story.ok(200, city.get('/v1/whitelist', token));
  expect(now.items).toMatchObject([{ uscc, status: 'listed' }]);
  expect(await story.ok(200, city.get(`/v1/whitelist?asOf=${today()}`, token))).toEqual(now);
  expect(await story.ok(200, city.get('/v1/whitelist?asOf=2020-01-01', token))).toEqual({
    items: [],
    nextCursor: null,
  });
});

test('after a withdrawal its facts are gone, what was decided stays', async () => {
  const before = (await passport()).decision;
  expect(said(await city.call('DELETE', `/v1/enterprises/${uscc}/consent`, { token }))).toBe('204');
  await story.drained();
  const { decision, sources, consent } = await passport();
  expect(decision).toMatchObject({ purged: true, outcome: 'pass', factsDigest: before.factsDigest });
  expect(decision.reproduced).toBeUndefined();
  for (const source of [sources.credit, sources.ip]) {
    expect(source.purged).toBe(true);
    expect(source.facts).toBeUndefined();
  }
  expect(consent.status).toBe('withdrawn');
  const past = await story.ok(200, city.get(`/v1/enterprises/${uscc}/decision?asOf=${today()}`, token));
  expect(past).toMatchObject({ recorded: { outcome: 'pass' }, facts: 'purged' });
  expect(said(await city.get(`/v1/enterprises/${uscc}/ip-facts?purpose=pre-loan`, token))).toBe('404 not_found');
  expect((await story.whitelist('removed')).map((entry) => entry.uscc)).toEqual([uscc]);
});
