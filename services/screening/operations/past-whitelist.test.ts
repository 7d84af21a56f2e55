import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '#packages/access';
import { verifyAggregate } from '#packages/audit';
import { addDays, legalDateOf } from '#packages/calendar';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { bank, person, townOf, usccs } from '../../../test/support/town.ts';
import { EntryStatus } from '../contract.ts';
import { soundFacts } from '../rules/sample-facts.ts';
import { enterprisePk, getHead } from '../store/enterprise.ts';
import { getListState } from '../store/whitelist.ts';
import { reinstateEntry, removeEntry, suspendEntry } from './change-entry.ts';
import { expireEntries } from './expire-entries.ts';
import { decideObjection, fileObjection } from './objections.ts';
import { getWhitelistVersion, listWhitelistLines } from './read-versions.ts';
import { listWhitelist } from './read-whitelist.ts';
import { withdrawConsent } from './record-consent.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

type Town = ReturnType<typeof townOf>;
const excluded = { credit: { ...soundFacts().credit, taxGrade: 'D' as const } };
const auditor = person('auditor');

/** The list by status, read in small pages. */
async function listed(town: Town, days: { asOf?: string; knownOn?: string } = {}, caller = auditor) {
  const lists: Record<string, unknown[]> = {};
  for (const status of EntryStatus.options) {
    const items: unknown[] = [];
    let position: unknown;
    do {
      const page = await town.ask(listWhitelist(town.deps), caller, {
        query: { status, pageSize: 3, ...days },
        position,
      });
      items.push(...page.items);
      position = page.nextCursor === null ? undefined : JSON.parse(page.nextCursor);
    } while (position !== undefined);
    lists[status] = items;
  }
  return lists;
}

const dayOf = (town: Town) => legalDateOf(town.clock.now.toISOString());

type Step =
  | {
      act: 'enter' | 'hit' | 'suspend' | 'reinstate' | 'remove' | 'withdraw' | 'consent' | 'dispute' | 'settle';
      at: number;
    }
  | { act: 'propose'; held: number | undefined }
  | { act: 'approve' | 'land' | 'expire' }
  | { act: 'pass'; days: number };

const company = fc.nat({ max: usccs.length - 1 });
const onCompany = fc.record({
  act: fc.constantFrom(
    'enter' as const,
    'enter' as const,
    'hit' as const,
    'suspend' as const,
    'reinstate' as const,
    'remove' as const,
    'withdraw' as const,
    'consent' as const,
    'dispute' as const,
    'settle' as const,
  ),
  at: company,
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: onCompany },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('propose' as const), held: fc.option(company, { nil: undefined }) }),
  },
  { weight: 3, arbitrary: fc.record({ act: fc.constantFrom('approve' as const, 'land' as const, 'land' as const) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('expire' as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({ act: fc.constant('pass' as const), days: fc.constantFrom(1, 1, 1, 2, 9, 200, 370) }),
  },
);

async function take(town: Town, step: Step): Promise<void> {
  const { table } = town.deps;
  const state = await getListState(table);
  if ('at' in step) await act(town, step.act, usccs[step.at]!);
  else if (step.act === 'propose') await town.propose(step.held === undefined ? [] : [usccs[step.held]!]);
  else if (step.act === 'approve' && state?.open !== undefined) await town.approve(state.open);
  else if (step.act === 'land' && state?.current !== undefined) await town.land(state.current);
  else if (step.act === 'expire') await expireEntries(town.deps)(town.clock.now, town.context());
}

async function act(town: Town, what: Extract<Step, { at: number }>['act'], uscc: string): Promise<void> {
  const body = { reason: '核实' };
  const head = await getHead(town.deps.table, uscc);
  const own = person('enterprise-user', { uscc });
  const reviewer = person('city-reviewer');
  const [dispute] = head?.disputes ?? [];
  switch (what) {
    case 'enter':
      await town.screen(uscc);
      return town.opine(uscc);
    case 'hit':
      await town.screen(uscc, excluded);
      return;
    case 'suspend':
      return town.ask(suspendEntry(town.deps), reviewer, { uscc, body });
    case 'reinstate':
      return town.ask(reinstateEntry(town.deps), reviewer, { uscc, body });
    case 'remove':
      return town.ask(removeEntry(town.deps), reviewer, { uscc, body });
    case 'withdraw':
      return town.ask(withdrawConsent(town.deps), own, { uscc });
    case 'consent':
      return town.consent(uscc);
    case 'dispute':
      return town.ask(fileObjection(town.deps), own, { body: { uscc, recordRef: 'credit-1', statement: '有误' } });
    case 'settle':
      if (dispute === undefined) return;
      await town.ask(decideObjection(town.deps), reviewer, {
        params: { objectionId: dispute.objectionId },
        body: { decision: 'upheld', ...body },
      });
  }
}

test('a past day’s list is what was answered on that day, whatever has happened since', async () => {
  const seen = new Set<string>();
  const check = fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 45 }), async (steps) => {
    const town = townOf(await started.another(), '2026-01-05T02:00:00.000Z');
    for (const uscc of usccs) {
      await town.nominate(uscc);
      await town.consent(uscc);
      await town.screen(uscc);
      await town.opine(uscc);
    }
    const answered: [string, unknown][] = [];
    const note = async () => answered.push([dayOf(town), await listed(town)]);
    for (const one of [...steps, { act: 'pass' as const, days: 1 }]) {
      await take(town, one);
      town.tick();
      if (one.act !== 'pass') continue;
      await note();
      const [today, next] = [dayOf(town), addDays(dayOf(town), one.days)];
      // Days on which nothing happens have a list too.
      if (one.days > 1) {
        town.clock.now = new Date(`${addDays(today, one.days - 1)}T04:00:00.000Z`);
        await note();
      }
      town.clock.now = new Date(`${next}T02:00:00.000Z`);
    }
    for (const [day, lists] of answered) {
      expect([day, await listed(town, { asOf: day, knownOn: day })]).toEqual([day, lists]);
      for (const [status, items] of Object.entries(lists as object)) if (items.length > 0) seen.add(status);
    }
    for (const uscc of usccs) expect((await verifyAggregate(town.deps.table, enterprisePk(uscc))).kind).toBe('intact');
  });
  await fc.assert(check, { numRuns: 6, seed: 2026, endOnFailure: true });
  // The histories were worth it.
  expect([...seen].toSorted()).toEqual(EntryStatus.options.toSorted());
});

