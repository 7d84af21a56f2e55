import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AuditActor } from '#packages/audit';
import { noReceipt } from '#packages/outcome';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { openPolicyBook } from '../policy-book.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';
import { enterprisePk, enterpriseWrites, type EnterpriseState, getHead } from '../store/enterprise.ts';
import { withNomination } from './nominate-enterprise.ts';
import { withConsent } from './record-consent.ts';
import { screenChunk, type Sources } from './screen-chunk.ts';

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
    const grant = {
      purposes: ['credit' as const, 'ip' as const],
      recipients: ['all-banks'],
      grantedOn: '2026-11-01',
      expiresOn: '2031-10-31',
      evidenceDigest: '0'.repeat(64),
    };
    await change(table, withConsent(said, grant, now).state);
  }
}

async function change(table: TestTable['table'], state: EnterpriseState): Promise<void> {
  const before = await getHead(table, state.uscc);
  const audit = { actor, action: 'test', outcome: 'done' };
  expect(await table.transact(enterpriseWrites(before, { state, audit }, context))).toEqual({ kind: 'written' });
}

/** Sources that know everybody to be sound; `asked` is told before each answer. */
function soundSources(asked: (uscc: string) => Promise<void> = async () => undefined): Sources {
  const answering = <Data>(answer: (uscc: string) => Data) => ({
    pull: async (uscc: string) => {
      await asked(uscc);
      return answer(uscc);
    },
  });
  return {
    credit: answering((uscc) => knownAnswer(`credit-${uscc}`, credit)),
    ip: answering((uscc) => knownAnswer(`ip-${uscc}`, ip)),
  };
}

test('a consent withdrawn while the sources are asked: their facts are neither used nor kept', async () => {
  const table = await started.another();
  const [uscc = '', other = ''] = codes;
  await consented(table, [uscc, other]);
  let withdrawn = false;
  const askSources = () =>
    soundSources(async (asked) => {
      if (withdrawn || asked !== uscc) return;
      withdrawn = true;
      const head = await getHead(table, uscc);
      await change(table, { ...head!, consent: { ...head!.consent!, withdrawnAt: now.toISOString() } });
    });
  await screenChunk({ table, book: openPolicyBook(table), askSources })(
    { runId: 'run-1', chunk: 0, usccs: [uscc, other] },
    context,
  );

  expect((await getHead(table, uscc))?.screening?.outcome).toBe('stale');
  expect((await getHead(table, other))?.screening?.outcome).toBe('pass');
  expect(
    await table.getMany(['credit', 'ip'].map((source) => ({ pk: enterprisePk(uscc), sk: `FACTS#${source}` }))),
  ).toEqual([]);
  expect(await table.get({ pk: 'RUN#run-1', sk: 'CHUNK#000000' })).toMatchObject({ pass: 1, stale: 1, unchanged: 0 });
});

test('chunks side by side share the places and the clients; whoever comes later gets fresh ones', async () => {
  const table = await started.another();
  await consented(table, codes);
  let [clients, asking, most] = [0, 0, 0];
  const full = Promise.withResolvers<void>();
  const askSources = () => {
    clients += 1;
    return soundSources(async () => {
      asking += 1;
      most = Math.max(most, asking);
      // Two sources are asked about each of twenty; that many ask only once both chunks do.
      if (asking === 40) full.resolve();
      await full.promise;
      asking -= 1;
    });
  };
  const screen = screenChunk({ table, book: openPolicyBook(table), askSources });
  await Promise.all(
    [0, 1].map((chunk) => screen({ runId: 'run-1', chunk, usccs: codes.slice(chunk * 15, chunk * 15 + 15) }, context)),
  );
  expect({ clients, most }).toEqual({ clients: 1, most: 40 });
  await screen({ runId: 'run-2', chunk: 0, usccs: codes.slice(0, 15) }, context);
  expect(clients).toBe(2);
  expect(await table.get({ pk: 'RUN#run-2', sk: 'CHUNK#000000' })).toMatchObject({ pass: 15, unchanged: 15 });
});
