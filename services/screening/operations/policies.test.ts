import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '#packages/access';
import { verifyAggregate } from '#packages/audit';
import type { Route } from '#packages/contract';
import type { Call } from '#packages/lambda/http';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { city2 } from '../policies/city-2.ts';
import { city2Cases } from '../policies/city-2-cases.ts';
import { openPolicyBook } from '../policy-book.ts';
import { coreInForce, versionFor } from '../policy-line.ts';
import type { FiledCore, FiledOverlay, FiledPolicy } from '../rules/filed-policy.ts';
import { soundScreeningFacts } from '../rules/sample-facts.ts';
import { getPolicies, getPolicyHead, policyPk, releaseWrites } from '../store/policy.ts';
import { draftPolicy } from './draft-policy.ts';
import { getPolicy, getPolicyCoverage, listPolicies } from './read-policy.ts';
import { releasePolicy } from './release-policy.ts';

const today = '2026-11-23';
const now = new Date(`${today}T04:00:00.000Z`);
const person = (role: Person['role'], sub: string, more: Partial<Person> = {}): Person => ({
  kind: 'person',
  issuer: 'https://issuer.example',
  sub,
  role,
  ...more,
});
const admin = person('city-admin', 'first');
const reviewer = person('city-reviewer', 'second');
const county = person('county-reviewer', 'county', { divisionCode: '411502' });

