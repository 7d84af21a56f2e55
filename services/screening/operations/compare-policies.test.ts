import fc from 'fast-check';
import { readOutboxItem } from '#packages/messaging/outbox';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Person } from '#packages/access';
import type { AuditActor } from '#packages/audit';
import type { Call } from '#packages/lambda/http';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { grant } from '../../../test/support/screening.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import type { PolicyImpact } from '../contract.ts';
import { homeDivision } from '../domain.ts';
import { city1 } from '../policies/city-1.ts';
import { city2 } from '../policies/city-2.ts';
import { openPolicyBook } from '../policy-book.ts';
import { arbitraryCredit, arbitraryIp } from '../rules/arbitrary-facts.ts';
import { compile } from '../rules/engine.ts';
import type { FiledCore, FiledOverlay, FiledPolicy } from '../rules/filed-policy.ts';
import { combine } from '../rules/overlay.ts';
import type { Policy } from '../rules/policy-schema.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';
import { enterprisePk, enterpriseWrites, getHead, getHeads, type Head } from '../store/enterprise.ts';
import { factsWrite, refOf } from '../store/facts.ts';
import { openVault } from '../vault.ts';
import { compareChunk, planImpact } from './compare-policies.ts';
import { draftPolicy } from './draft-policy.ts';
import { withNomination } from './nominate-enterprise.ts';
import { withConsent } from './record-consent.ts';
import { getPolicyImpact, startPolicyImpact } from './start-impact.ts';
import { storedFacts } from './stored-facts.ts';

const today = '2026-11-23';
const vault = openVault(async () => 'a secret of the tests');
const now = new Date(`${today}T04:00:00.000Z`);
const actor: AuditActor = { type: 'system', id: 'test', role: 'system' };
const context = { now, requestId: 'test', receipt: noReceipt };
const admin: Person = { kind: 'person', issuer: 'i', sub: 'admin', role: 'city-admin' };
const county: Person = { kind: 'person', issuer: 'i', sub: 'county', role: 'county-reviewer', divisionCode: '411502' };
const population = 90;
const codes = Array.from({ length: population }, (_, place) => `91411502MA9TET${String(place).padStart(4, '0')}`);

