import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FaultKind } from '#packages/local/simulators/source-faults';
import { type SourceSimulator, startSourceSimulator } from '#packages/local/simulators/source';
import { CreditFacts } from '../facts.ts';
import { soundFacts } from '../rules/sample-facts.ts';
import { defaultSourceLimits, type SourceMeans } from './ask.ts';
import { createBreaker } from './breaker.ts';
import { createBudget } from './budget.ts';
import { createSourceClient } from './client.ts';
import { createFeed, type Feed } from './feed.ts';
import { readDelivery } from './file.ts';

const codes = ['91411502MA9TETT0X9', '91411525MA9TEXT277', '91411503MA9TEXT19G'] as const;
const [uscc, other] = codes;
const { credit } = soundFacts();
const world = { fetch, now: () => new Date(), random: () => 0, wait: async () => undefined };
const timeoutMs = 60_000;

let folder: string;
let simulator: SourceSimulator;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sources-'));
  simulator = await startSourceSimulator({ name: 'credit', file: join(folder, 'credit.jsonl') });
});
afterEach(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true });
});

function at(limits: Partial<SourceMeans['limits']> = {}) {
  const means = {
    world,
    limits: { ...defaultSourceLimits, timeoutMs, ...limits },
    breaker: createBreaker({ failures: 1_000, openMs: 1 }, world.now),
    budget: createBudget({ requestsPerSecond: 1_000, burst: 100_000 }, world),
  };
  const source = { name: 'credit', purpose: 'credit', baseUrl: simulator.url, schema: CreditFacts };
  return { client: createSourceClient(source, means), feed: createFeed(source, means) };
}

/** What each fault is called by whoever is asked. */
const reasons: Record<Exclude<FaultKind, 'none' | 'changed-record'>, string> = {
  slow: 'timeout',
  '429': 'rate-limited',
  '500': 'server-error',
  truncated: 'truncated',
  'schema-drift': 'schema-drift',
  'wrong-encoding': 'wrong-encoding',
};

test.each(Object.entries({ ...reasons, 'changed-record': 'identity-mismatch' }))(
  'a source with the fault %s is not believed, with a version or without: %s',
  async (fault, reason) => {
    const { client } = at(fault === 'slow' ? { timeoutMs: 50 } : {});
    for (const code of codes) simulator.set(code, credit);
    const before = await at().client.pull(uscc);
    if (before.kind !== 'answered' || before.etag === undefined) throw new Error('it gave no version');
    expect(await at().client.pull(uscc, { etag: before.etag })).toMatchObject({ kind: 'not-modified' });
    simulator.fault(FaultKind.parse(fault));
    for (const options of [{}, { etag: before.etag }]) {
      expect(await client.pull(uscc, options)).toMatchObject({ answer: { kind: 'unavailable', reason } });
    }
  },
);

test.each(Object.entries(reasons))('a feed with the fault %s is not believed: %s', async (fault, reason) => {
  simulator.set(uscc, credit);
  simulator.fault(FaultKind.parse(fault));
  const { feed } = at(fault === 'slow' ? { timeoutMs: 50 } : {});
  expect(await feed.read('c-0')).toEqual({ kind: 'unavailable', reason });
});

test('a cursor from another life of the source is unknown', async () => {
  expect(await at().feed.read('c-7')).toEqual({ kind: 'cursor-unknown' });
});

test('a delivered file says what the interface says', async () => {
  simulator.set(uscc, credit);
  simulator.set(other, credit);
  simulator.remove(other);
  const pulled = await at().client.pull(uscc);
  const delivery = readDelivery(Buffer.from(simulator.deliver()), CreditFacts, new Date());
  if (delivery.kind !== 'lines' || pulled.kind !== 'answered') throw new Error('it is refused');
  const [own, removed] = delivery.lines;
  const fetchedAt = expect.any(String) as string;
  expect(own).toEqual({ line: 1, uscc, answer: { ...pulled.answer, fetchedAt } });
  expect(removed).toEqual({
    line: 2,
    uscc: other,
    answer: { kind: 'unknown-there', fetchedAt, observedAt: expect.any(String) as string },
  });
});

type Happens = { change: (typeof codes)[number]; removed: boolean } | 'read';

/** Reads one page on and notes what it tells. */
async function readOn(feed: Feed, reader: { cursor: string; told: Map<string, string>; more: boolean }): Promise<void> {
  const page = await feed.read(reader.cursor);
  if (page.kind !== 'page') throw new Error(`the feed gave ${page.kind}`);
  for (const change of page.changes) {
    reader.told.set(change.uscc, change.removed === true ? 'gone' : change.recordId);
  }
  reader.cursor = page.next;
  reader.more = page.more;
}

test('however changes and pages follow each other, the reader ends up with what the source holds', async () => {
  const happens: fc.Arbitrary<Happens[]> = fc.array(
    fc.oneof(fc.record({ change: fc.constantFrom(...codes), removed: fc.boolean() }), fc.constant<Happens>('read')),
    { maxLength: 25 },
  );
  await fc.assert(
    fc.asyncProperty(happens, fc.integer({ min: 1, max: 3 }), async (all, feedPage) => {
      const { client, feed } = at({ feedPage });
      for (const code of codes) simulator.set(code, credit);
      const start = await feed.read(undefined);
      if (start.kind !== 'page') throw new Error('the feed has no end');
      const reader = { cursor: start.next, told: new Map<string, string>(), more: false };
      const changed = new Set<string>();
      for (const event of all) {
        if (event === 'read') await readOn(feed, reader);
        else if (event.removed) {
          if (simulator.remove(event.change)) changed.add(event.change);
        } else {
          simulator.set(event.change, credit);
          changed.add(event.change);
        }
      }
      do await readOn(feed, reader);
      while (reader.more);

      expect(new Set(reader.told.keys())).toEqual(changed);
      for (const [code, told] of reader.told) {
        const pulled = await client.pull(code);
        if (pulled.kind !== 'answered') throw new Error('it did not answer');
        expect(pulled.answer.kind === 'known' ? pulled.answer.recordId : 'gone').toBe(told);
      }
    }),
    { numRuns: 60 },
  );
});
