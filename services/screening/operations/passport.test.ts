import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import type { Receipt } from '#packages/outcome';
import { inPartition, type Item, type Table } from '#packages/table';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { bank, person, townOf, usccs } from '../../../test/support/town.ts';
import { DecisionView, IpFactsView, Passport, Screening } from '../contract.ts';
import type { CreditFacts } from '../facts.ts';
import { soundFacts } from '../rules/sample-facts.ts';
import { enterprisePk, getHead } from '../store/enterprise.ts';
import { looking } from './looking.ts';
import { decideObjection, fileObjection, listObjections } from './objections.ts';
import { purgeFacts } from './purge-facts.ts';
import { getDecision } from './read-decision.ts';
import { getEnterprise } from './read-enterprises.ts';
import { getIpFacts } from './read-ip-facts.ts';
import { getPassport } from './read-passport.ts';
import { withdrawConsent } from './record-consent.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

const [uscc, other] = usccs;
const own = person('enterprise-user', { uscc });
const sound = soundFacts();
const gradeC: CreditFacts = { ...sound.credit, taxGrade: 'C' };
type Town = ReturnType<typeof townOf>;

async function newTown(): Promise<Town> {
  const town = townOf(await started.another(), '2026-06-01T02:00:00.000Z');
  await town.nominate(uscc);
  await town.consent(uscc);
  return town;
}

const passportOf = async (town: Town, caller = own) => {
  const answer = await town.ask(getPassport(town.deps), caller, { uscc });
  return answer.kind === 'refused' ? answer : Passport.parse(answer);
};

async function ownItems(table: Table): Promise<Item[]> {
  const items: Item[] = [];
  for await (const item of table.each({ condition: inPartition(enterprisePk(uscc)) })) items.push(item);
  return items;
}

async function forget(town: Town): Promise<void> {
  await town.ask(withdrawConsent(town.deps), own, { uscc });
  const before = town.clock.now.toISOString();
  const receipt: Receipt = () => [{ kind: 'put', item: { pk: 'INBOX#test', sk: before } }];
  await purgeFacts(town.deps)({ uscc, sources: ['credit', 'ip'], before }, { ...town.context(), receipt });
  town.tick();
}

