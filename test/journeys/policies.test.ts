import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { legalDateOf } from '#packages/calendar';
import { type City, startCity } from '../support/city.ts';
import { said } from './conventions/http.ts';
import { goodCredit, goodIp, newUscc, storyOf } from './story.ts';

const path = '/v1/screening-policies';
let city: City;
let story: ReturnType<typeof storyOf>;
let [here, there] = ['', ''];
beforeAll(async () => {
  city = await startCity();
  story = storyOf(city);
  here = await story.enterprise();
  there = await enterpriseOf411525();
  expect(await story.screen(here, there)).toEqual(['pass', 'pass']);
});
afterAll(() => city.stop());

async function enterpriseOf411525(): Promise<string> {
  const { uscc } = await story.nominate(newUscc('411525'), { divisionCode: '411525' });
  await story.consent(uscc, {}, city.operator('county-clerk-411525'));
  const registration = { status: 'active', registeredOn: '2015-03-01', divisionCode: '411525', industryCode: 'C39' };
  await story.tellSources(uscc, goodCredit({ registration }), goodIp());
  return uscc;
}

const read = (where: string, name = 'auditor') => city.get(`${path}${where}`, city.operator(name));
const draft = (json: unknown, name = 'city-admin') => city.post(path, city.operator(name), json);
const release = (version: string, token = city.operator('city-reviewer')) =>
  city.post(`${path}/${version}/releases`, token);
const decisions = async (uscc: string) =>
  (await city.get(`/v1/enterprises/${uscc}/screenings`, city.operator('auditor'))).body.items;

/** The policy that is there, under another version: nothing else has to be changed to file it again. */
async function another(version: string, change: (policy: any) => object = () => ({})) {
  const { body } = await read('/city-2');
  return { ...body, version, ...change(body) };
}
const overlay = (version: string, more: object = {}) => ({
  version,
  base: 'city-2',
  divisionCode: '411502',
  validFrom: '2026-11-01',
  title: '浉河区附加规则',
  rules: [],
  tighten: [{ ruleId: 'public-grade-good', and: { path: 'credit.publicCreditGrade', op: 'in', value: ['A'] } }],
  ...more,
});

test('the policy that came with the software is read, and can be filed again as it is', async () => {
  const again = await another('city-2-again');
  expect(again.rules.length).toBe(25);
  expect(again.cases.length).toBeGreaterThan(50);
  const filed = await draft(again);
  expect([said(filed), filed.headers.get('location')]).toEqual(['201', `${path}/city-2-again`]);
  expect(filed.body).toMatchObject({ version: 'city-2-again', kind: 'core', status: 'draft' });
  expect((await read('/city-2-again', 'enterprise-user')).body).toEqual(again);
  const replayed = await draft(again, 'city-admin-2');
  expect([said(replayed), replayed.headers.get('idempotency-replayed')]).toEqual(['201', 'true']);
  expect(replayed.body).toEqual(filed.body);
  expect(said(await draft({ ...again, title: '另一版' }))).toBe('409 already_exists');
  const report = (await read('/city-2-again/coverage')).body;
  expect(report).toMatchObject({ cases: again.cases.length, neverDecided: [], neverFailed: [] });
  expect(report.results.every((one: any) => one.met)).toBe(true);
});

test('what is wrong with a draft is said where it is wrong', async () => {
  const policy = await another('city-wrong');
  const wrong = (must: unknown) => ({ ...policy, rules: policy.rules.with(1, { ...policy.rules[1], must }) });
  const errors = async (json: unknown) => {
    const answer = await draft(json);
    return [said(answer), ...answer.body.errors.map(({ pointer, code }: any) => `${pointer} ${code}`)];
  };
  expect(await errors(wrong({ path: 'credit.taxGrade', op: 'like', value: 'A' }))).toEqual([
    '422 validation_failed',
    '/rules/1/must/op invalid_union',
  ]);
  expect(await errors(wrong({ path: 'credit.mood', op: 'present' }))).toEqual([
    '422 validation_failed',
    '/rules/1 rule_not_executable',
  ]);
  expect(await errors({ ...policy, titel: '' })).toEqual(['422 validation_failed', '/titel unknown_field']);
  expect(said(await read('/city-wrong'))).toBe('404 not_found');
});

