import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditActor } from '#packages/audit';
import { noReceipt } from '#packages/outcome';
import { readOutboxItem } from '#packages/messaging/outbox';
import { ChunkTask, nobody } from '../contract/run-work.ts';
import type { SourceAnswer } from '../facts.ts';
import { openPolicyBook } from '../policy-book.ts';
import type { OpenSources } from './hear-each.ts';
import { grant } from '../../../test/support/screening.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';
import { enterprisePk, enterpriseWrites, type EnterpriseState, getHead } from '../store/enterprise.ts';
import { factsHistory } from '../store/facts.ts';
import { withNomination } from './nominate-enterprise.ts';
import { withConsent } from './record-consent.ts';
import { openVault } from '../vault.ts';
import { screenChunk } from './screen-chunk.ts';

const vault = openVault(async () => 'a secret of the tests');

const now = new Date('2026-11-23T04:00:00.000Z');
const context = { now, requestId: 'test', receipt: noReceipt };
const actor: AuditActor = { type: 'system', id: 'test', role: 'system' };
const { nomination, credit, ip } = soundFacts();
const [divisionCode = ''] = nomination.data.divisionCodes;

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

const codes = Array.from({ length: 30 }, (_, place) => `91411502MA9TETT0${String(place).padStart(2, '0')}`);

/** Enterprises with a live consent, as a list brings them. */
async function consented(table: TestTable['table'], usccs: readonly string[]): Promise<void> {
  const { sizeClass, industryCode, foundedOn } = nomination.data;
  for (const uscc of usccs) {
    const said = withNomination(undefined, { uscc, name: uscc, divisionCode, sizeClass, industryCode, foundedOn }, now);
    await change(table, withConsent(said, grant, now).state);
  }
}

async function change(table: TestTable['table'], state: EnterpriseState): Promise<void> {
  const before = await getHead(table, state.uscc);
  const audit = { actor, action: 'test', outcome: 'done' };
  expect(await table.transact(enterpriseWrites(before, { state, audit }, context))).toEqual({ kind: 'written' });
}

/** Sources that know everybody to be sound; `asked` is told before each answer, `opened` whenever they are opened. */
function soundSources(asked: (uscc: string) => Promise<void> = async () => undefined, opened = () => undefined) {
  const answering = <Data>(answer: (uscc: string) => SourceAnswer<Data>) => ({
    async pull(uscc: string) {
      await asked(uscc);
      return { kind: 'answered' as const, answer: answer(uscc) };
    },
  });
  return {
    credit: () => {
      opened();
      return { client: answering((uscc) => knownAnswer(`credit-${uscc}`, credit)) };
    },
    ip: () => ({ client: answering((uscc) => knownAnswer(`ip-${uscc}`, ip)) }),
  };
}

const time = { remainingMs: () => 30_000 };
const taskOf = (runId: string, usccs: string[], chunk = 0): ChunkTask => ({
  runId,
  chunk,
  usccs,
  reach: 'named',
  day: '2026-11-23',
  startedAt: now.toISOString(),
  following: {},
});

function screening(table: TestTable['table'], sources: OpenSources) {
  const screen = screenChunk({ table, vault, book: openPolicyBook(table), sources, clock: () => now });
  return (task: ChunkTask) => screen(task, 1, context, time);
}

test('a consent withdrawn while the sources are asked: their facts are neither used nor kept', async () => {
  const table = await started.another();
  const [uscc = '', other = ''] = codes;
  await consented(table, [uscc, other]);
  let withdrawn = false;
  const sources = soundSources(async (asked) => {
    if (withdrawn || asked !== uscc) return;
    withdrawn = true;
    const head = await getHead(table, uscc);
    await change(table, { ...head!, consent: { ...head!.consent!, withdrawnAt: now.toISOString() } });
  });
  await screening(table, sources)(taskOf('run-1', [uscc, other]));

  expect((await getHead(table, uscc))?.screening?.outcome).toBe('stale');
  expect((await getHead(table, other))?.screening?.outcome).toBe('pass');
  expect([
    ...(await factsHistory(table, enterprisePk(uscc), 'credit')),
    ...(await factsHistory(table, enterprisePk(uscc), 'ip')),
  ]).toEqual([]);
  expect((await getHead(table, uscc))?.dataKey).toBeUndefined();
  expect(await table.get({ pk: 'RUN#run-1', sk: 'CHUNK#000000' })).toMatchObject({ pass: 1, stale: 1, unchanged: 0 });
});