test('two days: what was known by one, of the other; the future is not told', async () => {
  const town = townOf(await started.another(), '2026-01-05T02:00:00.000Z');
  const [uscc] = usccs;
  await town.list(uscc);
  town.clock.now = new Date('2026-01-07T02:00:00.000Z');
  await town.ask(suspendEntry(town.deps), person('city-reviewer'), { uscc, body: { reason: '核实' } });
  town.clock.now = new Date('2027-02-01T02:00:00.000Z');
  const statusOn = async (days: object) =>
    Object.entries(await listed(town, days)).flatMap(([status, items]) => (items.length > 0 ? [status] : []));
  expect(await statusOn({ asOf: '2026-01-04' })).toEqual([]);
  expect(await statusOn({ asOf: '2026-01-05' })).toEqual(['listed']);
  expect(await statusOn({ asOf: '2026-01-06', knownOn: '2026-01-08' })).toEqual(['listed']);
  expect(await statusOn({ asOf: '2026-01-08', knownOn: '2026-01-06' })).toEqual(['listed']);
  expect(await statusOn({ asOf: '2026-01-08' })).toEqual(['suspended']);
  expect(await statusOn({ knownOn: '2026-01-06' })).toEqual(['expired']);
  for (const days of [{ asOf: '2027-02-02' }, { knownOn: '2027-02-02' }])
    expect(
      await town.ask(listWhitelist(town.deps), auditor, { query: { status: 'listed', pageSize: 3, ...days } }),
    ).toMatchObject({
      code: 'validation_failed',
      errors: [{ pointer: `?${Object.keys(days)[0]}` }],
    });
});

test('a bank sees of a past list those that name it now; who has withdrawn stays removed for people only', async () => {
  const town = townOf(await started.another(), '2026-01-05T02:00:00.000Z');
  const [one, other] = usccs;
  await town.list(one);
  await town.list(other);
  await town.consent(other, { recipients: ['bank-b'] });
  const day = { asOf: dayOf(town) };
  town.tick(86_400_000);
  const codes = (items: unknown[] | undefined) => items?.map((item) => (item as { uscc: string }).uscc);
  expect(codes((await listed(town, day, bank('bank-a')))['listed'])).toEqual([one]);
  expect(codes((await listed(town, day, bank('bank-b')))['listed'])).toEqual([one, other].toSorted());
  await town.ask(withdrawConsent(town.deps), person('enterprise-user', { uscc: one }), { uscc: one });
  expect(codes((await listed(town, day, bank('bank-a')))['listed'])).toEqual([]);
  expect(codes((await listed(town, day))['listed'])).toEqual([one, other].toSorted());
  // Also when no version has it any more.
  const version = (await town.propose())!;
  await town.approve(version);
  for (const landed of [false, true]) {
    if (landed) await town.land(version);
    expect(codes((await listed(town))['removed'])).toEqual([one]);
    expect(codes((await listed(town, {}, bank('bank-a')))['removed'])).toEqual([]);
  }
});

test('who was suspended between proposal and approval is published suspended; after it, and left out, is removed', async () => {
  const town = townOf(await started.another(), '2026-01-05T02:00:00.000Z');
  const [uscc] = usccs;
  await town.list(uscc);
  const suspend = () => town.ask(suspendEntry(town.deps), person('city-reviewer'), { uscc, body: { reason: '核实' } });
  const second = (await town.propose())!;
  await suspend();
  town.tick();
  await town.approve(second);
  await town.land(second);
  expect((await getHead(town.deps.table, uscc))?.entry).toMatchObject({ status: 'suspended', version: second });
  await town.ask(reinstateEntry(town.deps), person('city-reviewer'), { uscc, body: { reason: '查清' } });
  town.tick();
  const third = (await town.propose([uscc]))!;
  await town.approve(third);
  await town.screen(uscc, excluded);
  expect((await getHead(town.deps.table, uscc))?.entry?.status).toBe('suspended');
  await town.land(third);
  expect((await getHead(town.deps.table, uscc))?.entry?.status).toBe('removed');
});

test('a proposal is for those who decide on it; a published version can be checked by all', async () => {
  const town = townOf(await started.another(), '2026-01-05T02:00:00.000Z');
  await town.list(usccs[0]);
  const version = (await town.propose())!;
  const ask = async (caller: Caller) => {
    const said = { params: { version }, query: { pageSize: 50 } };
    const head = await town.ask(getWhitelistVersion(town.deps), caller, said);
    const lines = await town.ask(listWhitelistLines(town.deps), caller, said);
    return [head.code ?? head.status, lines.code ?? lines.items.length];
  };
  const callers = [bank('bank-a'), person('enterprise-user'), person('city-admin')];
  expect(await Promise.all(callers.map(ask))).toEqual([
    ['not_found', 'not_found'],
    ['proposed', 'not_found'],
    ['proposed', 1],
  ]);
  await town.approve(version);
  expect(await Promise.all(callers.map(ask))).toEqual(callers.map(() => ['published', 1]));
});