describe('a passport', () => {
  test('tells every answer, who used it, and why the enterprise does not pass', async () => {
    const town = await newTown();
    expect(await town.screen(uscc)).toBe('pass');
    town.tick(86_400_000);
    expect(await town.screen(uscc, { credit: gradeC })).toBe('review');
    const passport = await passportOf(town);
    const [now, before, ...more] = passport.sources.credit.answers;
    expect(more).toEqual([]);
    expect(passport.sources.credit.facts).toEqual(gradeC);
    expect(now).toMatchObject({ confirmedAt: now.fetchedAt, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(before.confirmedAt).toBeUndefined();
    expect(now.usedBy).toEqual([passport.decision.screeningId]);
    expect(before.usedBy).toHaveLength(1);
    expect(passport.sources.ip).toMatchObject({
      facts: sound.ip,
      answers: [{ usedBy: [...now.usedBy, ...before.usedBy] }],
    });

    expect(passport.decision).toMatchObject({ outcome: 'review', reproduced: true, day: '2026-06-02' });
    const failed = passport.decision.rules.filter((rule: any) => rule.outcome !== 'pass');
    expect(failed).toMatchObject([
      {
        id: 'tax-grade-good',
        hint: expect.stringMatching(/\p{Script=Han}/u),
        read: [{ source: 'credit', path: 'credit.taxGrade', value: 'C' }],
      },
    ]);
    expect(passport.decision.path).toMatchObject({
      kind: 'path',
      on: '2026-06-02',
      steps: [{ change: 'improve', path: 'credit.taxGrade', rules: [{ ruleId: 'tax-grade-good' }] }],
    });
    expect(passport.consent).toMatchObject({ status: 'live', since: '2026-06-01T02:00:01.000Z' });
    expect(passport.objection.recordRefs).toEqual([
      `nomination-${uscc}`,
      now.recordId,
      passport.sources.ip.answers[0].recordId,
    ]);
  });

  test('of a decision taken while a source was silent, or knew nobody, is reproduced too', async () => {
    const town = await newTown();
    await town.screen(uscc);
    expect(await town.screen(uscc, { credit: 'silent' })).toBe('stale');
    expect(await passportOf(town)).toMatchObject({
      decision: { outcome: 'stale', reproduced: true },
      sources: { credit: { answers: [{ usedBy: [expect.any(String)] }] } },
    });
    // A source that knew the enterprise and does not any more.
    await town.screen(uscc, { ip: undefined } as never);
    expect(await passportOf(town)).toMatchObject({ decision: { reproduced: true } });
  });

  test('holds although the county has said something else since', async () => {
    const town = await newTown();
    await town.screen(uscc);
    await town.nominate(uscc, { divisionCode: '411525', sizeClass: 'micro' });
    expect(await passportOf(town)).toMatchObject({ decision: { outcome: 'pass', reproduced: true } });
  });

  test('says where a stored decision does not follow from its facts', async () => {
    const town = await newTown();
    await town.screen(uscc);
    const { table } = town.deps;
    const item = (await ownItems(table)).find(({ sk }) => String(sk).startsWith('SCREENING#'))!;
    await table.transact([{ kind: 'put', item: { ...item, outcome: 'exclude' } as never }]);
    expect(await passportOf(town)).toMatchObject({ decision: { outcome: 'exclude', reproduced: false } });
    await table.transact([{ kind: 'put', item: { ...item, factsDigest: 'f'.repeat(64) } as never }]);
    expect(await passportOf(town)).toMatchObject({ decision: { reproduced: false } });
  });

  test.each(['city-admin', 'auditor', 'county-clerk', 'county-reviewer'] as const)('is for %s', async (role) => {
    const town = await newTown();
    expect(await passportOf(town, person(role))).toMatchObject({ uscc });
    if (!role.startsWith('county')) return;
    expect(await passportOf(town, person(role, { divisionCode: '411525' }))).toEqual({
      kind: 'refused',
      code: 'not_found',
    });
  });

  test('after a withdrawal: nothing can be opened, decisions and digests stay and prove themselves', async () => {
    const town = await newTown();
    await town.screen(uscc);
    await town.screen(uscc, { credit: gradeC });
    const { table, vault } = town.deps;
    const before = await ownItems(table);
    const { dataKey } = (await getHead(table, uscc))!;
    const decided = (await passportOf(town)).decision;
    await forget(town);

    const after = await ownItems(table);
    expect(after.filter(({ sk }) => String(sk).startsWith('FACTS#'))).toEqual([]);
    expect(JSON.stringify(after)).not.toContain(dataKey);
    const sealed = before.filter((item) => typeof item['sealed'] === 'string');
    expect(sealed).toHaveLength(3);
    // Only the key that is gone would open a copy that lies elsewhere.
    const another = await vault.newKey(uscc);
    for (const item of sealed) {
      const label = `facts|${String(item['sk']).split('#')[1]}|${String(item['fetchedAt'])}`;
      expect(await vault.open(uscc, dataKey!, label, String(item['sealed']))).toBeDefined();
      expect(await vault.open(uscc, another, label, String(item['sealed']))).toBeUndefined();
    }
    expect((await verifyAggregate(table, enterprisePk(uscc))).kind).toBe('intact');

    const passport = await passportOf(town);
    expect(passport.decision).toMatchObject({ purged: true, factsDigest: decided.factsDigest, outcome: 'review' });
    expect(passport.decision.reproduced).toBeUndefined();
    expect(passport.decision.rules.map(({ id, outcome }: any) => [id, outcome])).toEqual(
      decided.rules.map(({ id, outcome }: any) => [id, outcome]),
    );
    for (const source of Object.values<any>(passport.sources)) {
      expect(source.facts).toBeUndefined();
      expect(source).toMatchObject({ purged: true });
      for (const answer of source.answers) expect(answer).toMatchObject({ purged: true, recordId: expect.any(String) });
    }
    expect(passport.sources.credit.answers.map((answer: any) => answer.usedBy.length)).toEqual([1, 1]);
    expect(passport.consent).toMatchObject({ status: 'withdrawn', withdrawnAt: expect.any(String) });

    // What is decided without facts is explained again.
    expect(await town.screen(uscc)).toBe('stale');
    expect(await passportOf(town)).toMatchObject({ decision: { outcome: 'stale', reproduced: true } });
  });
});

describe('a look', () => {
  const route = { method: 'GET', path: '/v1/enterprises/{uscc}' } as const;

  test('is noted before the answer, and told by the passport, newest first', async () => {
    const town = await newTown();
    const look = looking(town.deps, route, getEnterprise(town.deps));
    await town.ask(look as never, person('county-clerk'), { uscc });
    town.tick();
    await town.ask(look as never, person('city-admin'), { uscc });
    expect((await passportOf(town)).looks).toEqual([
      {
        at: '2026-06-01T02:00:03.000Z',
        role: 'city-admin',
        actorId: 'a-city-admin',
        what: 'GET /v1/enterprises/{uscc}',
      },
      expect.objectContaining({ role: 'county-clerk', actorId: 'a-county-clerk' }),
    ]);
    const [item] = (await ownItems(town.deps.table)).filter(({ sk }) => String(sk).startsWith('LOOK#'));
    const years = (Number(item!['expiresAt']) * 1_000 - town.clock.now.getTime()) / (365 * 86_400_000);
    expect(years).toBeCloseTo(3, 1);
    expect(JSON.stringify(item)).not.toContain('示例');
  });

  test('that cannot be noted is not answered', async () => {
    const town = await newTown();
    const table: Table = {
      ...town.deps.table,
      transact: async () => {
        throw new Error('the table is down');
      },
    };
    const look = looking({ table }, route, getEnterprise(town.deps));
    await expect(town.ask(look as never, own, { uscc })).rejects.toThrow('the table is down');
  });

  test('at what is foreign or nobody’s is not noted, and both are answered alike', async () => {
    const town = await newTown();
    const look = looking(town.deps, route, getEnterprise(town.deps));
    const stranger = person('enterprise-user', { uscc: other });
    const answers = [
      await town.ask(look as never, stranger, { uscc }),
      await town.ask(look as never, own, { uscc: other }),
    ];
    expect(answers).toEqual([1, 2].map(() => ({ kind: 'refused', code: 'not_found' })));
    expect((await passportOf(town)).looks).toEqual([]);
  });
});

describe('the facts a bank asks for', () => {
  const ask = async (town: Town, caller = bank('bank-a')) => {
    const answer = await town.ask(getIpFacts(town.deps), caller, { uscc, query: { purpose: 'pre-loan' } });
    return answer.kind === 'refused' ? answer.code : IpFactsView.parse(answer);
  };

  test('come with their record, and with what nobody delivers', async () => {
    const town = await newTown();
    expect(await ask(town)).toMatchObject({ validRights: { status: 'unknown', cause: 'not-answered' } });
    await town.screen(uscc);
    const origin = { recordId: expect.any(String), observedAt: '2026-01-05T02:00:00.000Z' };
    expect(await ask(town)).toEqual({
      uscc,
      purpose: 'pre-loan',
      validRights: {
        status: 'known',
        total: 2,
        byKind: [{ kind: 'invention', count: 2 }],
        origin: expect.objectContaining({ source: 'ip', ...origin }),
      },
      validInventions: { status: 'known', total: 2, unpledged: 1, origin: expect.objectContaining(origin) },
      ipCredit: { status: 'clear', origin: expect.objectContaining({ source: 'credit', ...origin }) },
      abnormalFilings: { status: 'unknown', cause: 'no-source' },
    });
    const list = { kind: 'ip-serious' as const, listedOn: '2026-05-01' };
    await town.screen(uscc, { credit: { ...sound.credit, lists: [list] } });
    expect(await ask(town)).toMatchObject({ ipCredit: { status: 'listed' } });
    await town.screen(uscc, { credit: { ...sound.credit, lists: [{ ...list, removedOn: '2026-06-01' }] } });
    expect(await ask(town)).toMatchObject({ ipCredit: { status: 'clear' } });
  });

  test('are for those whom a live consent names, as far as it goes', async () => {
    const town = await newTown();
    await town.screen(uscc);
    await town.consent(uscc, { recipients: ['bank-b'] });
    expect([await ask(town), await ask(town, own)]).toMatchObject(['not_found', { uscc }]);
    await town.consent(uscc, { recipients: ['bank-a'], purposes: ['ip'] });
    expect(await ask(town)).toMatchObject({ ipCredit: { status: 'unknown', cause: 'no-consent' } });
    await town.consent(uscc, { purposes: ['credit'] });
    expect(await ask(town)).toBe('not_found');
    await town.consent(uscc, { expiresOn: '2026-05-31' });
    expect(await ask(town)).toBe('not_found');
    // What a narrower consent did not cover was forgotten with it.
    await town.consent(uscc);
    expect(await ask(town)).toMatchObject({ validRights: { status: 'unknown', cause: 'not-answered' } });
    await town.screen(uscc);
    expect(await ask(town)).toMatchObject({ validRights: { status: 'known' } });
    await forget(town);
    for (const caller of [bank('bank-a'), own, person('auditor')]) expect(await ask(town, caller)).toBe('not_found');
  });
});

describe('a past decision', () => {
  const ask = async (town: Town, query: object, caller = own) => {
    const answer = await town.ask(getDecision(town.deps), caller, { uscc, query });
    return answer.kind === 'refused' ? answer : DecisionView.parse(answer);
  };

  async function history(): Promise<Town> {
    const town = await newTown();
    await town.screen(uscc);
    town.clock.now = new Date('2026-06-05T02:00:00.000Z');
    await town.screen(uscc, { credit: gradeC });
    town.clock.now = new Date('2026-06-09T02:00:00.000Z');
    await town.nominate(uscc, { divisionCode: '411525', sizeClass: 'large' });
    return town;
  }

  test('is replayed on what was known by a day', async () => {
    const town = await history();
    const first = await ask(town, { asOf: '2026-06-03', knownOn: '2026-06-03' });
    expect(first).toMatchObject({ recorded: { outcome: 'pass' }, replayed: { outcome: 'pass' }, difference: [] });
    expect(first.replayed.factsDigest).toBe(first.recorded.factsDigest);
    // The same day by what came to be known later.
    expect(await ask(town, { asOf: '2026-06-03', knownOn: '2026-06-05' })).toMatchObject({
      recorded: { outcome: 'pass' },
      replayed: { outcome: 'review' },
      difference: [{ ruleId: 'tax-grade-good', recorded: 'pass', replayed: 'fail' }],
    });
    expect(await ask(town, {})).toMatchObject({
      asOf: '2026-06-09',
      recorded: { outcome: 'review' },
      replayed: { outcome: 'review' },
      difference: [],
    });
    const early = await ask(town, { knownOn: '2026-05-31' });
    expect(early).toEqual({ uscc, asOf: '2026-06-09', knownOn: '2026-05-31' });
    expect(await ask(town, { asOf: '2026-06-10' })).toMatchObject({ code: 'validation_failed' });
  });

  test('of a purged enterprise has no replay, and keeps what was recorded', async () => {
    const town = await history();
    await forget(town);
    for (const knownOn of ['2026-06-03', '2026-06-09']) {
      const { replayed, facts, recorded, difference } = await ask(town, { knownOn });
      expect({ replayed, facts, difference }).toEqual({ replayed: undefined, facts: 'purged', difference: undefined });
      expect(Screening.parse(recorded)).toBeDefined();
    }
    await town.consent(uscc);
    await town.screen(uscc);
    expect(await ask(town, {})).toMatchObject({ replayed: { outcome: 'pass' } });
    expect(await ask(town, { knownOn: '2026-06-03' })).toMatchObject({ facts: 'purged' });
  });

  test('rests on what the county had said by then', async () => {
    const town = await newTown();
    await town.screen(uscc);
    town.clock.now = new Date('2026-06-05T02:00:00.000Z');
    // The county’s list corrects what it said.
    const { withNomination } = await import('./nominate-enterprise.ts');
    const { enterpriseWrites } = await import('../store/enterprise.ts');
    const head = (await getHead(town.deps.table, uscc))!;
    const [first] = head.nominations;
    const { nominatedAt: _at, ...said } = first!;
    const state = withNomination(head, { ...said, sizeClass: 'large' }, town.clock.now);
    const audit = { actor: { type: 'system' as const, id: 'test', role: 'system' }, action: 'test', outcome: 'done' };
    await town.deps.table.transact(enterpriseWrites(head, { state, audit }, town.context()));
    expect(await ask(town, { knownOn: '2026-06-04' })).toMatchObject({ replayed: { outcome: 'pass' } });
    expect(await ask(town, {})).toMatchObject({
      recorded: { outcome: 'pass' },
      replayed: { outcome: 'exclude' },
      difference: [{ ruleId: 'size-sme', recorded: 'pass', replayed: 'fail' }],
    });
    expect(await passportOf(town)).toMatchObject({ decision: { outcome: 'pass', reproduced: true } });
  });
});

describe('objections', () => {
  const reviewer = person('city-reviewer');
  async function file(town: Town, of: string): Promise<string> {
    const body = { uscc: of, recordRef: 'credit-1', statement: '有误' };
    const { objectionId } = await town.ask(fileObjection(town.deps), person('enterprise-user', { uscc: of }), { body });
    town.tick();
    return objectionId;
  }
  const list = async (town: Town, caller = reviewer, query: object = {}) => {
    const answer = await town.ask(listObjections(town.deps), caller, { query: { pageSize: 50, ...query } });
    return answer.kind === 'refused' ? answer.code : answer.items.map((one: any) => [one.objectionId, one.overdue]);
  };

  test('are told to those they concern, and when a clock has run out', async () => {
    const town = await newTown();
    await town.nominate(other, { divisionCode: '411525' });
    const [mine, theirs] = [await file(town, uscc), await file(town, other)];
    const both = [
      [theirs, undefined],
      [mine, undefined],
    ];
    expect(await list(town)).toEqual(both);
    expect(await list(town, own)).toEqual([[mine, undefined]]);
    expect(await list(town, own, { uscc: other })).toBe('forbidden');
    expect(await list(town, own, { uscc: usccs[2] })).toBe('forbidden');
    expect(await list(town, reviewer, { uscc: usccs[2] })).toEqual([]);
    expect(await list(town, reviewer, { uscc })).toEqual([[mine, undefined]]);
    const clerk = person('county-clerk', { divisionCode: '411525' });
    expect([await list(town, clerk), await list(town, clerk, { uscc })]).toEqual([[[theirs, undefined]], 'forbidden']);

    const overdue = { overdue: 'true' };
    expect(await list(town, reviewer, overdue)).toEqual([]);
    // Three working days from Monday 1 June end on Thursday, seven on Wednesday of the next week.
    town.clock.now = new Date('2026-06-04T15:59:00.000Z');
    expect(await list(town, reviewer, overdue)).toEqual([]);
    town.clock.now = new Date('2026-06-05T02:00:00.000Z');
    expect(await list(town, reviewer, overdue)).toEqual([theirs, mine].map((id) => [id, 'own-check']));
    town.clock.now = new Date('2026-06-11T02:00:00.000Z');
    expect(await list(town, own, overdue)).toEqual([[mine, 'decision']]);
    await town.ask(decideObjection(town.deps), reviewer, {
      params: { objectionId: mine },
      body: { decision: 'noted', reason: '核实' },
    });
    expect(await list(town, reviewer, overdue)).toEqual([[theirs, 'decision']]);
    expect(await list(town, own, overdue)).toEqual([]);
    expect(await list(town, own)).toEqual([[mine, undefined]]);
  });

  test('that correct a record make the enterprise due at once', async () => {
    const town = await newTown();
    await town.screen(uscc);
    const due = async () => (await getHead(town.deps.table, uscc))!.dueOn;
    for (const decision of ['upheld', 'corrected']) {
      expect((await due()) > '2026-06-01').toBe(true);
      const objectionId = await file(town, uscc);
      const body = { decision, reason: '核实' };
      await town.ask(decideObjection(town.deps), reviewer, { params: { objectionId }, body, requestId: randomUUID() });
    }
    expect(await due()).toBe('0000-01-01');
  });
});