test('chunks of a run side by side share the places and the sources; another run asks anew', async () => {
  const table = await started.another();
  await consented(table, codes);
  let [opened, asking, most] = [0, 0, 0];
  const full = Promise.withResolvers<void>();
  const sources = soundSources(
    async () => {
      asking += 1;
      most = Math.max(most, asking);
      // Two sources are asked about each of twenty; that many ask only once both chunks do.
      if (asking === 40) full.resolve();
      await full.promise;
      asking -= 1;
    },
    () => {
      opened += 1;
      return undefined;
    },
  );
  const screen = screening(table, sources);
  await Promise.all([0, 1].map((chunk) => screen(taskOf('run-1', codes.slice(chunk * 15, chunk * 15 + 15), chunk))));
  expect({ opened, most }).toEqual({ opened: 1, most: 40 });
  await screen(taskOf('run-2', codes.slice(0, 15)));
  expect(opened).toBe(2);
  expect(await table.get({ pk: 'RUN#run-2', sk: 'CHUNK#000000' })).toMatchObject({ pass: 15, unchanged: 15 });
});

test('whom there is no time to ask about goes back in line, with what the chunk had come to', async () => {
  const table = await started.another();
  const [first = '', second = '', third = ''] = codes;
  await consented(table, [first, second, third]);
  const ready = soundSources();
  const sources: OpenSources = {
    ...ready,
    credit: () => ({
      client: {
        pull: async (uscc) => (uscc === second ? { kind: 'postponed' } : ready.credit().client.pull(uscc)),
      },
    }),
  };
  await screening(table, sources)({ ...taskOf('run-1', [first, second, third]), soFar: { ...nobody, review: 4 } });
  expect(await table.get({ pk: 'RUN#run-1', sk: 'CHUNK#000000' })).toBeUndefined();
  expect((await getHead(table, second))?.screening).toBeUndefined();
  const stored = await table.get({ pk: 'RUN#run-1#0', sk: 'EVENT#0000000002' });
  const next = stored && readOutboxItem(stored);
  expect(next?.data).toMatchObject({ usccs: [second], soFar: { pass: 2, review: 4 } });
  await screening(table, ready)(ChunkTask.parse(next?.data));
  expect(await table.get({ pk: 'RUN#run-1', sk: 'CHUNK#000000' })).toMatchObject({ pass: 3, review: 4 });
});

test('the same record observed anew confirms the decision, and the answer that the head names is kept', async () => {
  const table = await started.another();
  const [uscc = ''] = codes;
  await consented(table, [uscc]);
  await screening(table, soundSources())(taskOf('run-1', [uscc]));
  const decided = (await getHead(table, uscc))?.screening;
  const anew = soundSources();
  const later = {
    observedAt: '2026-11-22T02:00:00.000Z',
    fetchedAt: '2026-11-23T05:00:00.000Z',
    digest: '1'.repeat(64),
  };
  const answer = { ...knownAnswer(`credit-${uscc}`, credit), ...later } as SourceAnswer<typeof credit>;
  const sources = {
    ...anew,
    credit: () => ({ client: { pull: async () => ({ kind: 'answered' as const, answer }) } }),
  };
  await screening(table, sources)(taskOf('run-2', [uscc]));
  const head = await getHead(table, uscc);
  expect(head?.screening).toEqual(decided);
  expect(head?.facts.credit?.fetchedAt).toBe(later.fetchedAt);
  const kept = await factsHistory(table, enterprisePk(uscc), 'credit');
  expect(kept.map(({ fetchedAt }) => fetchedAt)).toContain(later.fetchedAt);
});