/** Passes tax grade C, asks nothing of inventions, and wants the public grade A: some gain by it and some lose. */
const draft: FiledCore = {
  ...city2,
  version: 'city-3',
  rules: city2.rules
    .filter(({ id }) => id !== 'unpledged-invention')
    .map((rule) =>
      rule.id === 'public-grade-good'
        ? { ...rule, must: { path: 'credit.publicCreditGrade', op: 'in', value: ['A'] } }
        : rule.id === 'tax-grade-good'
          ? { ...rule, must: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B', 'M', 'C'] } }
          : rule,
    ),
};
const overlay: FiledOverlay = {
  version: '411502-1',
  base: 'city-2',
  divisionCode: '411502',
  validFrom: '2026-11-01',
  title: '浉河区附加规则',
  rules: [],
  tighten: [{ ruleId: 'tax-grade-good', and: { path: 'credit.taxGrade', op: 'in', value: ['A'] } }],
};

let started: TestTable;
let table: Table;
beforeAll(async () => {
  started = await startTable();
  table = started.table;
  await populate();
  const draftIt = draftPolicy({ table, book: openPolicyBook(table) });
  for (const [body, caller] of [
    [draft, admin],
    [overlay, county],
  ] as [FiledPolicy, Person][]) {
    expect(await draftIt(callOf({ body, caller }))).toMatchObject({ kind: 'done' });
  }
});
afterAll(() => started.stop());

const callOf = (given: object) =>
  ({ ...context, caller: admin, params: {}, query: {}, body: {}, ...given }) as Call<any>;

/** Enterprises of two counties, some also nominated by the other one, with all sorts of facts or none. */
async function populate(): Promise<void> {
  const { nomination, credit, ip } = soundFacts();
  const { sizeClass, industryCode, foundedOn } = nomination.data;
  const usually = <Value>(often: Value, any: fc.Arbitrary<Value>) =>
    fc.oneof({ weight: 3, arbitrary: fc.constant(often) }, any);
  const someCredit = fc
    .record({ taxGrade: fc.constantFrom('A', 'B', 'C', 'D'), publicCreditGrade: fc.constantFrom('A', 'B', 'C') })
    .map((grades) => ({ ...credit, ...grades }) as typeof credit);
  const drawn = fc.sample(
    fc.record({
      credit: fc.oneof({ weight: 4, arbitrary: someCredit }, arbitraryCredit),
      ip: usually<object>(ip, arbitraryIp),
      silent: usually(false, fc.constant(true)),
      consented: usually(true, fc.boolean()),
      second: fc.boolean(),
    }),
    { numRuns: population, seed: 7 },
  );
  await Promise.all(
    codes.map(async (uscc, place) => {
      const one = drawn[place]!;
      const [home, other] = place % 2 === 0 ? ['411502', '411525'] : ['411525', '411502'];
      const nominate = (divisionCode: string, parkId?: string) => ({
        uscc,
        name: uscc,
        divisionCode,
        sizeClass,
        industryCode,
        foundedOn,
        ...(parkId !== undefined && { parkId }),
      });
      const at = new Date(now.getTime() + place);
      let state = withNomination(undefined, nominate(home!, place % 3 === 0 ? 'XY-ZONE-YSQY' : undefined), at);
      if (one.consented) state = withConsent(state, grant, now).state;
      const write = async () => {
        const head = await getHead(table, uscc);
        const audit = { actor, action: 'test', outcome: 'done' };
        await table.transact(enterpriseWrites(head, { state, audit }, context));
        return getHead(table, uscc);
      };
      const head = await write();
      if (one.second) {
        state = withNomination(head, nominate(other!), at);
        await write();
      }
      const dataKey = await vault.newKey(uscc);
      const own = { pk: enterprisePk(uscc), uscc, dataKey };
      const said = [
        ['credit', knownAnswer('c', one.credit)] as const,
        ...(one.silent ? [] : [['ip', knownAnswer('i', one.ip)] as const]),
      ];
      const facts: Head['facts'] = {};
      for (const [source, answer] of said) {
        if (answer.kind !== 'known') continue;
        facts[source] = refOf(answer);
        await table.transact([await factsWrite(vault, own, source, answer)]);
      }
      state = { ...(await getHead(table, uscc))!, facts, dataKey };
      await write();
    }),
  );
}

let asked = 0;

/** Asks for an impact and works through its events, each as often as said. */
async function impactOf(version: string, times = 1): Promise<PolicyImpact> {
  const book = openPolicyBook(table);
  asked += 1;
  const impactId = `impact-${asked}`;
  const newId = () => impactId;
  expect(await startPolicyImpact({ table, book, newId })(callOf({ params: { version } }))).toMatchObject({
    kind: 'done',
    location: `/v1/screening-policies/${version}/impacts/${impactId}`,
  });
  const plan = planImpact({ table }, { chunkSize: 7, chunksPerPage: 3 });
  const compare = compareChunk({ table, book, factsOf: storedFacts({ table, vault }) });
  const params = { version, impactId };
  const read = async () => {
    const outcome = await getPolicyImpact({ table })(callOf({ params }));
    if (outcome.kind !== 'done') throw new Error(outcome.code);
    return outcome.result as PolicyImpact;
  };
  for (let sequence = 1; ; sequence += 1) {
    const event = await table.get({ pk: `IMPACT#${impactId}`, sk: `EVENT#${String(sequence).padStart(10, '0')}` });
    if (event === undefined) break;
    expect((await read()).status).toBe('running');
    await plan(readOutboxItem(event)?.data as Parameters<typeof plan>[0], sequence, context);
  }
  for (let chunk = 0; ; chunk += 1) {
    const event = await table.get({ pk: `IMPACT#${impactId}#${chunk}`, sk: 'EVENT#0000000001' });
    if (event === undefined) break;
    for (let time = 0; time < times; time += 1)
      await compare(readOutboxItem(event)?.data as Parameters<typeof compare>[0], context);
  }
  return read();
}

/** The same by evaluating everybody directly. */
async function directly(now_: Policy, then: Policy, concerns: (head: Head) => boolean) {
  const heads = [...(await getHeads(table, codes)).values()].filter(concerns);
  const facts = await storedFacts({ table, vault })(heads, today);
  const [one, other] = [compile(now_), compile(then)];
  const outcomes = heads.map((head) => {
    const known = facts.get(head.uscc)!;
    const [from, to] = [one.evaluate(known, today).outcome, other.evaluate(known, today).outcome];
    return { uscc: head.uscc, divisionCode: homeDivision(head), park: head.nominations[0]?.parkId, from, to };
  });
  const gained = outcomes.filter(({ from, to }) => from !== 'pass' && to === 'pass');
  const lost = outcomes.filter(({ from, to }) => from === 'pass' && to !== 'pass');
  const counts = { gained: gained.length, lost: lost.length, unchanged: outcomes.length - gained.length - lost.length };
  const changed = [...gained, ...lost].toSorted((left, right) => (left.uscc < right.uscc ? -1 : 1));
  return { counts, outcomes, changed };
}

const sum = (parts: PolicyImpact['byDivision']) =>
  parts.reduce(
    (all, { gained, lost, unchanged }) => [all[0]! + gained, all[1]! + lost, all[2]! + unchanged],
    [0, 0, 0],
  );

describe('an impact', () => {
  test('of a core policy is what evaluating everybody directly gives', async () => {
    const impact = await impactOf('city-3');
    const { counts, outcomes, changed } = await directly(city2, draft, () => true);
    expect(impact).toMatchObject({ version: 'city-3', against: 'city-2', status: 'done', itemsLeftOut: 0, ...counts });
    expect(Math.min(counts.gained, counts.lost)).toBeGreaterThan(0);
    expect(new Set(outcomes.map(({ from }) => from))).toEqual(new Set(['pass', 'review', 'exclude', 'stale']));
    expect(sum(impact.byDivision)).toEqual([counts.gained, counts.lost, counts.unchanged]);
    expect(impact.byDivision.map(({ divisionCode }) => divisionCode)).toEqual(['411502', '411525']);
    expect(impact.byPark).toHaveLength(1);
    expect(impact.byPark[0]!.gained).toBe(changed.filter(({ to, park }) => park !== undefined && to === 'pass').length);
    expect(impact.items.map(({ uscc, from, to }) => ({ uscc, from, to }))).toEqual(
      changed.map(({ uscc, from, to }) => ({ uscc, from, to })),
    );
    for (const { to, reasons } of impact.items) {
      if (to !== 'pass') expect(reasons).toContain('public-grade-good');
      expect(reasons.length).toBeGreaterThan(0);
    }
  });

  test('of an overlay is about the enterprises that its county nominated first', async () => {
    const impact = await impactOf('411502-1');
    const combination = combine(city2, overlay);
    if (combination.kind === 'refused') throw new Error('refused');
    const { counts } = await directly(city2, combination.policy, (head) => homeDivision(head) === '411502');
    expect(impact).toMatchObject({ against: 'city-2', status: 'done', ...counts });
    expect([counts.gained, counts.lost > 0]).toEqual([0, true]);
    expect(impact.byDivision.map(({ divisionCode }) => divisionCode)).toEqual(['411502']);
  });

  test('of a policy released long ago is told as well, and of the one in force it is nothing', async () => {
    const { counts } = await directly(city2, city1, () => true);
    expect(await impactOf('city-1')).toMatchObject({ against: 'city-2', ...counts });
    expect(await impactOf('city-2')).toMatchObject({ gained: 0, lost: 0, unchanged: population, items: [] });
  });

  test('whose events come again counts nobody twice', async () => {
    const [once, twice] = [await impactOf('city-3'), await impactOf('city-3', 2)];
    expect({ ...twice, impactId: '' }).toEqual({ ...once, impactId: '' });
  });

  test('is over after a day, though its items still lie there, and its late events do nothing', async () => {
    const { impactId } = await impactOf('city-3');
    const later = (hours: number) => new Date(now.getTime() + hours * 3_600_000);
    const read = (at: Date, version = 'city-3') =>
      getPolicyImpact({ table })(callOf({ params: { version, impactId }, now: at }));
    expect(await read(later(23))).toMatchObject({ kind: 'done' });
    expect(await read(later(23), 'city-2')).toMatchObject({ code: 'not_found' });
    expect(await read(later(24))).toMatchObject({ code: 'not_found' });
    const over = { ...context, now: later(25) };
    expect(await planImpact({ table })({ impactId, chunk: 0 }, 1, over)).toMatchObject({ kind: 'done' });
    const items: unknown[] = [];
    for await (const item of table.scan({
      expression: 'begins_with(pk, :pk)',
      values: { ':pk': `IMPACT#${impactId}` },
    })) {
      items.push(item['expiresAt']);
    }
    expect(items.length).toBeGreaterThan(10);
    expect(new Set(items)).toEqual(new Set([later(24).getTime() / 1_000]));
  });

  test('of a version nobody filed is none', async () => {
    const start = startPolicyImpact({ table, book: openPolicyBook(table), newId: () => 'impact-none' });
    expect(await start(callOf({ params: { version: 'city-9' } }))).toMatchObject({ code: 'not_found' });
  });
});
