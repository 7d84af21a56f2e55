import { afterAll, beforeAll, expect, test } from 'vitest';
import { createResources, type Engines, startEngines } from '#packages/local/engines';
import { openTable, type Table } from '#packages/table';
import { countCapacity } from '../../../test/support/capacity.ts';
import { dynamoClient, tableSpec } from '../../../test/support/table.ts';
import { receiveContribution } from './cash.ts';
import { reserveExposure } from './exposure.ts';
import { openLedger, post } from './post.ts';
import { readBook, readBookAt } from './read.ts';
import { setTerms } from './suspension.ts';

/** What a posting costs: requests and units, which are the same on every machine. */

let engines: Engines;
let table: Table;
let counter: ReturnType<typeof countCapacity>;
beforeAll(async () => {
  engines = await startEngines({});
  const name = 'ledger-cost';
  await createResources(engines.urls, {
    region: 'us-east-1',
    tables: [tableSpec(name, false)],
    queues: [],
    buckets: [],
  });
  const db = dynamoClient(engines.urls.dynamodb);
  counter = countCapacity(db);
  table = openTable(db, name);
});
afterAll(() => engines.stop());

const day = '2026-11-20';
let clock = Date.parse('2026-11-27T00:00:00.000Z');
const ledger = () => openLedger(table, () => new Date((clock += 1_000)));
const uuid = (place: number) => `0190f3a2-7c1e-7b6a-9d7e-${String(place).padStart(12, '0')}`;
const cover = (place: number) =>
  reserveExposure({
    loanId: uuid(place),
    bankId: `bank-${place % 5}`,
    exposureFen: 400_000_000n,
    principalFen: 800_000_000n,
    valueDate: day,
  });

/** A fund of a size as cities have it: several contributors, accounts that are not empty, room for the loans. */
async function open(fundId: string): Promise<void> {
  const contributors = ['province', 'city', 'county-411502', 'county-411525'];
  const money = contributors.map((contributor, place) =>
    receiveContribution({ bankReference: `r${place}`, contributor, amountFen: 100_000_000_000n, valueDate: day }),
  );
  await post(ledger(), fundId, [setTerms({ programmeVersion: 1, leverage: 10 }, day), ...money]);
}

async function spend(fundId: string, postings: number, size: number, first = 0) {
  const before = { ...counter.spent };
  for (let from = 0; from < postings; from += size) {
    await post(
      ledger(),
      fundId,
      Array.from({ length: size }, (_, place) => cover(first + from + place)),
    );
  }
  const { requests, writeUnits, readUnits } = counter.since(before);
  return { requests: requests / postings, writeUnits: writeUnits / postings, readUnits: readUnits / postings };
}

test.each([
  [1, 4.0, 3],
  [10, 2.4, 0.31],
  [90, 2.2, 0.05],
])('%i to a commit: at most %f write units and %f requests a posting', async (size, units, requests) => {
  const fundId = `batches-of-${size}`;
  await open(fundId);
  const spent = await spend(fundId, Math.max(size * 2, 20), size);
  expect(spent.writeUnits).toBeLessThanOrEqual(units);
  expect(spent.requests).toBeLessThanOrEqual(requests);
  expect(spent.readUnits).toBeLessThanOrEqual(2);
});

test('one consumer of a fund aborts no transaction', async () => {
  await open('one-consumer');
  const commits = (await readBook(table, 'one-consumer')).number;
  const { requests } = await spend('one-consumer', 100, 10);
  expect((await readBook(table, 'one-consumer')).number - commits).toBe(10);
  expect(requests * 100).toBe(30);
});

test('the balances at any moment are one request of at most two read units, however much was booked', async () => {
  const fundId = 'grown';
  await open(fundId);
  const cost = async (at: string) => {
    const before = { ...counter.spent };
    await readBookAt(table, fundId, at);
    return counter.since(before);
  };
  await spend(fundId, 50, 10);
  const early = (await readBook(table, fundId)).at;
  const before = await cost(early);
  await spend(fundId, 900, 90, 50);
  for (const at of [
    early,
    (await readBook(table, fundId)).at,
    '2020-01-01T00:00:00.000Z',
    '2099-01-01T00:00:00.000Z',
  ]) {
    const { requests, readUnits } = await cost(at);
    expect(requests).toBe(1);
    expect(readUnits).toBeLessThanOrEqual(2);
  }
  expect(before).toMatchObject({ requests: 1 });
});

test('one message in ten that comes twice costs at most a twentieth more', async () => {
  await open('repeated');
  const single = await spend('repeated', 90, 9);
  const before = { ...counter.spent };
  // Each batch brings one command that the batch before has brought.
  for (let from = 90; from < 180; from += 9) {
    await post(
      ledger(),
      'repeated',
      Array.from({ length: 10 }, (_, place) => cover(from - 1 + place)),
    );
  }
  expect(counter.since(before).writeUnits / 90).toBeLessThanOrEqual(single.writeUnits * 1.05);
});
