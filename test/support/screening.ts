import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { legalDateOf } from '#packages/calendar';
import { openFiles } from '#packages/files';
import { startSourceSimulator } from '#packages/local/simulators/source';
import { noReceipt } from '#packages/outcome';
import { maxTransactionSteps, type Table, type Write } from '#packages/table';
import type { ScreeningRun } from '../../services/screening/contract.ts';
import type { Reach } from '../../services/screening/contract/run-work.ts';
import { sources as specs } from '../../services/screening/facts.ts';
import { withNomination } from '../../services/screening/operations/nominate-enterprise.ts';
import { withConsent } from '../../services/screening/operations/record-consent.ts';
import { openPolicyBook } from '../../services/screening/policy-book.ts';
import { coreInForce } from '../../services/screening/policy-line.ts';
import { soundFacts } from '../../services/screening/rules/sample-facts.ts';
import { defaultSourceLimits } from '../../services/screening/sources/ask.ts';
import { openSource } from '../../services/screening/sources/open.ts';
import { enterpriseWrites, getHead, type Head } from '../../services/screening/store/enterprise.ts';
import {
  deliveryEvent,
  deliveryFile,
  getDelivery,
  putDelivery,
  receivedDelivery,
} from '../../services/screening/store/delivery.ts';
import type { SourceName } from '../../services/screening/store/facts.ts';
import { getPolicies } from '../../services/screening/store/policy.ts';
import { readRun, startRunWrites } from '../../services/screening/store/run.ts';
import { openVault } from '../../services/screening/vault.ts';
import { s3Client, type TestTable } from './table.ts';
import { startWorker } from './worker.ts';

export const { nomination, credit, ip } = soundFacts();
const actor = { type: 'system' as const, id: 'test', role: 'system' };

export type ScreeningWorld = Awaited<ReturnType<typeof startScreening>>;

/** The screening service's work on a table of its own, with both simulators and a clock that stands where it is put. */
export async function startScreening(
  started: TestTable,
  { begin = '2026-11-23T04:00:00.000Z', byFile = [] }: { begin?: string; byFile?: readonly SourceName[] } = {},
) {
  const folder = mkdtempSync(join(tmpdir(), 'zhirong-screening-'));
  let time = new Date(begin);
  let asked: string[] = [];
  const table = await started.another();
  const simulator = (name: 'credit' | 'ip') =>
    startSourceSimulator({ name, file: join(folder, `${name}.jsonl`), now: () => time, slowMs: 60_000 });
  const simulators = { credit: await simulator('credit'), ip: await simulator('ip') };
  const world = {
    fetch: async (url: string | URL | Request, init?: RequestInit) => {
      asked.push(url instanceof Request ? url.url : String(url));
      return fetch(url, init);
    },
    now: () => time,
    random: Math.random,
    wait: async () => undefined,
  };
  // What a slow machine does is not a source's failure.
  const patient = { ...defaultSourceLimits, timeoutMs: 120_000 };
  const settings = { requestsPerSecond: 1e9, breakerOpenSeconds: 2 };
  let secret = 'a secret of the tests';
  const vault = openVault(async () => secret);
  const files = openFiles(s3Client(started.engines.urls.s3), 'test-files');
  const address = (name: SourceName) => (byFile.includes(name) ? 'file' : simulators[name].url);
  const worker = startWorker({
    table,
    files,
    vault,
    newId: (prefix) => `${prefix}-1`,
    book: openPolicyBook(table),
    sources: {
      credit: openSource(specs.credit, { ...settings, address: address('credit') }, world, patient),
      ip: openSource(specs.ip, { ...settings, address: address('ip') }, world, patient),
    },
    clock: () => time,
  });
  const context = () => ({ now: time, requestId: 'test', receipt: noReceipt });

  return {
    table,
    simulators,
    worker,
    vault,
    /** Moves the clock there, and what the sources say of the time with it. */
    at(instant: string) {
      time = new Date(instant);
    },
    /** Paths that the sources were asked for since this was last called. */
    asked(): string[] {
      const paths = asked.map((url) => new URL(url).pathname);
      asked = [];
      return paths;
    },
    /**
     * Nominated with a live consent, as a county's list brings them. `bare`: without what no run reads, for many.
     */
    async nominate(usccs: readonly string[], bare = false): Promise<void> {
      const { sizeClass, industryCode, foundedOn, divisionCodes } = nomination.data;
      let writes: Write[] = [];
      for (const uscc of usccs) {
        const said = { uscc, name: uscc, divisionCode: divisionCodes[0] ?? '', sizeClass, industryCode, foundedOn };
        const { state } = withConsent(withNomination(undefined, said, time), grant, time);
        const all = enterpriseWrites(
          undefined,
          { state, audit: { actor, action: 'test', outcome: 'done' } },
          context(),
        );
        const own = bare ? all.filter(isReadByRuns) : all;
        if (writes.length + own.length > maxTransactionSteps) {
          await table.transact(writes);
          writes = [];
        }
        writes.push(...own);
      }
      await table.transact(writes);
    },
    replaceSecret() {
      secret = 'another secret of the tests';
    },
    async change(state: Head): Promise<void> {
      const audit = { actor, action: 'test', outcome: 'done' };
      await table.transact(enterpriseWrites(await getHead(table, state.uscc), { state, audit }, context()));
    },
    head: (uscc: string): Promise<Head | undefined> => getHead(table, uscc),
    /** A run to its end, and how many messages it took. */
    async run(runId: string, reach: Reach, usccs?: string[]): Promise<ScreeningRun & { messages: number }> {
      const day = legalDateOf(time.toISOString());
      const scope = usccs === undefined ? {} : { usccs };
      const policyVersion = coreInForce(await getPolicies(table), day);
      const startedAt = time.toISOString();
      await table.transact(startRunWrites({ runId, scope, policyVersion, day, reach, startedAt }, time));
      const messages = await worker.drain();
      const run = await readRun(table, runId);
      if (run?.status !== 'done') throw new Error(`run ${runId} is ${run?.status}`);
      return { ...run, messages };
    },
    /** A source's file, taken in as the API does and read to its end. */
    async deliver(source: SourceName, deliveryId: string, text: string) {
      await files.put(deliveryFile(deliveryId), text, 'application/x-ndjson');
      const head = receivedDelivery(deliveryId, source, Buffer.from(text), { id: 'admin', role: 'city-admin' }, time);
      await table.transact([putDelivery(head, true), deliveryEvent(deliveryId, 1, 0, time)]);
      await worker.drain();
      return getDelivery(table, deliveryId);
    },
    async stop(): Promise<void> {
      await Promise.all([simulators.credit.stop(), simulators.ip.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function isReadByRuns(write: Write): boolean {
  return write.kind === 'put' && (write.item.sk === 'HEAD' || write.item.pk.startsWith('DUE#'));
}

export const grant = {
  purposes: ['credit' as const, 'ip' as const],
  recipients: ['all-banks'],
  grantedOn: '2026-11-01',
  expiresOn: '2031-10-31',
  evidenceDigest: '0'.repeat(64),
};

/** So many different codes, whose check digits nobody looks at here. */
export function codes(count: number): string[] {
  return Array.from({ length: count }, (_one, place) => `91411502MA9${String(place).padStart(7, '0')}`);
}

export async function partitionOf(table: Table, pk: string) {
  const items = [];
  for await (const item of table.each({ condition: { expression: 'pk = :pk', values: { ':pk': pk } } }))
    items.push(item);
  return items;
}