describe('a county', () => {
  const county = 'county-reviewer-411502';

  test('may tighten for itself, never relax, and nothing for others', async () => {
    const relaxed = await draft(
      overlay('o-milder', { rules: [], tighten: [{ ruleId: 'size-sme', effect: 'review' }] }),
      county,
    );
    expect([said(relaxed), relaxed.body.errors[0].pointer]).toEqual(['422 overlay_relaxes_core', '/tighten/0']);
    expect(relaxed.body.errors[0].message).toContain('size-sme');
    expect(said(await draft(overlay('o-other', { divisionCode: '411525' }), county))).toBe('403 forbidden');
    expect(said(await draft(overlay('o-city'), 'city-admin'))).toBe('403 forbidden');
    expect(said(await draft(await another('city-county'), county))).toBe('403 forbidden');
  });

  test('’s overlay decides on its enterprises and not on its neighbour’s', async () => {
    expect(said(await draft(overlay('411502-1'), county))).toBe('201');
    expect((await release('411502-1')).body).toMatchObject({ status: 'released', kind: 'overlay', warnings: [] });
    expect(await story.screen(here, there)).toEqual(['review', 'pass']);
    const [[ours], [theirs]] = await Promise.all([decisions(here), decisions(there)]);
    expect([ours.policyVersion, theirs.policyVersion]).toEqual(['city-2~411502-1', 'city-2']);
    expect(ours.rules.find(({ id }: any) => id === 'public-grade-good')).toMatchObject({ outcome: 'fail' });
    const combined = await read(`/${ours.policyVersion}`);
    expect(combined.body).toMatchObject({ version: ours.policyVersion, title: '浉河区附加规则' });
  });
});

test('a draft’s impact tells who would gain and lose, decides nothing, and needs no key', async () => {
  // Nobody minds the public grade any more, and everybody must have been registered for twenty years.
  const milder = await another('city-milder', ({ rules }) => ({
    cases: undefined,
    rules: rules
      .filter(({ id }: any) => id !== 'public-grade-good')
      .map((rule: any) =>
        rule.id === 'registered-twelve-months' ? { ...rule, must: { ...rule.must, plusMonths: 240 } } : rule,
      ),
  }));
  expect(said(await draft(milder))).toBe('201');
  const before = await story.view(there);
  const ask = (name: string, version = 'city-milder') =>
    city.call('POST', `${path}/${version}/impacts`, { token: city.operator(name), json: {}, key: null });
  expect(said(await ask('county-reviewer-411502'))).toBe('403 forbidden');
  expect(said(await ask('city-admin', 'city-none'))).toBe('404 not_found');
  const started = await ask('city-reviewer');
  expect(said(started)).toBe('202');
  const location = started.headers.get('location')!;
  expect(location).toBe(`${path}/city-milder/impacts/${started.body.impactId}`);
  await story.drained();
  const { body } = await city.get(location, city.operator('auditor'));
  expect(body).toMatchObject({
    version: 'city-milder',
    against: 'city-2',
    status: 'done',
    gained: 0,
    lost: 1,
    unchanged: 1,
    byDivision: [
      { divisionCode: '411502', gained: 0, lost: 0, unchanged: 1 },
      { divisionCode: '411525', gained: 0, lost: 1, unchanged: 0 },
    ],
    items: [{ uscc: there, divisionCode: '411525', from: 'pass', to: 'review', reasons: ['registered-twelve-months'] }],
    itemsLeftOut: 0,
  });
  expect(await story.view(there)).toEqual(before);
  expect(said(await city.get(location.replace('city-milder', 'city-2'), city.operator('auditor')))).toBe(
    '404 not_found',
  );
});

test('a policy that another person has released decides from then on', async () => {
  const stricter = await another('city-3', ({ rules }) => ({
    cases: undefined,
    rules: rules.map((rule: any) =>
      rule.id === 'public-grade-good' ? { ...rule, effect: 'exclude', must: { ...rule.must, value: ['A'] } } : rule,
    ),
  }));
  expect(said(await draft(stricter))).toBe('201');
  const issued = { sub: city.cloud.credentials.operators['city-admin']!.sub, role: 'city-reviewer' as const };
  expect(said(await release('city-3', await city.cloud.issueToken(issued)))).toBe('409 second_person_required');
  const released = await release('city-3');
  const today = legalDateOf(new Date().toISOString());
  expect(released.body).toMatchObject({ status: 'released', releasedOn: today, effectiveFrom: today });
  expect(released.body.warnings).toMatchObject([{ code: 'overlay_rests' }]);
  expect(said(await release('city-3', city.operator('city-reviewer-2')))).toBe('409 state_conflict');

  const run = await story.run({ usccs: [here, there] });
  expect([run.policyVersion, run.counts.exclude]).toEqual(['city-3', 2]);
  expect((await decisions(there))[0]).toMatchObject({ policyVersion: 'city-3', outcome: 'exclude' });
  const old = { scope: { usccs: [there] }, policyVersion: 'city-2' };
  const refused = await city.post('/v1/screening-runs', city.operator('city-admin'), old);
  expect([said(refused), refused.body.errors[0].code]).toEqual(['422 validation_failed', 'unknown_policy']);

  const listed = (await read('', 'park-manager')).body;
  const inForce = listed.items.filter((one: any) => one.inForce).map(({ version }: any) => version);
  expect(inForce).toEqual(['city-3']);
  expect(listed.items.map(({ version }: any) => version)).toEqual([
    'city-3',
    'city-milder',
    '411502-1',
    'city-2-again',
    'city-2',
    'city-1',
  ]);
  expect(listed.items[2].warnings).toMatchObject([{ code: 'base_not_in_force' }]);
});
