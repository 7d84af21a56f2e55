import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { beforeAll, describe, expect, test } from 'vitest';
import { openTable, type Table } from '#packages/table';
import * as offline from '../../services/fund/ledger/verify-journal.mjs';
import { type City, startCity } from '../support/city.ts';
import { isSlow } from '../support/effort.ts';
import { lasting, lastingState, type LastingState } from './lasting-state.ts';
import { type Around, type Fire, foundation, fundPath, liveLoans } from './loan-story.ts';
import { insist } from './main-job.ts';
import { fireThrough, type Storm, through } from './storm.ts';

/** Loans, their cover and a claim come to the same end, whoever of lending and fund is killed on the way. */

const prefix = 'zhirong-';
const services = ['lending', 'fund'];
const seed = 31;
const patience = 600_000;

/** Whom a storm strikes while a step of the story goes on; what a killed worker had taken comes back after twelve seconds. */
const workers = ['fund-worker', 'lending-worker'];
const strikes: Record<string, readonly (readonly string[])[]> = {
  fund: [['fund-api'], ['fund-api'], ['fund-relay']],
  filings: [['lending-api'], ['lending-relay'], ['lending-api', 'fund-relay'], workers, ['lending-audit']],
  answers: [['lending-api'], ['lending-relay'], ['lending-api'], ['fund-relay'], ['fund-audit']],
  reports: [['lending-api'], ['lending-relay'], ['lending-api'], ['fund-relay'], ['lending-audit']],
  claim: [['fund-api'], ['fund-api'], ['fund-relay'], ['fund-audit']],
  payment: [['fund-api'], ['fund-api'], ['fund-relay'], ['fund-api'], workers, ['fund-api'], ['fund-api']],
};
/** Requests between two strikes, at most. */
const span = 12;

type Ending = Awaited<ReturnType<typeof endOf>>;
let calm: Ending;
let stormy: Ending;
const killed = new Map<string, number>();

async function live(around: (city: City) => Around, fire: (city: City) => Fire): Promise<Ending> {
  const city = await startCity({ partners: true, seed });
  try {
    const usccs = await foundation(city);
    return await endOf(city, await liveLoans(city, usccs, around(city), fire(city)));
  } finally {
    await city.stop();
  }
}

async function endOf(city: City, { loans, claimId }: Awaited<ReturnType<typeof liveLoans>>) {
  const read = (path: string): Promise<any> => insist(city, 'GET', path, { token: city.operator('auditor') });
  const tables: Record<string, LastingState> = {};
  for (const service of services) tables[service] = await lastingState(tableOf(city, service));
  const views: Record<string, any> = {};
  for (const [name, loanId] of Object.entries(loans)) views[name] = lasting(await read(`/v1/loans/${loanId}`));
  const proof = await read(`${fundPath}/proof`);
  const journal = await read(`${fundPath}/journal-export`);
  return {
    loans: views,
    claim: lasting(await read(`/v1/claims/${claimId}`)),
    balances: lasting(await read(`${fundPath}/balances`)),
    proof: lasting(proof),
    problems: offline.verifyJournal(journal, { head: proof.headHash }).problems,
    tables,
  };
}

/** A service's table as it lies in the engine, past the faults. */
function tableOf(city: City, service: string): Table {
  const { deployment, engines } = city.cloud;
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const db = new DynamoDBClient({ endpoint: engines.dynamodb, region: deployment.region, credentials });
  return openTable(db, deployment.tables.find(({ name }) => name.includes(service))!.name);
}

// In the slow suite, like the storm over screening, for its time: the usual one kills each act of a claim at its calls.
describe.runIf(isSlow)('a storm', () => {
  // Most of it is waiting for messages to come back: meanwhile the other city has the machine.
  beforeAll(async () => {
    let steps = 0;
    const count = (name: string, processes: number) => killed.set(name, (killed.get(name) ?? 0) + processes);
    [calm, stormy] = await Promise.all([
      live(
        (_city) => (_step, work) => work(),
        (city) => (schedule, name, at) => fireThrough(city, schedule, at, name, 0, prefix),
      ),
      live(
        (city) => async (step, work) => {
          steps += 1;
          const storm: Storm = { seed: seed + steps, strikes: strikes[step] ?? [], span, prefix };
          const passed = await through(city, storm, work);
          for (const [name, processes] of passed.killed) count(name, processes);
          return passed.result;
        },
        (city) => async (schedule, name, at) => count(name, await fireThrough(city, schedule, at, name, 2, prefix)),
      ),
    ]);
  }, patience);

  test('the undisturbed city has something of everything', () => {
    const { loans } = calm;
    expect(loans).toMatchObject({
      a1: { status: 'in-recovery', cover: { status: 'covered' } },
      a2: { status: 'active', cover: { status: 'covered' }, bundle: { state: 'complete' } },
      b1: { status: 'renewed', renewedBy: loans['b3'].loanId },
      b2: { status: 'active', cover: { status: 'refused', reason: 'capacity-exhausted' } },
      b3: { status: 'active', cover: { status: 'covered' }, watches: [{ code: 'report-missing' }] },
    });
    // 20,000,000 at first, the rest of the half out of the next contribution; of 29,000,001 that came back its half again.
    expect(calm.claim).toMatchObject({
      status: 'paid',
      parties: [{ paidFen: 50_000_000, pendingFen: 0, refundedFen: 14_500_001 }, { paidFen: 16_000_000 }, {}],
      events: [
        { type: 'filed' },
        { type: 'approved' },
        { type: 'paid', paidFen: 20_000_000 },
        { type: 'replenished', paidFen: 30_000_000 },
        { type: 'recovery', netFen: 29_000_001 },
      ],
    });
    expect(calm.balances).toMatchObject({ cashFen: 65_000_000 - 50_000_000 + 14_500_001, exposureFen: 40_000_000 });
    const told = calm.tables['fund']?.items.filter((item) => item.startsWith('["CLAIM-REMINDER#'));
    expect(told?.length).toBeGreaterThan(0);
  });

  test('the city in the storm comes to the same end, to the fen and to the item', () => {
    for (const ending of [calm, stormy]) {
      expect(ending.problems).toEqual([]);
      expect(ending.proof).toMatchObject({ verified: true, findings: [] });
      for (const service of services) expect(ending.tables[service]?.wrong).toEqual([]);
    }
    const { tables: calmTables, ...calmViews } = calm;
    const { tables, ...views } = stormy;
    expect(views).toEqual(calmViews);
    for (const service of services) expect(tables[service]).toEqual(calmTables[service]);
  });

  test('every function of lending and of the fund was killed', () => {
    const each = ['api', 'worker', 'relay', 'audit', 'outbox', 'seal'];
    const own = ['lending-watch', 'fund-deadlines', 'fund-terms', 'fund-match'];
    for (const name of [...services.flatMap((service) => each.map((one) => `${service}-${one}`)), ...own]) {
      expect(killed.get(name), name).toBeGreaterThan(0);
    }
  });
});