const core = (version: string, more: Partial<FiledCore> = {}): FiledCore => ({ ...city2, version, ...more });
const overlay = (version: string, more: Partial<FiledOverlay> = {}): FiledOverlay => ({
  version,
  base: 'city-2',
  divisionCode: '411502',
  validFrom: '2026-11-01',
  title: '浉河区附加规则',
  rules: [],
  tighten: [{ ruleId: 'tax-grade-good', and: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B'] } }],
  ...more,
});

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

/** The operations on a table of their own, each called as a person does it. */
async function city() {
  const table = await started.another();
  const deps = { table, book: openPolicyBook(table) };
  const call = <R extends Route>(
    caller: Person,
    given: { params?: object; body?: unknown; query?: object },
    at = now,
  ) =>
    ({ params: {}, query: {}, body: {}, caller, requestId: 'test', now: at, receipt: noReceipt, ...given }) as Call<R>;
  const ops = {
    draft: draftPolicy(deps),
    release: releasePolicy(deps),
    get: getPolicy(deps),
    coverage: getPolicyCoverage(deps),
    list: listPolicies(deps),
  };
  return {
    table,
    book: deps.book,
    draft: (body: FiledPolicy, by = 'base' in body ? county : admin) => ops.draft(call(by, { body })),
    release: (version: string, by = reviewer, at = now) => ops.release(call(by, { params: { version } }, at)),
    get: (version: string) => ops.get(call(reviewer, { params: { version } })),
    coverage: (version: string) => ops.coverage(call(reviewer, { params: { version } })),
    list: (pageSize: number, position?: Record<string, string>) =>
      ops.list({
        ...call<any>(reviewer, { query: { pageSize } }),
        position,
        seal: (next) => JSON.stringify(next),
      } as Parameters<typeof ops.list>[0]),
  };
}

const errorsOf = (outcome: { errors?: { pointer: string; code: string; message: string }[] } | object) =>
  ('errors' in outcome ? (outcome.errors ?? []) : []).map(({ pointer, code }) => `${pointer} ${code}`);

describe('a draft', () => {
  test('is kept under its version, which says the same for ever', async () => {
    const { draft, get, table } = await city();
    const filed = core('city-3', { validFrom: '2027-01-01', cases: city2Cases.slice(0, 3) });
    const first = await draft(filed);
    expect(first).toMatchObject({
      kind: 'done',
      location: '/v1/screening-policies/city-3',
      result: { version: 'city-3', kind: 'core', status: 'draft', validFrom: '2027-01-01' },
    });
    expect(await get('city-3')).toEqual({ kind: 'done', result: filed });
    const { rules, title, ...rest } = filed;
    const again = await draft({ title, rules, ...rest }, person('city-admin', 'somebody else'));
    expect(again).toMatchObject({ kind: 'done', replayed: true, result: 'result' in first ? first.result : {} });
    expect(await draft({ ...filed, title: '另一版' })).toMatchObject({ kind: 'refused', code: 'already_exists' });
    expect(await draft(core('city-2'))).toMatchObject({ kind: 'refused', code: 'already_exists' });
    expect((await verifyAggregate(table, policyPk('city-3'))).kind).toBe('intact');
  });

  test('said twice at once is one', async () => {
    const { draft, table } = await city();
    const twins = await Promise.all([1, 2, 3].map(() => draft(core('city-3'))));
    expect(twins.filter((one) => 'replayed' in one)).toHaveLength(2);
    expect(await verifyAggregate(table, policyPk('city-3'))).toMatchObject({ head: { sequence: 1 } });
  });

  test.each<[string, FiledPolicy, Person]>([
    ['a county a core policy', core('city-3'), county],
    ['the city an overlay', overlay('o-1'), admin],
    ['a county another’s overlay', overlay('o-1', { divisionCode: '411525' }), county],
    ['somebody without a county', overlay('o-1'), person('county-reviewer', 'nowhere')],
  ])('is not for everybody: not for %s', async (_who, filed, by) => {
    const { draft } = await city();
    expect(await draft(filed, by)).toMatchObject({ kind: 'refused', code: 'forbidden' });
  });

  const [someRule] = city2.rules;
  test.each<[string, FiledPolicy, string[]]>([
    ['a tilde in its version', core('city~3'), ['/version invalid_format']],
    [
      'a fact nobody delivers',
      core('city-3', { rules: [someRule!, { ...someRule!, id: 'odd', must: { path: 'credit.mood', op: 'present' } }] }),
      ['/rules/1 rule_not_executable'],
    ],
    [
      'a rule that reads nothing of its source',
      core('city-3', { rules: [{ ...someRule!, source: 'ip' }] }),
      ['/rules/0 rule_not_executable'],
    ],
    ['an unknown base', overlay('o-1', { base: 'city-9' }), ['/base unknown_policy']],
    ['a version too long beside its base', overlay('o'.repeat(60)), ['/version too_big']],
    [
      'a rule the city does not have',
      overlay('o-1', { tighten: [{ ruleId: 'none-such', effect: 'exclude' }] }),
      ['/tighten/0 rule_malformed'],
    ],
  ])('is refused for %s', async (_what, filed, errors) => {
    const { draft } = await city();
    const outcome = await draft(filed);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'validation_failed' });
    expect(errorsOf(outcome)).toEqual(errors);
    for (const { message } of 'errors' in outcome ? (outcome.errors ?? []) : []) {
      expect(message).toMatch(/\p{Script=Han}/u);
    }
  });

  test('that relaxes the core is refused with the rules that do', async () => {
    const { draft } = await city();
    const tax = city2.rules.find(({ id }) => id === 'tax-grade-good')!;
    const size = city2.rules.find(({ id }) => id === 'size-sme')!;
    const milder: FiledOverlay = overlay('o-1', {
      rules: [
        { ...tax, id: 'own-rule' },
        { ...tax, must: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B', 'M', 'C'] } },
        { ...size, effect: 'review' },
      ],
      tighten: [],
    });
    const outcome = await draft(milder);
    expect(outcome).toMatchObject({ kind: 'refused', code: 'overlay_relaxes_core' });
    expect(errorsOf(outcome).toSorted()).toEqual(['/rules/1 relaxes_core', '/rules/2 relaxes_core']);
    const messages = 'errors' in outcome ? (outcome.errors ?? []).map(({ message }) => message) : [];
    expect(messages.join()).toMatch(/规则“size-sme”：.*规则“tax-grade-good”：/);
  });

  test('an overlay lies upon a released core only', async () => {
    const { draft, release } = await city();
    await draft(core('city-3', { validFrom: '2027-01-01' }));
    const upon = overlay('o-1', { base: 'city-3' });
    expect(errorsOf(await draft(upon))).toEqual(['/base unknown_policy']);
    await release('city-3');
    expect(await draft(upon)).toMatchObject({ kind: 'done', result: { kind: 'overlay', base: 'city-3' } });
    expect(await draft(overlay('o-2', { base: 'o-1' }))).toMatchObject({ code: 'validation_failed' });
  });
});

describe('a release', () => {
  test('is another person’s, and works from then on', async () => {
    const { draft, release, table } = await city();
    await draft(core('city-3', { cases: [...city2Cases] }));
    const same = person('city-reviewer', admin.sub);
    expect(await release('city-3', same)).toMatchObject({ kind: 'refused', code: 'second_person_required' });
    expect(await release('city-9')).toMatchObject({ code: 'not_found' });
    const done = await release('city-3');
    expect(done).toMatchObject({
      kind: 'done',
      result: { status: 'released', releasedOn: today, effectiveFrom: today, coverage: { cases: city2Cases.length } },
    });
    expect(await release('city-3')).toMatchObject({ kind: 'refused', code: 'state_conflict' });
    const line = await getPolicies(table);
    expect([coreInForce(line, '2026-11-22'), coreInForce(line, today)]).toEqual(['city-2', 'city-3']);
    expect((await verifyAggregate(table, policyPk('city-3'))).kind).toBe('intact');
  });

  test('by the drafter is refused by the write itself', async () => {
    const { draft, table } = await city();
    await draft(core('city-3'));
    const [head, line] = [(await getPolicyHead(table, 'city-3'))!, await getPolicies(table)];
    const releasing = (releasedBy: string) =>
      table.transact(releaseWrites(head, { ...head, status: 'released', releasedBy }, line, line));
    expect(await releasing(head.draftedBy)).toEqual({ kind: 'refused', steps: [0] });
    expect(await releasing('person|x|y')).toEqual({ kind: 'written' });
  });

  test('of two people at once succeeds once, and of two policies at once twice', async () => {
    const { draft, release, table } = await city();
    for (const version of ['city-3', 'city-4']) await draft(core(version));
    const others = ['second', 'third', 'fourth'].map((sub) => person('city-reviewer', sub));
    const outcomes = await Promise.all([...others.map((by) => release('city-3', by)), release('city-4', others[0])]);
    expect(
      outcomes
        .slice(0, 3)
        .map((one) => ('code' in one ? one.code : one.kind))
        .toSorted(),
    ).toEqual(['done', 'state_conflict', 'state_conflict']);
    expect(outcomes[3]).toMatchObject({ kind: 'done' });
    const line = await getPolicies(table);
    expect(line.revision).toBe(2);
    expect(line.released.map(({ version }) => version).toSorted()).toEqual(['city-3', 'city-4']);
    expect(coreInForce(line, today)).toBe(line.released[1]?.version);
  });

  test('is refused where a case does not come out as meant, and names it', async () => {
    const { draft, release, coverage } = await city();
    const wrong = { ...city2Cases[0]!, name: '本该通过', expect: { outcome: 'pass' as const, failing: [] } };
    await draft(core('city-3', { cases: [city2Cases[1]!, wrong] }));
    const refused = await release('city-3');
    expect(refused).toMatchObject({ kind: 'refused', code: 'state_conflict' });
    expect('detail' in refused && refused.detail).toContain('本该通过');
    expect(await coverage('city-3')).toMatchObject({ result: { results: [{ met: true }, { met: false }] } });
  });

  test('of one whose last day is over is refused', async () => {
    const { draft, release } = await city();
    await draft(core('city-3', { validThrough: '2026-11-22' }));
    expect(await release('city-3')).toMatchObject({ kind: 'refused', code: 'state_conflict' });
  });
});

describe('an overlay', () => {
  test('decides in its county, with the core’s rules tightened, until another core is in force', async () => {
    const { draft, release, get, coverage, book, table } = await city();
    const drafted = overlay('411502-1', { secondOpinion: 'development-reform', cases: [tightened()] });
    await draft(drafted);
    expect(await release('411502-1')).toMatchObject({ kind: 'done', result: { warnings: [] } });
    const line = await getPolicies(table);
    const facts = tightened().facts;
    const [here, there] = await Promise.all(['411502', '411525'].map((code) => book.inForce(line, today, code)));
    expect([here!.version, there!.version]).toEqual(['city-2~411502-1', 'city-2']);
    expect([here!.evaluate(facts, today).outcome, there!.evaluate(facts, today).outcome]).toEqual(['review', 'pass']);
    expect(here!.data.secondOpinion).toBe('development-reform');
    expect(await get('411502-1')).toEqual({ kind: 'done', result: drafted });
    expect(await get('city-2~411502-1')).toEqual({ kind: 'done', result: here!.data });
    expect(await get('city-1~411502-1')).toMatchObject({ code: 'not_found' });
    expect(await coverage('411502-1')).toMatchObject({ result: { cases: 1, results: [{ met: true }] } });

    await draft(core('city-3'));
    expect(await release('city-3')).toMatchObject({ result: { warnings: [{ code: 'overlay_rests' }] } });
    expect(versionFor(await getPolicies(table), today, '411502')).toBe('city-3');
  });

  /** Tax grade M is good for the city, and not for this county. */
  function tightened() {
    const facts = soundScreeningFacts();
    if (facts.credit.kind === 'known') facts.credit.data.taxGrade = 'M';
    return { name: 'M 级待核', facts, today, expect: { outcome: 'review' as const, failing: ['tax-grade-good'] } };
  }
});

test('the list tells everything filed, newest first, and then what came with the software', async () => {
  const { draft, release, list } = await city();
  for (const filed of [core('city-3'), overlay('o-1'), core('city-4', { validFrom: '2027-01-01' })]) await draft(filed);
  await release('city-3', reviewer);
  await release('o-1', reviewer);
  const seen: unknown[] = [];
  let position: Record<string, string> | undefined;
  for (let pages = 0; pages < 9; pages += 1) {
    const page = await list(2, position);
    if (page.kind !== 'done') throw new Error('refused');
    expect(page.result.items.length).toBeLessThanOrEqual(2);
    seen.push(
      ...page.result.items.map(({ version, status, inForce, warnings }) => [version, status, inForce, warnings.length]),
    );
    if (page.result.nextCursor === null) break;
    position = JSON.parse(page.result.nextCursor);
  }
  // All drafted at the same instant: among those the version decides.
  expect(seen).toEqual([
    ['o-1', 'released', false, 1],
    ['city-4', 'draft', false, 0],
    ['city-3', 'released', true, 0],
    ['city-2', 'released', false, 0],
    ['city-1', 'released', false, 0],
  ]);
});

test('the book reads and compiles each version once, and asks again for what was not there', async () => {
  const { draft, release, table } = await city();
  let reads = 0;
  const get: Table['get'] = (key) => {
    reads += 1;
    return table.get(key);
  };
  const book = openPolicyBook({ get });
  await expect(book.policy('o-1')).rejects.toThrow('o-1');
  await draft(overlay('o-1'));
  await release('o-1');
  const line = await getPolicies(table);
  const all = await Promise.all(Array.from({ length: 5 }, () => book.inForce(line, today, '411502')));
  expect(new Set(all).size).toBe(1);
  expect(await book.inForce(line, today, '411502')).toBe(all[0]);
  expect(reads).toBe(2);
});
